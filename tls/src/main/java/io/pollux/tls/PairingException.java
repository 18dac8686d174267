package io.pollux.tls;

import java.io.IOException;

/** A pairing conversation that ended without trust. */
public final class PairingException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why; both sides learn the same reason where the conversation got that far. */
  public enum Reason {
    /** The token was good, but its time is over. */
    TOKEN_EXPIRED,
    /** Another conversation has used the token. */
    TOKEN_USED,
    /** The master did not issue the token, or the proof does not fit it. */
    TOKEN_UNKNOWN,
    /** The master's approver said no; the message has its reason. */
    REFUSED,
    /** The other side did not follow the protocol, was too slow, or went away. */
    PROTOCOL
  }

  private final Reason reason;

  PairingException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  PairingException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
