package io.pollux.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A node's own key and self-signed certificate, kept in one file of its identity directory.
 * Immutable.
 */
public final class Identity {
  static final String FILE = "node.pem";

  /** What {@link #FILE} becomes when the peer trusts it. */
  private static final String NEXT = "next.pem";

  private static final String KEY_TYPE = "PRIVATE KEY";
  private static final String CERTIFICATE_TYPE = "CERTIFICATE";

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final String name;

  private Identity(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
    this.key = key;
    this.certificate = certificate;
    this.name = Certificates.nodeName(certificate);
  }

  /**
   * Makes the directory (for its owner only) with a fresh Ed25519 key and a certificate that is
   * valid from a day ago, for clocks that differ, to ten years from now. After a crash the
   * directory is there as a whole or not at all.
   *
   * @throws FileAlreadyExistsException if the directory exists, whatever is in it
   * @throws IllegalArgumentException if the name has other than 1 to 64 plain characters
   */
  public static Identity create(Path directory, String nodeName, InstantSource time)
      throws IOException, GeneralSecurityException {
    NodeName.check(nodeName);
    if (Files.exists(directory)) {
      throw exists(directory);
    }
    Path parent = Files.createDirectories(directory.toAbsolutePath().getParent());
    Certificates.KeyAndCertificate made = Certificates.selfSigned(nodeName, time.instant());
    Path draft =
        Files.createTempDirectory(parent, ".identity", PrivateFile.mode(directory, "rwx------"));
    try {
      PrivateFile.replace(draft.resolve(FILE), pem(made));
      Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      Files.deleteIfExists(draft.resolve(FILE));
      Files.deleteIfExists(draft);
      throw Files.exists(directory) ? exists(directory) : e;
    }
    PrivateFile.force(parent);
    return new Identity(made.key(), made.certificate());
  }

  /**
   * Reads an identity back.
   *
   * @throws IOException if the file is missing, damaged, or (on POSIX file systems) open to others
   * @throws GeneralSecurityException if key and certificate do not belong together
   */
  public static Identity load(Path directory) throws IOException, GeneralSecurityException {
    return read(directory.resolve(FILE));
  }

  private static Identity read(Path file) throws IOException, GeneralSecurityException {
    byte[] content = PrivateFile.read(file);
    try (PemReader reader =
        new PemReader(
            new InputStreamReader(new ByteArrayInputStream(content), StandardCharsets.US_ASCII))) {
      byte[] keyBytes = section(reader, KEY_TYPE, file);
      byte[] certificateBytes = section(reader, CERTIFICATE_TYPE, file);
      PrivateKey key =
          KeyFactory.getInstance(Certificates.ALGORITHM, Crypto.BOUNCY_CASTLE)
              .generatePrivate(new PKCS8EncodedKeySpec(keyBytes));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509", Crypto.BOUNCY_CASTLE)
                  .generateCertificate(new ByteArrayInputStream(certificateBytes));
      requirePair(key, certificate, file);
      return new Identity(key, certificate);
    }
  }

  /**
   * Makes a fresh key and certificate under the same name and keeps them beside this identity,
   * which stays the one in use until {@link #adoptSuccessor}. A former successor is forgotten.
   */
  public Identity makeSuccessor(Path directory, InstantSource time)
      throws IOException, GeneralSecurityException {
    Certificates.KeyAndCertificate made = Certificates.selfSigned(name, time.instant());
    PrivateFile.replace(directory.resolve(NEXT), pem(made));
    return new Identity(made.key(), made.certificate());
  }

  /**
   * Puts the successor in the place of the identity. After a crash at any moment the directory has
   * one of them.
   *
   * @throws IOException if there is no successor or the disk fails
   */
  public static Identity adoptSuccessor(Path directory)
      throws IOException, GeneralSecurityException {
    Path next = directory.resolve(NEXT);
    Identity successor = read(next);
    Files.move(next, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    PrivateFile.force(directory.toAbsolutePath());
    return successor;
  }

  /** When the certificate ends. */
  public Instant validUntil() {
    return certificate.getNotAfter().toInstant();
  }

  /** The name it was created with. */
  public String name() {
    return name;
  }

  /** What peers pin. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(certificate);
  }

  /** The public half. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** A certificate with a key that isn't its own, as a thief would show it. */
  Identity withKeyOf(Identity other) throws GeneralSecurityException {
    return new Identity(other.key, certificate);
  }

  PrivateKey key() {
    return key;
  }

  /** Does not show the key. */
  @Override
  public String toString() {
    return name + " " + fingerprint();
  }

  private static FileAlreadyExistsException exists(Path directory) {
    return new FileAlreadyExistsException(
        directory.toString(),
        null,
        "a node's identity is never overwritten; choose another directory");
  }

  private static byte[] pem(Certificates.KeyAndCertificate made)
      throws IOException, GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PemWriter writer =
        new PemWriter(new OutputStreamWriter(bytes, StandardCharsets.US_ASCII))) {
      writer.writeObject(new PemObject(KEY_TYPE, made.key().getEncoded()));
      writer.writeObject(new PemObject(CERTIFICATE_TYPE, made.certificate().getEncoded()));
    }
    return bytes.toByteArray();
  }

  private static byte[] section(PemReader reader, String type, Path file) throws IOException {
    PemObject section = reader.readPemObject();
    if (section == null || !section.getType().equals(type)) {
      throw new IOException(
          file + " has no " + type + " section where one belongs; restore it from a backup");
    }
    return section.getContent();
  }

  private static void requirePair(PrivateKey key, X509Certificate certificate, Path file)
      throws GeneralSecurityException {
    byte[] probe = FILE.getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(Certificates.ALGORITHM, Crypto.BOUNCY_CASTLE);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(probe);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException(
          file + " holds a key and a certificate of two different nodes; restore it from a backup");
    }
  }
}
