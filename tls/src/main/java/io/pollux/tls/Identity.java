package io.pollux.tls;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * A node's own key and its certificate, kept in one file of its identity directory. The node makes
 * both itself, or they come from a {@link KeyFile} of the operator's. Immutable.
 */
public final class Identity {
  static final String FILE = "node.pem";

  /** What {@link #FILE} becomes when the peer trusts it. */
  private static final String NEXT = "next.pem";

  private final KeyAndChain own;
  private final KeyKind kind;
  private final String name;
  private final Authorities authorities;

  private Identity(KeyAndChain own, Authorities authorities) throws GeneralSecurityException {
    this.own = own;
    this.kind = KeyKind.of(own.certificate().getPublicKey());
    this.name = Certificates.nodeName(own.certificate());
    this.authorities = authorities;
  }

  /**
   * Makes the directory (for its owner only) with a fresh Ed25519 key and a certificate that is
   * valid from a day ago, for clocks that differ, to ten years from now; or with the operator's
   * key. Where that has a chain, its last certificate is the authority whose certificates the node
   * accepts. After a crash the directory is there as a whole or not at all.
   *
   * @throws FileAlreadyExistsException if the directory exists, whatever is in it
   * @throws IllegalArgumentException if the name has other than 1 to 64 plain characters
   * @throws InvalidCertificateException if the operator's certificate can't be used now
   * @throws GeneralSecurityException if it is not this node's, or no key can be read
   */
  public static Identity create(
      Path directory, String nodeName, Optional<KeyFile> operators, InstantSource time)
      throws IOException, GeneralSecurityException {
    NodeName.check(nodeName);
    if (Files.exists(directory)) {
      throw exists(directory);
    }
    if (operators.isEmpty()) {
      return create(directory, Certificates.selfSigned(nodeName, time.instant()), Authorities.NONE);
    }
    KeyAndChain read = KeyAndChain.readPkcs12(operators.get());
    Authorities authorities = Authorities.above(read.chain());
    requireUsable(read, nodeName, authorities, time);
    return create(directory, read, authorities);
  }

  private static void requireUsable(
      KeyAndChain read, String nodeName, Authorities authorities, InstantSource time)
      throws IOException, GeneralSecurityException {
    String name = Certificates.nodeName(read.certificate());
    if (!name.equals(nodeName)) {
      throw new GeneralSecurityException(
          "the certificate is of '" + name + "' and the node is '" + nodeName + "'");
    }
    PeerCheck.require(read.chain(), authorities, "this node", time);
  }

  private static Identity create(Path directory, KeyAndChain own, Authorities authorities)
      throws IOException, GeneralSecurityException {
    Path parent = Files.createDirectories(directory.toAbsolutePath().getParent());
    Path draft =
        Files.createTempDirectory(parent, ".identity", PrivateFile.mode(directory, "rwx------"));
    try {
      PrivateFile.replace(draft.resolve(FILE), own.toPem());
      if (!authorities.isEmpty()) {
        PrivateFile.replace(draft.resolve(Authorities.FILE), authorities.toPem());
      }
      Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      Files.deleteIfExists(draft.resolve(FILE));
      Files.deleteIfExists(draft.resolve(Authorities.FILE));
      Files.deleteIfExists(draft);
      throw Files.exists(directory) ? exists(directory) : e;
    }
    PrivateFile.force(parent);
    return new Identity(own, authorities);
  }

  /**
   * Reads an identity back.
   *
   * @throws IOException if the file is missing, damaged, or (on POSIX file systems) open to others
   * @throws GeneralSecurityException if key and certificate do not belong together
   */
  public static Identity load(Path directory) throws IOException, GeneralSecurityException {
    return new Identity(KeyAndChain.readPem(directory.resolve(FILE)), Authorities.load(directory));
  }

  /**
   * Makes a fresh key and certificate under the same name, or takes the operator's, and keeps them
   * beside this identity, which stays the one in use until {@link #adoptSuccessor}. A former
   * successor is forgotten.
   *
   * @throws InvalidCertificateException if the operator's certificate can't be used now
   * @throws GeneralSecurityException if it is not this node's, or no key can be read
   */
  public Identity makeSuccessor(Path directory, Optional<KeyFile> operators, InstantSource time)
      throws IOException, GeneralSecurityException {
    KeyAndChain next =
        operators.isPresent()
            ? KeyAndChain.readPkcs12(operators.get())
            : Certificates.selfSigned(name, time.instant());
    Authorities known = Authorities.load(directory);
    requireUsable(next, name, known, time);
    PrivateFile.replace(directory.resolve(NEXT), next.toPem());
    return new Identity(next, known);
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
    KeyAndChain successor = KeyAndChain.readPem(next);
    Files.move(next, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    PrivateFile.force(directory.toAbsolutePath());
    return new Identity(successor, Authorities.load(directory));
  }

  /** When the certificate ends. */
  public Instant validUntil() {
    return certificate().getNotAfter().toInstant();
  }

  /** The name it was created with. */
  public String name() {
    return name;
  }

  /** What peers pin. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(certificate());
  }

  /** The public half. */
  public X509Certificate certificate() {
    return own.certificate();
  }

  /** The certificate with those above it, one behind the other. */
  public byte[] encodedChain() throws GeneralSecurityException {
    return own.encodedChain();
  }

  /** A certificate with a key that isn't its own, as a thief would show it. */
  Identity withKeyOf(Identity other) throws GeneralSecurityException {
    return new Identity(new KeyAndChain(other.own.key(), own.chain()), authorities);
  }

  PrivateKey key() {
    return own.key();
  }

  KeyKind kind() {
    return kind;
  }

  List<X509Certificate> chain() {
    return own.chain();
  }

  Authorities authorities() {
    return authorities;
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
}
