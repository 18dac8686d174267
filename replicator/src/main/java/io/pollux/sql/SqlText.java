package io.pollux.sql;

import io.pollux.sql.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A statement as the classifier looks at it: its tokens, by index, and which brackets belong
 * together. Asking for a token that is not there answers "no", so that callers need no bounds.
 */
final class SqlText {
  /** Tokens {@code from} up to but without {@code to}. */
  record Range(int from, int to) {
    int size() {
      return to - from;
    }

    boolean isEmpty() {
      return from >= to;
    }
  }

  private static final int NONE = -1;

  final String sql;
  private final List<Token> tokens;
  private final int[] partner;
  private final int[] parameter;
  private boolean balanced = true;

  SqlText(String sql, LexerRules rules) {
    this.sql = sql;
    this.tokens = SqlLexer.tokens(sql, rules);
    this.partner = new int[tokens.size()];
    this.parameter = new int[tokens.size()];
    Arrays.fill(partner, NONE);
    pairBrackets();
  }

  private void pairBrackets() {
    Deque<Integer> open = new ArrayDeque<>();
    int parameters = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (is(i, Kind.PARAMETER)) {
        parameter[i] = ++parameters;
      } else if (symbol(i, "(") || symbol(i, "{")) {
        open.push(i);
      } else if (symbol(i, ")") || symbol(i, "}")) {
        String opening = symbol(i, ")") ? "(" : "{";
        if (open.isEmpty() || !symbol(open.peek(), opening)) {
          balanced = false;
        } else {
          partner[i] = open.peek();
          partner[open.pop()] = i;
        }
      }
    }
    balanced &= open.isEmpty();
  }

  int size() {
    return tokens.size();
  }

  /** Whether all of it could be read and all brackets are closed. */
  boolean isReadable() {
    for (int i = 0; i < size(); i++) {
      boolean hasOtherEscape = is(i, Kind.QUOTED) && words(i + 1, "UESCAPE");
      if (is(i, Kind.ERROR) || hasOtherEscape) {
        return false;
      }
    }
    return balanced;
  }

  boolean is(int i, Kind kind) {
    return i >= 0 && i < tokens.size() && tokens.get(i).kind() == kind;
  }

  /** Whether a number follows the parameter at {@code i} without a space. */
  boolean isNumbered(int i) {
    return is(i, Kind.PARAMETER) && is(i + 1, Kind.NUMBER) && end(i) == start(i + 1);
  }

  String text(int i) {
    Token token = tokens.get(i);
    return sql.substring(token.start(), token.end());
  }

  /** The word in upper case; empty for anything but a word without quotes. */
  String word(int i) {
    return is(i, Kind.WORD) ? text(i).toUpperCase(Locale.ROOT) : "";
  }

  boolean isName(int i) {
    return is(i, Kind.WORD) || is(i, Kind.QUOTED);
  }

  boolean words(int i, String... expected) {
    for (int k = 0; k < expected.length; k++) {
      if (!word(i + k).equals(expected[k])) {
        return false;
      }
    }
    return true;
  }

  boolean symbol(int i, String expected) {
    return is(i, Kind.SYMBOL) && text(i).equals(expected);
  }

  /** The number of the parameter at {@code i}, counted from 1 over the whole text. */
  int parameter(int i) {
    return parameter[i];
  }

  /** The closing bracket of the opening one at {@code i}. */
  int closing(int i) {
    return partner[i];
  }

  int start(int i) {
    return i < tokens.size() ? tokens.get(i).start() : sql.length();
  }

  int end(int i) {
    return tokens.get(i).end();
  }

  String slice(Range range) {
    return range.isEmpty() ? "" : sql.substring(start(range.from()), end(range.to() - 1));
  }

  /** The texts between semicolons outside all brackets, without those that are empty. */
  List<String> statements() {
    List<String> statements = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= size(); i = i < size() ? next(i) : i + 1) {
      if (i == size() || symbol(i, ";")) {
        if (i > from) {
          statements.add(slice(new Range(from, i)));
        }
        from = i + 1;
      }
    }
    return statements;
  }

  boolean hasParameters() {
    return Arrays.stream(parameter).anyMatch(number -> number > 0);
  }

  Range all() {
    return new Range(0, size());
  }

  /** Parts of a range between commas outside all brackets. */
  List<Range> items(Range range) {
    List<Range> items = new ArrayList<>();
    int from = range.from();
    for (int i = from; i < range.to(); i = next(i)) {
      if (symbol(i, ",")) {
        items.add(new Range(from, i));
        from = i + 1;
      }
    }
    items.add(new Range(from, range.to()));
    return items;
  }

  /** The token behind {@code i}, or behind its closing bracket. */
  int next(int i) {
    return partner[i] > i ? partner[i] + 1 : i + 1;
  }

  /** The first of {@code words} outside all brackets of the range; its end if there is none. */
  int find(Range range, Set<String> words) {
    for (int i = range.from(); i < range.to(); i = next(i)) {
      if (words.contains(word(i))) {
        return i;
      }
    }
    return range.to();
  }

  /** Without the round brackets that enclose all of it. */
  Range bare(Range range) {
    Range inner = range;
    while (inner.size() >= 2
        && symbol(inner.from(), "(")
        && closing(inner.from()) == inner.to() - 1) {
      inner = new Range(inner.from() + 1, inner.to() - 1);
    }
    return inner;
  }
}
