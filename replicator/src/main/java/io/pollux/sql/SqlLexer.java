package io.pollux.sql;

import io.pollux.sql.LexerRules.Rule;
import io.pollux.sql.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts SQL text into tokens; comments and white space separate them and are left out. Never throws
 * and takes linear time: what can't be read becomes an ERROR token.
 */
final class SqlLexer {
  private static final List<String> PAIRS =
      List.of("||", "<>", "<=", ">=", "!=", "^=", "**", "::", ":=", "=>", "->");

  private static final String MULTIPLIERS = "KMGTPkmgtp";

  private final String sql;
  private final LexerRules rules;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SqlLexer(String sql, LexerRules rules) {
    this.sql = sql;
    this.rules = rules;
  }

  static List<Token> tokens(String sql, LexerRules rules) {
    SqlLexer lexer = new SqlLexer(sql, rules);
    while (lexer.at < sql.length()) {
      lexer.step();
    }
    return lexer.tokens;
  }

  private void step() {
    char c = sql.charAt(at);
    if (isSpace(c)) {
      at++;
    } else if ((c == '-' && peek(1) == '-') || (c == '#' && rules.has(Rule.HASH_COMMENTS))) {
      skipLine();
    } else if (c == '/' && peek(1) == '*') {
      blockComment();
    } else if (c == '\'') {
      quoted(Kind.STRING, at, '\'');
    } else if (c == '"') {
      quoted(Kind.QUOTED, at, '"');
    } else if (c == '`' && rules.has(Rule.BACKTICK_IDENTIFIERS)) {
      quoted(Kind.QUOTED, at, '`');
    } else if (c == '[' && rules.has(Rule.BRACKET_IDENTIFIERS)) {
      quoted(Kind.QUOTED, at, ']');
    } else if (c == '$' && rules.has(Rule.DOLLAR_QUOTES) && dollarQuote()) {
      return;
    } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      number();
    } else if (Character.isUnicodeIdentifierStart(sql.codePointAt(at)) || c == '_') {
      word();
    } else if (c == '?' && peek(1) == '?' && rules.has(Rule.MORE_OPERATORS)) {
      add(Kind.SYMBOL, at, at + 2);
    } else if (c == '?') {
      add(Kind.PARAMETER, at, at + 1);
    } else {
      symbol(c);
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\u000b';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private char peek(int ahead) {
    return at + ahead < sql.length() ? sql.charAt(at + ahead) : '\0';
  }

  private void add(Kind kind, int start, int end) {
    tokens.add(new Token(kind, start, end));
    at = end;
  }

  private void skipLine() {
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at++;
    }
  }

  private void blockComment() {
    int start = at;
    int depth = 0;
    do {
      if (sql.startsWith("/*", at) && (depth == 0 || rules.has(Rule.NESTED_COMMENTS))) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else if (at < sql.length()) {
        at++;
      } else {
        add(Kind.ERROR, start, at);
        return;
      }
    } while (depth > 0);
  }

  /** A quote is doubled to stand for itself. */
  private void quoted(Kind kind, int start, char close) {
    at++;
    while (at < sql.length()) {
      if (sql.charAt(at) != close) {
        at++;
      } else if (peek(1) == close) {
        at += 2;
      } else {
        add(kind, start, at + 1);
        return;
      }
    }
    add(Kind.ERROR, start, at);
  }

  /** {@code $tag$ … $tag$}. Returns whether there is one here. */
  private boolean dollarQuote() {
    int start = at;
    int tagEnd = at + 1;
    while (tagEnd < sql.length() && Character.isUnicodeIdentifierPart(sql.charAt(tagEnd))) {
      tagEnd++;
    }
    if (tagEnd >= sql.length() || sql.charAt(tagEnd) != '$') {
      return false;
    }
    String tag = sql.substring(start, tagEnd + 1);
    int close = sql.indexOf(tag, tagEnd + 1);
    if (close < 0) {
      add(Kind.ERROR, start, sql.length());
    } else {
      add(Kind.STRING, start, close + tag.length());
    }
    return true;
  }

  /** The multiplier of a length, as in {@code BLOB(10M)}, is part of its number. */
  private void number() {
    int start = at;
    skipDigits();
    if (at > start && MULTIPLIERS.indexOf(peek(0)) >= 0 && !isPart(peek(1))) {
      add(Kind.NUMBER, start, at + 1);
      return;
    }
    if (peek(0) == '.') {
      at++;
      skipDigits();
    }
    if ((peek(0) == 'e' || peek(0) == 'E')
        && (isDigit(peek(1)) || ((peek(1) == '+' || peek(1) == '-') && isDigit(peek(2))))) {
      at += 2;
      skipDigits();
    }
    boolean runsIntoWord =
        at < sql.length() && Character.isUnicodeIdentifierStart(sql.codePointAt(at));
    add(runsIntoWord ? Kind.ERROR : Kind.NUMBER, start, at);
  }

  private void skipDigits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  private void word() {
    int start = at;
    while (at < sql.length()) {
      int c = sql.codePointAt(at);
      if (!isPart(c)) {
        break;
      }
      at += Character.charCount(c);
    }
    if (at - start == 1 && peek(0) == '\'' && "xXnNbB".indexOf(sql.charAt(start)) >= 0) {
      quoted(Kind.STRING, start, '\'');
    } else if (rules.has(Rule.BACKSLASH_ESCAPES) && isEscapePrefix(start)) {
      escaped(start);
    } else if (rules.has(Rule.UNICODE_ESCAPES) && isUnicodePrefix(start)) {
      at++;
      quoted(peek(0) == '"' ? Kind.QUOTED : Kind.STRING, start, peek(0));
    } else {
      add(Kind.WORD, start, at);
    }
  }

  private static boolean isPart(int c) {
    return c == '$'
        || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
  }

  private boolean isEscapePrefix(int start) {
    return at - start == 1 && peek(0) == '\'' && "eE".indexOf(sql.charAt(start)) >= 0;
  }

  private void escaped(int start) {
    at++;
    while (at < sql.length()) {
      if (sql.charAt(at) == '\\' || (sql.charAt(at) == '\'' && peek(1) == '\'')) {
        at += 2;
      } else if (sql.charAt(at) == '\'') {
        add(Kind.STRING, start, at + 1);
        return;
      } else {
        at++;
      }
    }
    add(Kind.ERROR, start, sql.length());
  }

  private boolean isUnicodePrefix(int start) {
    return at - start == 1
        && (sql.charAt(start) == 'u' || sql.charAt(start) == 'U')
        && peek(0) == '&'
        && (peek(1) == '"' || peek(1) == '\'');
  }

  private void symbol(char c) {
    for (String pair : PAIRS) {
      if (sql.startsWith(pair, at)) {
        add(Kind.SYMBOL, at, at + 2);
        return;
      }
    }
    boolean more = c == '#' && rules.has(Rule.MORE_OPERATORS);
    boolean known = more || "+-*/%=<>!&|^~(),.;:{}[]@".indexOf(c) >= 0;
    add(known ? Kind.SYMBOL : Kind.ERROR, at, at + Character.charCount(sql.codePointAt(at)));
  }
}
