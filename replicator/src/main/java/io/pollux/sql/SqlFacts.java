package io.pollux.sql;

import java.util.Objects;

/** What the classifier must know of an engine, as data. Filled by the engine's dialect. */
public record SqlFacts(LexerRules lexer) {
  public SqlFacts {
    Objects.requireNonNull(lexer, "lexer");
  }
}
