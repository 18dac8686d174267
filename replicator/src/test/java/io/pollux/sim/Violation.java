package io.pollux.sim;

/** Something happened that must never happen. The message begins with its name. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String message) {
    super(message);
  }

  Violation(String message, Throwable cause) {
    super(message, cause);
  }

  /** The first word: what kind it is. */
  String kind() {
    return getMessage().split("[ :]", 2)[0];
  }
}
