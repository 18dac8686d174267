package io.pollux.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * How much of a text a reader takes that needs more than linear time or the stack.
 *
 * @param depth of brackets and CASE … END in each other
 */
public record TextBounds(int characters, int tokens, int depth) {
  public TextBounds {
    if (characters < 1 || tokens < 1 || depth < 1) {
      throw new IllegalArgumentException(
          "nothing fits: " + characters + ", " + tokens + ", " + depth);
    }
  }

  /** Whether the text is within all bounds. Linear time; any text. */
  public boolean holds(String sql, SqlFacts facts) {
    if (sql.length() > characters) {
      return false;
    }
    SqlText text = new SqlText(sql, facts.lexer());
    int open = 0;
    int deepest = 0;
    for (int i = 0; i < text.size(); i++) {
      if (text.symbol(i, "(") || text.symbol(i, "{") || text.words(i, "CASE")) {
        open++;
      } else if (text.symbol(i, ")") || text.symbol(i, "}") || text.words(i, "END")) {
        open--;
      }
      deepest = Math.max(deepest, open);
    }
    return text.size() <= tokens && deepest <= depth;
  }

  /** The parts of a possibly qualified name, as the catalogue spells them; empty if it is none. */
  public List<String> names(String written, SqlFacts facts) {
    SqlText text = new SqlText(written, facts.lexer());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      boolean expected = i % 2 == 0 ? text.isName(i) : text.symbol(i, ".");
      if (!expected) {
        return List.of();
      }
      if (i % 2 == 0) {
        names.add(facts.name(text, i));
      }
    }
    return names;
  }
}
