package io.pollux.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What no file of the repository says, whatever its kind. */
final class TextRules {
  private record Ban(String rule, Pattern text, String message) {}

  // Each pattern is written so that it does not match itself.
  private static final List<Ban> BANS =
      List.of(
          new Ban(
              "promise",
              Pattern.compile("\\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\\b"),
              "do it now or say in the documentation that it is not there"),
          new Ban(
              "machine path",
              Pattern.compile("(?<![\\w.$}/-])/(?:home|root|work|Users)/\\w|\\b[A-Z]:\\\\Users"),
              "a path of one machine means nothing on another"),
          new Ban(
              "registry host",
              Pattern.compile("repo1?\\.maven\\.[a-z]|sonatype\\.[a-z]|registry\\.npmjs"),
              "the client's own settings know where its registry is"));

  private TextRules() {}

  static List<Finding> check(String file, String text) {
    List<Finding> findings = new ArrayList<>();
    for (Ban ban : BANS) {
      Matcher found = ban.text().matcher(text);
      while (found.find()) {
        long line = 1 + text.substring(0, found.start()).lines().count();
        findings.add(
            new Finding(
                ban.rule(),
                file,
                "near line " + line + ": " + found.group() + ": " + ban.message()));
      }
    }
    return findings;
  }
}
