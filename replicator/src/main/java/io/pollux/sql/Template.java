package io.pollux.sql;

import io.pollux.sql.Token.Kind;
import java.util.regex.Pattern;

/**
 * A text with every literal replaced by one that says only of which kind it was. The {@link
 * Classifier} looks no deeper into literals, so that a text and its template have the same plan.
 */
public final class Template {
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

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

  /**
   * A prefix like that of {@code X'AF'} stays, and so does a tag: what touches it reads the same.
   */
  private static String string(String text) {
    if (text.startsWith("$")) {
      String tag = text.substring(0, text.indexOf('$', 1) + 1);
      return tag + tag;
    }
    return text.substring(0, Math.max(text.indexOf('\''), 0)) + "''";
  }

  /** Point, exponent and sign stay: one with an exponent is not exact. */
  private static String number(String text) {
    return DIGITS.matcher(text).replaceAll("0");
  }
}
