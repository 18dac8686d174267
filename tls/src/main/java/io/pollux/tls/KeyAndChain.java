package io.pollux.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A private key and the certificates that stand for it, the key's own first. Key and certificate
 * are known to belong together.
 */
record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {
  private static final String KEY_TYPE = "PRIVATE KEY";
  private static final String CERTIFICATE_TYPE = "CERTIFICATE";

  KeyAndChain {
    chain = List.copyOf(chain);
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  /**
   * Reads what {@link #toPem} wrote.
   *
   * @throws IOException if a part is missing or damaged, or the file is open to others
   * @throws GeneralSecurityException if key and certificate do not belong together
   */
  static KeyAndChain readPem(Path file) throws IOException, GeneralSecurityException {
    byte[] content = PrivateFile.read(file);
    try (PemReader reader =
        new PemReader(
            new InputStreamReader(new ByteArrayInputStream(content), StandardCharsets.US_ASCII))) {
      byte[] key = section(reader.readPemObject(), KEY_TYPE, file);
      List<X509Certificate> chain = new ArrayList<>();
      PemObject next = reader.readPemObject();
      do {
        chain.addAll(Certificates.parse(section(next, CERTIFICATE_TYPE, file)));
        next = reader.readPemObject();
      } while (next != null);
      return of(key, chain, file);
    }
  }

  private static byte[] section(PemObject section, String type, Path file) throws IOException {
    if (section == null || !section.getType().equals(type)) {
      throw new IOException(
          file + " has no " + type + " section where one belongs; restore it from a backup");
    }
    return section.getContent();
  }

  /**
   * Reads the one key of an operator's PKCS#12 file.
   *
   * @throws IOException if the file can't be read, or the password is wrong
   * @throws GeneralSecurityException if it has another number of keys than one, or one of another
   *     kind than {@link KeyKind}
   */
  static KeyAndChain readPkcs12(KeyFile operators) throws IOException, GeneralSecurityException {
    Path file = operators.file();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, operators.password());
    }
    List<String> keys = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        keys.add(alias);
      }
    }
    if (keys.size() != 1) {
      throw new GeneralSecurityException(
          file + " has " + keys.size() + " private keys; give a file with the node's own alone");
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : store.getCertificateChain(keys.get(0))) {
      chain.addAll(Certificates.parse(certificate.getEncoded()));
    }
    return of(store.getKey(keys.get(0), operators.password()).getEncoded(), chain, file);
  }

  private static KeyAndChain of(byte[] encodedKey, List<X509Certificate> chain, Path file)
      throws GeneralSecurityException {
    KeyKind kind = KeyKind.of(chain.get(0).getPublicKey());
    PrivateKey key =
        KeyFactory.getInstance(kind.algorithm, Crypto.BOUNCY_CASTLE)
            .generatePrivate(new PKCS8EncodedKeySpec(encodedKey));
    byte[] probe = file.toString().getBytes(StandardCharsets.UTF_8);
    Signature signature = Signature.getInstance(kind.signature, Crypto.BOUNCY_CASTLE);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(chain.get(0).getPublicKey());
    signature.update(probe);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException(
          file + " holds a key and a certificate of two different nodes; restore it from a backup");
    }
    return new KeyAndChain(key, chain);
  }

  byte[] toPem() throws IOException, GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PemWriter writer =
        new PemWriter(new OutputStreamWriter(bytes, StandardCharsets.US_ASCII))) {
      writer.writeObject(new PemObject(KEY_TYPE, key.getEncoded()));
      for (X509Certificate certificate : chain) {
        writer.writeObject(new PemObject(CERTIFICATE_TYPE, certificate.getEncoded()));
      }
    }
    return bytes.toByteArray();
  }

  /** The certificates without the key, one behind the other. */
  byte[] encodedChain() throws GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (X509Certificate certificate : chain) {
      bytes.writeBytes(certificate.getEncoded());
    }
    return bytes.toByteArray();
  }
}
