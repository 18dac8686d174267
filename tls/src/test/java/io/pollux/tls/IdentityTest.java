package io.pollux.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  @TempDir Path parent;

  @Test
  void aCreatedIdentityLoadsAgain() throws Exception {
    TestNode node = TestNode.in(parent, "castor");
    Identity loaded = Identity.load(node.directory);
    assertEquals("castor", loaded.name());
    assertEquals(node.fingerprint(), loaded.fingerprint());
    assertEquals(node.identity.certificate(), loaded.certificate());
    assertFalse(loaded.toString().contains("PRIVATE"));
  }

  @Test
  void theFingerprintIsTheHashOfThePublicKey() throws Exception {
    TestNode node = TestNode.in(parent, "castor");
    byte[] key = node.identity.certificate().getPublicKey().getEncoded();
    String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    assertEquals(expected, node.fingerprint().toString());
    assertEquals(node.fingerprint(), Fingerprint.parse(expected));
    assertThrows(
        IllegalArgumentException.class, () -> Fingerprint.parse(expected.toUpperCase(Locale.ROOT)));
  }

  @Test
  void everythingIsForTheOwnerOnlyAndNothingElseIsLeft() throws Exception {
    TestNode node = TestNode.in(parent, "castor");
    assertEquals("rwx------", mode(node.directory));
    assertEquals("rw-------", mode(node.directory.resolve(Identity.FILE)));
    assertEquals(List.of("castor"), names(parent));
    assertEquals(List.of(Identity.FILE), names(node.directory));
  }

  @Test
  void anExistingDirectoryIsRefusedAndUntouched() throws Exception {
    TestNode node = TestNode.in(parent, "castor");
    assertThrows(FileAlreadyExistsException.class, () -> TestNode.in(parent, "castor"));
    assertEquals(node.fingerprint(), Identity.load(node.directory).fingerprint());
    assertEquals(List.of("castor"), names(parent));
  }

  @Test
  void aKeyThatOthersMayReadIsRefusedWithTheWayOut() throws Exception {
    Path file = TestNode.in(parent, "castor").directory.resolve(Identity.FILE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    IOException refusal = assertThrows(IOException.class, () -> Identity.load(file.getParent()));
    assertTrue(refusal.getMessage().contains("chmod 600 " + file), refusal.getMessage());
  }

  @Test
  void aKeyWithAnotherNodesCertificateIsRefused() throws Exception {
    Path castor = TestNode.in(parent, "castor").directory;
    Path pollux = TestNode.in(parent, "pollux").directory;
    String certificate = "-----BEGIN CERTIFICATE-----";
    String own = Files.readString(castor.resolve(Identity.FILE));
    String other = Files.readString(pollux.resolve(Identity.FILE));
    Files.writeString(
        castor.resolve(Identity.FILE),
        own.substring(0, own.indexOf(certificate)) + other.substring(other.indexOf(certificate)));
    assertThrows(GeneralSecurityException.class, () -> Identity.load(castor));
  }

  @Test
  void aFileWithoutItsKeyIsRefused() throws Exception {
    Path file = TestNode.in(parent, "castor").directory.resolve(Identity.FILE);
    String text = Files.readString(file);
    Files.writeString(file, text.substring(text.indexOf("-----BEGIN CERTIFICATE-----")));
    IOException refusal = assertThrows(IOException.class, () -> Identity.load(file.getParent()));
    assertTrue(refusal.getMessage().contains("PRIVATE KEY"), refusal.getMessage());
  }

  @Test
  void aNameThatWouldNotFitIntoALineIsRefused() {
    for (String name : List.of("", "two words", "a\nb", "-x", "x".repeat(65))) {
      Path directory = parent.resolve("node");
      assertThrows(
          IllegalArgumentException.class,
          () -> Identity.create(directory, name, Optional.empty(), () -> TestNode.NOW));
      assertFalse(Files.exists(directory));
    }
  }

  static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
