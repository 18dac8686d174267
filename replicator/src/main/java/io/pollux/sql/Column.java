package io.pollux.sql;

import java.util.Objects;

/**
 * A column as the catalogue describes it.
 *
 * @param jdbcType of {@link java.sql.Types}
 * @param typeText as it may stand in {@code CAST(? AS …)} on this engine
 * @param defaultText the default's expression, empty if there is none; for an identity column
 *     always empty
 * @param generated computed by the engine from other columns; never written
 */
public record Column(
    String name,
    int jdbcType,
    String typeText,
    boolean nullable,
    String defaultText,
    Identity identity,
    boolean generated) {

  /** Whether the engine hands out values for the column. */
  public enum Identity {
    NONE,
    BY_DEFAULT,
    ALWAYS
  }

  public Column {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(typeText, "typeText");
    Objects.requireNonNull(defaultText, "defaultText");
    Objects.requireNonNull(identity, "identity");
  }
}
