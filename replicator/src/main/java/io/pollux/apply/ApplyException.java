package io.pollux.apply;

import java.util.Objects;

/** A group of records could not be executed; nothing of it is in the database. */
public final class ApplyException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What to do about it (FAULTS.md H17). */
  public enum Kind {
    /** Deadlock, lock timeout, lost connection, full disk: try again later. */
    TRANSIENT,
    /** Constraint, type, missing object, another number of rows: trying again can't help. */
    POISON
  }

  private final Kind kind;

  public ApplyException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  public Kind kind() {
    return kind;
  }
}
