package io.pollux.core;

import java.util.Objects;

/**
 * An operating error: something outside the program is not as it must be. The message says what was
 * attempted, what happened and what to do.
 */
public final class PolluxException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Each is a row of docs/errors.md. */
  public enum Reason {
    BAD_URL,
    BAD_CONFIGURATION,
    DIRECTORY_MISSING,
    DIRECTORY_EXISTS,
    DIRECTORY_HELD,
    DIRECTORY_NOT_WRITABLE,
    DISK_FULL,
    DISK_ERROR,
    LOG_DAMAGED,
    LOG_FOREIGN,
    DATABASE_UNREACHABLE,
    DATABASE_FOREIGN,
    ENGINE_UNSUPPORTED,
    TOKEN_GARBAGE,
    TOKEN_EXPIRED,
    TOKEN_USED,
    PEER_UNREACHABLE,
    PEER_NOT_TRUSTED,
    PEER_INCOMPATIBLE,
    PEER_FOREIGN,
    NODE_NOT_RUNNING,
    NOT_ACTIVE,
    NOT_IN_SYNC,
    TIMEOUT,
    TOO_LARGE,
    OPERATION_FAILED,
    STOPPED
  }

  private final Reason reason;

  public PolluxException(Reason reason, String message) {
    this(reason, message, null);
  }

  public PolluxException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
