package io.pollux.sql;

import io.pollux.sql.Token.Kind;

/**
 * A text with every literal replaced by one that says only of which kind it was. The {@link
 * Classifier} looks no deeper into literals, so that a text and its template have the same plan.
 */
public final class Template {
  private Template() {}

  /** The template, itself a text; {@code sql} itself if it has no literals. Linear time. */
  public static String of(String sql, SqlFacts facts) {
    StringBuilder template = new StringBuilder(sql.length());
    int copied = 0;
    for (Token token : SqlLexer.tokens(sql, facts.lexer())) {
      if (token.kind() == Kind.STRING || token.kind() == Kind.NUMBER) {
        String text = sql.substring(token.start(), token.end());
        template.append(sql, copied, token.start());
        template.append(token.kind() == Kind.STRING ? string(text) : number(text));
        copied = token.end();
      }
    }
    return copied == 0 ? sql : template.append(sql, copied, sql.length()).toString();
  }

  /** A prefix like that of {@code X'AF'} stays. */
  private static String string(String text) {
    return text.substring(0, Math.max(text.indexOf('\''), 0)) + "''";
  }

  /** A number with an exponent is not exact. */
  private static String number(String text) {
    return text.indexOf('e') >= 0 || text.indexOf('E') >= 0 ? "0E0" : "0";
  }
}
