package io.pollux.tls;

import java.io.IOException;

/** The other side's certificate cannot be used, whoever it is. */
public final class InvalidCertificateException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the certificate. */
  public enum Reason {
    /** It is an authority's, but none that this node knows. */
    UNKNOWN_AUTHORITY,
    /** Its validity is over. */
    EXPIRED,
    /** Its validity has not begun, or one of the two clocks is wrong. */
    NOT_YET_VALID,
    /** It is not one self-signed version 3 certificate of an Ed25519 key. */
    MALFORMED,
    /** Whoever showed it does not have its key. */
    WRONG_KEY
  }

  private final Reason reason;

  InvalidCertificateException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What is wrong with it. */
  public Reason reason() {
    return reason;
  }
}
