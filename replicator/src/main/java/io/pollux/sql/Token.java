package io.pollux.sql;

/**
 * A piece of SQL text.
 *
 * @param start offset of its first character
 * @param end offset behind its last character
 */
record Token(Kind kind, int start, int end) {
  enum Kind {
    /** A keyword or an identifier without quotes. */
    WORD,
    /** A quoted identifier, quotes included. */
    QUOTED,
    /** Any string, binary or national literal, quotes and prefix included. */
    STRING,
    NUMBER,
    /** A {@code ?}. */
    PARAMETER,
    SYMBOL,
    /** What no rule reads: an unknown character, or something that is opened and never closed. */
    ERROR
  }
}
