package io.pollux.tls;

import java.io.IOException;

/** The other side is not the node that was asked for: its key has another fingerprint. */
public final class UntrustedPeerException extends IOException {
  private static final long serialVersionUID = 1L;
  private final transient Fingerprint expected;
  private final transient Fingerprint actual;

  UntrustedPeerException(String address, Fingerprint expected, Fingerprint actual) {
    super(
        address
            + " answered with fingerprint "
            + actual
            + ", expected "
            + expected
            + "; if that node's identity was made anew, pair it again, otherwise someone is in between");
    this.expected = expected;
    this.actual = actual;
  }

  /** The fingerprint that was asked for. */
  public Fingerprint expected() {
    return expected;
  }

  /** The fingerprint of whoever answered. */
  public Fingerprint actual() {
    return actual;
  }
}
