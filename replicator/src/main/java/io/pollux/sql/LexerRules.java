package io.pollux.sql;

/**
 * How an engine cuts text into tokens, where engines differ.
 *
 * @param nestedComments a block comment ends when all that were opened in it have ended
 * @param dollarQuotes {@code $tag$ … $tag$} is a string
 * @param unicodeEscapes {@code U&'…'} and {@code U&"…"} are one token
 * @param backtickIdentifiers {@code `name`} is a quoted identifier
 * @param bracketIdentifiers {@code [name]} is a quoted identifier
 * @param hashComments {@code #} starts a comment to the end of the line
 */
public record LexerRules(
    boolean nestedComments,
    boolean dollarQuotes,
    boolean unicodeEscapes,
    boolean backtickIdentifiers,
    boolean bracketIdentifiers,
    boolean hashComments) {}
