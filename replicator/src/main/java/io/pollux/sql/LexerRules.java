package io.pollux.sql;

import java.util.Set;

/** How an engine cuts text into tokens, where engines differ. */
public record LexerRules(Set<Rule> rules) {
  /** What an engine's texts may have. */
  public enum Rule {
    /** A block comment ends when all that were opened in it have ended. */
    NESTED_COMMENTS,
    /** {@code $tag$ … $tag$} is a string. */
    DOLLAR_QUOTES,
    /** {@code U&'…'} and {@code U&"…"} are one token. */
    UNICODE_ESCAPES,
    /** {@code E'…'} is a string in which a backslash hides what follows it. */
    BACKSLASH_ESCAPES,
    /** {@code `name`} is a quoted identifier. */
    BACKTICK_IDENTIFIERS,
    /** {@code [name]} is a quoted identifier. */
    BRACKET_IDENTIFIERS,
    /** {@code #} starts a comment to the end of the line. */
    HASH_COMMENTS,
    /** {@code #} is an operator, and {@code ??} stands for the operator {@code ?}. */
    MORE_OPERATORS,
    /** A string may stand where a name does. */
    STRING_NAMES,
    /** A statement may end with a semicolon, and one text may have several. */
    TERMINATORS
  }

  public LexerRules {
    rules = Set.copyOf(rules);
  }

  /** An engine with these rules. */
  public static LexerRules of(Rule... rules) {
    return new LexerRules(Set.of(rules));
  }

  boolean has(Rule rule) {
    return rules.contains(rule);
  }
}
