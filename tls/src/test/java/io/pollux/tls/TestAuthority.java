package io.pollux.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An operator's own authority, or one below it. */
final class TestAuthority {
  static final String PASSWORD = "changeit";
  private static final Duration VALIDITY = Duration.ofDays(30);

  private final KeyPair pair;
  private final List<X509Certificate> chain = new ArrayList<>();

  private TestAuthority(KeyPair pair) {
    this.pair = pair;
  }

  static TestAuthority root(String name) throws Exception {
    TestAuthority root = new TestAuthority(pair(KeyKind.P256));
    root.chain.add(root.sign(name, name, root.pair.getPublic(), TestNode.NOW, true));
    return root;
  }

  TestAuthority below(String name) throws Exception {
    return below(name, true);
  }

  /** A node that takes itself for an authority. */
  TestAuthority nodeThatSigns(String name) throws Exception {
    return below(name, false);
  }

  private TestAuthority below(String name, boolean isAuthority) throws Exception {
    TestAuthority below = new TestAuthority(pair(KeyKind.P256));
    below.chain.add(sign(subject(), name, below.pair.getPublic(), TestNode.NOW, isAuthority));
    below.chain.addAll(chain);
    return below;
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  /** A PKCS#12 file for a node, valid for 30 days around {@code middle}. */
  KeyFile issue(Path file, String node, KeyKind kind, Instant middle) throws Exception {
    KeyPair own = pair(kind);
    List<X509Certificate> certificates = new ArrayList<>();
    certificates.add(sign(subject(), node, own.getPublic(), middle, false));
    certificates.addAll(chain);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "node",
        own.getPrivate(),
        PASSWORD.toCharArray(),
        certificates.toArray(new X509Certificate[0]));
    return write(store, file);
  }

  /** Two keys in one file. */
  static KeyFile both(Path file, KeyFile one, KeyFile other)
      throws IOException, GeneralSecurityException {
    KeyStore all = read(one);
    KeyStore more = read(other);
    all.setEntry("other", more.getEntry("node", protection()), protection());
    return write(all, file);
  }

  private static KeyStore.PasswordProtection protection() {
    return new KeyStore.PasswordProtection(PASSWORD.toCharArray());
  }

  private static KeyStore read(KeyFile from) throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(from.file().toFile(), PASSWORD.toCharArray());
  }

  private static KeyFile write(KeyStore store, Path file)
      throws IOException, GeneralSecurityException {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return new KeyFile(file, PASSWORD);
  }

  private String subject() {
    return certificate().getSubjectX500Principal().getName().substring("CN=".length());
  }

  private static KeyPair pair(KeyKind kind) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.algorithm, Crypto.BOUNCY_CASTLE);
    if (kind == KeyKind.P256) {
      generator.initialize(256);
    } else if (kind == KeyKind.RSA) {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private X509Certificate sign(
      String issuer, String name, PublicKey key, Instant middle, boolean isAuthority)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .setProvider(Crypto.BOUNCY_CASTLE)
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    new X500Principal("CN=" + issuer),
                    new BigInteger(64, Crypto.RANDOM),
                    Date.from(middle.minus(VALIDITY)),
                    Date.from(middle.plus(VALIDITY)),
                    new X500Principal("CN=" + name),
                    key)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority))
                .build(
                    new JcaContentSignerBuilder("SHA256withECDSA")
                        .setProvider(Crypto.BOUNCY_CASTLE)
                        .build(pair.getPrivate())));
  }
}
