package io.pollux.tls;

/** A join token that cannot be read or made. The message never contains the token. */
public final class TokenException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The text is not a token, or not as it was printed. */
    GARBAGE,
    /** So many tokens are open that no more are issued. */
    TOO_MANY
  }

  private final Reason reason;

  TokenException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
