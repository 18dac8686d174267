package io.pollux.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/**
 * Whose certificates are accepted besides those that nodes make themselves: the operator's own
 * authorities, in the file {@link #FILE} of the identity directory. Accepted is not trusted: keys
 * are pinned as ever. Immutable.
 */
final class Authorities {
  static final String FILE = "authorities.pem";
  static final Authorities NONE = new Authorities(Set.of());
  private static final int LONGEST_CHAIN = 4;

  private final Set<TrustAnchor> anchors;

  private Authorities(Set<TrustAnchor> anchors) {
    this.anchors = Set.copyOf(anchors);
  }

  /**
   * Reads the file; without one there are none.
   *
   * @throws IOException if others may change it, or it has something else than certificates
   */
  static Authorities load(Path directory) throws IOException, GeneralSecurityException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return NONE;
    }
    Set<TrustAnchor> anchors = new HashSet<>();
    for (X509Certificate certificate : Certificates.parse(PrivateFile.read(file))) {
      anchors.add(new TrustAnchor(certificate, null));
    }
    if (anchors.isEmpty()) {
      throw new IOException(file + " has no certificate; put the authority's there, or remove it");
    }
    return new Authorities(anchors);
  }

  /** The last certificate of a chain; none if that is its only one. */
  static Authorities above(List<X509Certificate> chain) {
    return chain.size() == 1
        ? NONE
        : new Authorities(Set.of(new TrustAnchor(chain.get(chain.size() - 1), null)));
  }

  byte[] toPem() throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (TrustAnchor anchor : anchors) {
        writer.writeObject(anchor.getTrustedCert());
      }
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  boolean isEmpty() {
    return anchors.isEmpty();
  }

  /**
   * Why the chain, leaf first, is not one of these authorities'; empty if it is, at {@code now}.
   */
  Optional<String> refuse(List<X509Certificate> chain, Instant now)
      throws GeneralSecurityException {
    List<X509Certificate> path = withoutAnchors(chain);
    if (path.isEmpty() || chain.size() > LONGEST_CHAIN) {
      return Optional.of(
          path.isEmpty()
              ? "is the authority itself"
              : "has a chain of " + chain.size() + " certificates");
    }
    PKIXParameters parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false); // 'pollux identity revoke' does that.
    parameters.setDate(Date.from(now));
    try {
      CertPathValidator.getInstance("PKIX", Crypto.BOUNCY_CASTLE)
          .validate(
              CertificateFactory.getInstance("X.509", Crypto.BOUNCY_CASTLE).generateCertPath(path),
              parameters);
      return Optional.empty();
    } catch (CertPathValidatorException e) {
      return Optional.of("is not of an authority in " + FILE + ": " + e.getMessage());
    }
  }

  private List<X509Certificate> withoutAnchors(List<X509Certificate> chain) {
    return chain.stream()
        .filter(c -> anchors.stream().noneMatch(a -> a.getTrustedCert().equals(c)))
        .toList();
  }
}
