package io.pollux.house;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Java without its comments and literals, so that a search finds only what runs. */
final class Blanked {
  private static final Pattern NOT_CODE =
      Pattern.compile(
          "//[^\\n]*"
              + "|/\\*(?s:.*?)\\*/"
              + "|\"\"\"(?s:(?:\\\\.|(?!\"\"\").)*)\"\"\""
              + "|\"(?:\\\\.|[^\"\\\\\\n])*\""
              + "|'(?:\\\\.|[^'\\\\\\n])*'");
  private static final Pattern VISIBLE = Pattern.compile("[^\\n]");

  private Blanked() {}

  static String of(String java) {
    return NOT_CODE
        .matcher(java)
        .replaceAll(
            found -> Matcher.quoteReplacement(VISIBLE.matcher(found.group()).replaceAll(" ")));
  }
}
