package io.pollux.tls;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerCheckTest {
  private static final X500Principal CASTOR = new X500Principal("CN=castor");
  private static final X500Principal AUTHORITY = new X500Principal("CN=authority");
  @TempDir Path directory;

  @Test
  void aSelfSignedCertificateIsAccepted() throws Exception {
    KeyPair pair = pair("Ed25519");
    X509Certificate certificate = sign(CASTOR, pair, CASTOR, pair, "Ed25519");
    assertDoesNotThrow(() -> check().checkClientTrusted(chain(certificate), "any"));
  }

  @Test
  void aCertificateSignedByAnotherKeyUnderItsOwnNameIsRefused() throws Exception {
    assertMalformed(sign(CASTOR, pair("Ed25519"), CASTOR, pair("Ed25519"), "Ed25519"));
  }

  @Test
  void aCertificateOfAnAuthorityIsRefused() throws Exception {
    assertMalformed(sign(CASTOR, pair("Ed25519"), AUTHORITY, pair("Ed25519"), "Ed25519"));
  }

  @Test
  void aCertificateOfAnotherKindOfKeyIsRefused() throws Exception {
    KeyPair pair = pair("EC");
    assertMalformed(sign(CASTOR, pair, CASTOR, pair, "SHA256withECDSA"));
  }

  @Test
  void aChainIsRefused() throws Exception {
    X509Certificate certificate = TestNode.in(directory, "castor").identity.certificate();
    assertMalformed(certificate, certificate);
  }

  private static void assertMalformed(X509Certificate... chain) {
    PeerCheck check = check();
    assertThrows(CertificateException.class, () -> check.checkClientTrusted(chain, "any"));
    InvalidCertificateException refusal =
        assertInstanceOf(InvalidCertificateException.class, check.refusal().orElseThrow());
    assertEquals(InvalidCertificateException.Reason.MALFORMED, refusal.reason());
  }

  private static PeerCheck check() {
    return new PeerCheck(Authorities.NONE, () -> TestNode.NOW, "10.0.0.1:7400", Optional.empty());
  }

  private static X509Certificate[] chain(X509Certificate... chain) {
    return chain;
  }

  private static KeyPair pair(String algorithm) throws Exception {
    return KeyPairGenerator.getInstance(algorithm, Crypto.BOUNCY_CASTLE).generateKeyPair();
  }

  private static X509Certificate sign(
      X500Principal subject, KeyPair own, X500Principal issuer, KeyPair signer, String algorithm)
      throws Exception {
    return new JcaX509CertificateConverter()
        .setProvider(Crypto.BOUNCY_CASTLE)
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.ONE,
                    Date.from(TestNode.NOW.minus(Duration.ofDays(1))),
                    Date.from(TestNode.NOW.plus(Duration.ofDays(1))),
                    subject,
                    own.getPublic())
                .build(
                    new JcaContentSignerBuilder(algorithm)
                        .setProvider(Crypto.BOUNCY_CASTLE)
                        .build(signer.getPrivate())));
  }
}
