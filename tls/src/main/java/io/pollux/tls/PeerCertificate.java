package io.pollux.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * A node's public half, as it comes from that node over a connection that is trusted already.
 *
 * @param validUntil when the certificate ends
 */
public record PeerCertificate(Fingerprint fingerprint, String name, Instant validUntil) {
  private static final int MAX_BYTES = 16 << 10;

  /** Checks the parts. */
  public PeerCertificate {
    Objects.requireNonNull(fingerprint, "fingerprint");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(validUntil, "validUntil");
  }

  /** What a handshake has proven. */
  public static PeerCertificate of(X509Certificate certificate) throws GeneralSecurityException {
    return new PeerCertificate(
        Fingerprint.of(certificate),
        Certificates.nodeName(certificate),
        certificate.getNotAfter().toInstant());
  }

  /**
   * Reads a certificate, with its chain behind it, and judges it as a handshake of {@code self}
   * would.
   *
   * @param from where it comes from, for the message
   * @throws InvalidCertificateException if it could not be used now
   * @throws IOException if it is no certificate
   */
  public static PeerCertificate parse(
      byte[] encoded, Identity self, String from, InstantSource time) throws IOException {
    if (encoded.length > MAX_BYTES) {
      throw new IOException("a certificate of " + encoded.length + " bytes came from " + from);
    }
    try {
      List<X509Certificate> chain = Certificates.parse(encoded);
      if (chain.isEmpty()) {
        throw new IOException("no certificate came from " + from);
      }
      PeerCheck.require(chain, self.authorities(), from, time);
      return of(chain.get(0));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("no certificate came from " + from + ": " + e.getMessage(), e);
    }
  }
}
