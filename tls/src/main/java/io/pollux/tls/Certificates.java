package io.pollux.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes and reads the self-signed certificates of nodes. */
final class Certificates {
  static final String ALGORITHM = "Ed25519";
  private static final Duration CLOCK_DIFFERENCE = Duration.ofDays(1);
  private static final Duration VALIDITY = Duration.ofDays(3653);

  private Certificates() {}

  static KeyAndChain selfSigned(String nodeName, Instant now) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM, Crypto.BOUNCY_CASTLE);
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, nodeName).build();
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  name,
                  new BigInteger(127, Crypto.RANDOM).add(BigInteger.ONE),
                  Date.from(now.minus(CLOCK_DIFFERENCE)),
                  Date.from(now.plus(VALIDITY)),
                  name,
                  pair.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                      }));
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .setProvider(Crypto.BOUNCY_CASTLE)
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder(ALGORITHM)
                          .setProvider(Crypto.BOUNCY_CASTLE)
                          .build(pair.getPrivate())));
      return new KeyAndChain(pair.getPrivate(), List.of(certificate));
    } catch (OperatorCreationException | CertIOException e) {
      throw new GeneralSecurityException("cannot sign a certificate for node " + nodeName, e);
    }
  }

  /** All certificates of a file or message; empty if there is none. */
  static List<X509Certificate> parse(byte[] encoded) throws CertificateException {
    List<X509Certificate> parsed = new ArrayList<>();
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509", Crypto.BOUNCY_CASTLE)
            .generateCertificates(new ByteArrayInputStream(encoded))) {
      parsed.add((X509Certificate) certificate);
    }
    return parsed;
  }

  static String nodeName(X509Certificate certificate) throws CertificateException {
    RDN[] names = new JcaX509CertificateHolder(certificate).getSubject().getRDNs(BCStyle.CN);
    if (names.length != 1) {
      throw new CertificateException("the certificate's subject has " + names.length + " names");
    }
    return NodeName.check(IETFUtils.valueToString(names[0].getFirst().getValue()));
  }

  /** Whether the certificate is a version 3 one signed by its own Ed25519 key. */
  static boolean isSelfSigned(X509Certificate certificate) {
    if (certificate.getVersion() != 3
        || !certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
        || !certificate.getPublicKey().getAlgorithm().equals(ALGORITHM)) {
      return false;
    }
    try {
      certificate.verify(certificate.getPublicKey(), Crypto.BOUNCY_CASTLE);
      return true;
    } catch (GeneralSecurityException e) {
      return false; // the answer to the question; the caller refuses and says so
    }
  }
}
