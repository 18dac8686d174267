package io.pollux.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.LiteralTree;
import com.sun.source.util.TreeScanner;
import io.pollux.core.PolluxException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every error that a user can meet is in docs/errors.md with its way out, and no other. */
class ErrorCatalogTest {
  /** Where errors for the application are made; what an engine says is read in {@code engine}. */
  private static final Set<String> ROOMS = Set.of("driver", "commit", "node", "runtime");

  private static final Pattern STATE = Pattern.compile("[0-9][0-9A-Z]{4}|(HY|IM)[0-9A-Z]{3}");
  private static final Pattern PROMISE =
      Pattern.compile("@throws\\s+(?:java\\.sql\\.)?SQL\\w*Exception\\s([^@]*?)(?=@|\\*/)");

  private static List<List<String>> rows(String header) {
    return MarkdownTable.rows(Project.here().read("docs/errors.md"), header);
  }

  private static List<String> names(String header) {
    return rows(header).stream().map(row -> row.get(0).replace("`", "")).toList();
  }

  @Test
  void everyReasonHasARowAndNoRowIsLeftOver() {
    List<String> reasons =
        Arrays.stream(PolluxException.Reason.values()).map(Enum::name).sorted().toList();
    assertEquals(reasons, names("reason").stream().sorted().toList());
  }

  @Test
  void everySqlStateHasARowAndNoRowIsLeftOver() {
    SortedSet<String> raised = new TreeSet<>();
    for (Source source : Project.here().sources()) {
      if (!source.isTest() && ROOMS.contains(source.room())) {
        raised.addAll(states(source));
      }
    }
    assertEquals(List.copyOf(raised), names("SQLState").stream().sorted().toList());
  }

  @Test
  void everyRowSaysWhatItMeansAndWhatToDo() {
    for (String header : List.of("reason", "SQLState")) {
      for (List<String> row : rows(header)) {
        assertEquals(3, row.size(), "cells of " + row);
        assertTrue(row.get(1).length() > 15 && row.get(2).length() > 15, "too little: " + row);
      }
    }
  }

  @Test
  void aStateIsFoundInCodeAndInAPromise() {
    Source source =
        Source.parse(
            "A.java",
            """
            package io.pollux.driver;
            interface A {
              String LONG = "no state: 12345";
              String STATE = "0A000";
              String MODE = "ASYNC";
              /**
               * @throws SQLException 25006 if not active;
               *     08003 if stopped
               */
              void m() throws SQLException;
            }
            """);
    assertEquals(Set.of("0A000", "25006", "08003"), states(source));
  }

  /** States in string literals, and those that Javadoc promises to throw. */
  private static Set<String> states(Source source) {
    Set<String> found =
        PROMISE
            .matcher(source.text())
            .results()
            .flatMap(promise -> Arrays.stream(promise.group(1).split("[^0-9A-Z]+", -1)))
            .filter(STATE.asMatchPredicate())
            .collect(Collectors.toCollection(TreeSet::new));
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitLiteral(LiteralTree literal, Void unused) {
        if (literal.getValue() instanceof String text && STATE.matcher(text).matches()) {
          found.add(text);
        }
        return null;
      }
    }.scan(source.unit(), null);
    return found;
  }
}
