package io.pollux.tls;

import java.security.PublicKey;
import java.security.cert.X509Certificate;

/**
 * Who a node is: the SHA-256 of its public key (SubjectPublicKeyInfo). Names and addresses are not
 * identity. The text form is 64 lower-case hex digits. Immutable.
 */
public final class Fingerprint {
  private final Bytes32 hash;

  Fingerprint(Bytes32 hash) {
    this.hash = hash;
  }

  /** The fingerprint of a public key, which must have an encoded form. */
  public static Fingerprint of(PublicKey key) {
    return new Fingerprint(Bytes32.sha256(key.getEncoded()));
  }

  /** The fingerprint of the certificate's public key. */
  public static Fingerprint of(X509Certificate certificate) {
    return of(certificate.getPublicKey());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is not 64 lower-case hex digits
   */
  public static Fingerprint parse(String text) {
    return new Fingerprint(Bytes32.parse(text));
  }

  Bytes32 hash() {
    return hash;
  }

  /** Takes the same time wherever the two differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  /** 64 lower-case hex digits. */
  @Override
  public String toString() {
    return hash.toHex();
  }
}
