package io.pollux.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.sql.LexerRules.Rule;
import io.pollux.sql.SqlText.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SqlTextTest {
  private static final LexerRules PLAIN = LexerRules.of();
  private static final LexerRules ALL =
      LexerRules.of(
          Rule.NESTED_COMMENTS,
          Rule.DOLLAR_QUOTES,
          Rule.UNICODE_ESCAPES,
          Rule.BACKTICK_IDENTIFIERS,
          Rule.BRACKET_IDENTIFIERS,
          Rule.HASH_COMMENTS);

  private static String kinds(String sql, LexerRules rules) {
    List<String> kinds = new ArrayList<>();
    for (Token token : SqlLexer.tokens(sql, rules)) {
      kinds.add(token.kind() + ":" + sql.substring(token.start(), token.end()));
    }
    return String.join(" ", kinds);
  }

  @Test
  void textIsCutIntoTokens() {
    assertEquals(
        "WORD:a SYMBOL:. QUOTED:\"b\"\"c\" SYMBOL:<= NUMBER:1.5e-3 SYMBOL:|| STRING:'it''s'"
            + " PARAMETER:? STRING:X'AF' STRING:n'x'",
        kinds("a.\"b\"\"c\"<=1.5e-3||'it''s' ? X'AF' n'x'", PLAIN));
    assertEquals("WORD:a WORD:b WORD:c", kinds("a--?\nb/*'?*/c", PLAIN));
    assertEquals("NUMBER:.5 SYMBOL:. WORD:x1_$ WORD:ä", kinds(".5.x1_$ ä", PLAIN));
  }

  @Test
  void theMultiplierOfALengthIsPartOfItsNumber() {
    assertEquals(
        "WORD:BLOB SYMBOL:( NUMBER:10M SYMBOL:) WORD:CLOB SYMBOL:( NUMBER:2k WORD:CHARACTERS"
            + " SYMBOL:)",
        kinds("BLOB(10M) CLOB(2k CHARACTERS)", PLAIN));
    for (String sql : List.of("10MB", "10M$", "1.5M", "10X", "1e3M")) {
      assertTrue(kinds(sql, PLAIN).contains("ERROR:"), () -> sql + " gave " + kinds(sql, PLAIN));
    }
  }

  @Test
  void whatIsNotClosedOrNotKnownIsAnError() {
    for (String sql :
        List.of(
            "'a", "\"a", "/* a", "/* /* */", "1a", "a \u00a0", "a \\ b", "$a$ $b$", "[a", "U&'a")) {
      assertTrue(kinds(sql, ALL).contains("ERROR:"), () -> sql + " gave " + kinds(sql, ALL));
    }
  }

  @Test
  void enginesCutDifferently() {
    String nested = "/* /* */ a */";
    assertEquals("", kinds(nested, ALL));
    assertEquals("WORD:a SYMBOL:* SYMBOL:/", kinds(nested, PLAIN));
    assertEquals("STRING:$x$ ' $x$", kinds("$x$ ' $x$", ALL));
    assertEquals("QUOTED:U&\"\\0041\"", kinds("U&\"\\0041\"", ALL));
    assertEquals("QUOTED:`a``b` QUOTED:[c]", kinds("`a``b` [c] # d", ALL));
  }

  @Test
  void bracketsBelongTogether() {
    SqlText text = new SqlText("f(a, (b, c), {fn x()}), d", PLAIN);
    assertTrue(text.isReadable());
    assertEquals(
        List.of("f(a, (b, c), {fn x()})", "d"),
        text.items(text.all()).stream().map(text::slice).toList());
    assertEquals(text.size(), text.find(text.all(), Set.of("B")));
    assertEquals(
        "a", text.slice(new SqlText("((a))", PLAIN).bare(new Range(0, 5))).isEmpty() ? "" : "a");
    for (String open : List.of("(", ")", "({)}", "{")) {
      assertFalse(new SqlText(open, PLAIN).isReadable(), open);
    }
  }

  @Test
  void editsKeepTheParametersOfWhatStays() {
    SqlText text = new SqlText("a ? b ? c ?", PLAIN);
    Edits edits =
        new Edits(text)
            .replace(new Range(2, 4), "x(?)", List.of(new Binding.Clock(Binding.ClockKind.DATE)));
    assertEquals(
        new Bound(
            "a ? x(?) c ?",
            List.of(
                new Binding.Parameter(1),
                new Binding.Clock(Binding.ClockKind.DATE),
                new Binding.Parameter(3))),
        edits.apply(text.all()));
    assertEquals(new Bound("c ?", List.of(new Binding.Parameter(3))), edits.apply(new Range(4, 6)));
  }

  @Property
  void tokensAreInOrderAndOnlySpaceAndCommentsAreLeftOut(@ForAll("texts") String sql) {
    for (LexerRules rules : List.of(PLAIN, ALL)) {
      int end = 0;
      for (Token token : SqlLexer.tokens(sql, rules)) {
        String between = sql.substring(end, token.start());
        assertTrue(
            between.isBlank()
                || between.contains("--")
                || between.contains("/*")
                || between.contains("#"),
            () -> "left out: " + between);
        assertTrue(token.end() > token.start());
        end = token.end();
      }
      assertTrue(end <= sql.length());
    }
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "'",
            "\"",
            "/*",
            "*/",
            "--",
            "\n",
            " ",
            "(",
            ")",
            "{",
            "}",
            "$",
            "$a$",
            "?",
            ";",
            "U&",
            "x",
            "1",
            ".",
            "e",
            "[",
            "]",
            "`",
            "#",
            "=",
            "\u00a0",
            "\ud83d",
            "\ud83d\ude00",
            "\\");
    return Arbitraries.oneOf(pieces, Arbitraries.strings().ofMaxLength(3))
        .list()
        .ofMaxSize(30)
        .map(list -> String.join("", list));
  }

  @Test
  void aMegabyteOfAnythingTakesLinearTime() {
    for (String piece : List.of("(", "/*", "'", "a", "?,", "$a$", "[", "/* */", "CASE ", "1 ")) {
      String sql = piece.repeat(1_000_000 / piece.length());
      assertTimeoutPreemptively(
          Duration.ofSeconds(20), () -> new SqlText(sql, ALL).isReadable(), piece);
    }
  }
}
