package io.pollux.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Activity;
import io.pollux.core.CommitMode;
import io.pollux.core.Role;
import io.pollux.core.SyncState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One word for each idea: the words that docs/glossary.md puts aside are used nowhere. */
class GlossaryTest {
  private static final String PAGE = "docs/glossary.md";

  /** The page itself, and the licence, whose words are not ours. */
  private static final Set<String> NOT_CHECKED = Set.of(PAGE, "LICENSE");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern WORD_END =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");

  /** A word that is not used, except in the phrases that are. */
  private record Unwanted(String word, String instead, List<String> except) {
    boolean isIn(String text) {
      String left = text;
      for (String phrase : except) {
        left = left.replaceAll("(?i)" + Pattern.quote(phrase), " ");
      }
      String words = WORD_END.matcher(left).replaceAll(" ");
      return Pattern.compile("(?i)\\b" + word + "s?\\b").matcher(words).find();
    }
  }

  private static List<Unwanted> unwanted() {
    return MarkdownTable.rows(Project.here().read(PAGE), "not this").stream()
        .map(row -> new Unwanted(code(row.get(0)).get(0), row.get(1), code(row.get(2))))
        .toList();
  }

  private static List<String> code(String cell) {
    return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
  }

  @Test
  void noFileUsesAWordThatWasPutAside() {
    Project project = Project.here();
    List<Unwanted> unwanted = unwanted();
    List<String> found = new ArrayList<>();
    for (String file : project.texts()) {
      if (!NOT_CHECKED.contains(file) && !file.endsWith("/GlossaryTest.java")) {
        List<String> lines = project.read(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
          for (Unwanted word : unwanted) {
            if (word.isIn(lines.get(i)) && !Permits.has("glossary", file)) {
              found.add(file + ":" + (i + 1) + ": " + word.word() + ": say " + word.instead());
            }
          }
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @ParameterizedTest
  @CsvSource({
    "the slave is behind, true",
    "boolean isSlaveNode, true",
    "int MAX_REPLICAS, true",
    "promotes the primary, true",
    "the primary key, false",
    "getPrimaryKeys(), false",
    "enslaved, false"
  })
  void aWordIsFoundInProseAndNames(String text, boolean expected) {
    assertEquals(expected, unwanted().stream().anyMatch(word -> word.isIn(text)));
  }

  @Test
  void everyStateOfTheCodeIsAWordOfTheGlossary() {
    String page = Project.here().read(PAGE);
    Stream.of(Role.values(), Activity.values(), SyncState.values(), CommitMode.values())
        .flatMap(Arrays::stream)
        .map(Enum::name)
        .forEach(
            name -> {
              Matcher word = Pattern.compile("`" + name + "`").matcher(page);
              assertTrue(word.find(), name + " is not in " + PAGE);
            });
  }
}
