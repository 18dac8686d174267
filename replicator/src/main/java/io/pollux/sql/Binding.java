package io.pollux.sql;

import io.pollux.core.TableName;
import java.util.Objects;

/** Where the value of one {@code ?} of a {@link Bound} statement comes from. */
public sealed interface Binding {

  /** The application's parameter, counted from 1. */
  record Parameter(int index) implements Binding {
    public Parameter {
      if (index < 1) {
        throw new IllegalArgumentException("parameters are counted from 1: " + index);
      }
    }
  }

  enum ClockKind {
    DATE,
    TIME,
    TIMESTAMP
  }

  /** The database's clock, read once for each execution. */
  record Clock(ClockKind kind) implements Binding {
    public Clock {
      Objects.requireNonNull(kind, "kind");
    }
  }

  /** A value drawn from a sequence before the execution. */
  record NextValue(TableName sequence) implements Binding {
    public NextValue {
      Objects.requireNonNull(sequence, "sequence");
    }
  }

  /** The key that the database generated in this execution. Only in what is logged. */
  record GeneratedKey(String column) implements Binding {
    public GeneratedKey {
      Objects.requireNonNull(column, "column");
    }
  }

  /**
   * A column, counted from 0, of the row that the plan's query returned: a key (KEYS) or an image
   * (ROWS).
   */
  record Fetched(int ordinal) implements Binding {
    public Fetched {
      if (ordinal < 0) {
        throw new IllegalArgumentException("fetched columns are counted from 0: " + ordinal);
      }
    }
  }
}
