package io.pollux.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {
  private static final InstantSource TIME = InstantSource.fixed(TestNode.NOW);
  @TempDir Path root;

  @Test
  void aSuccessorHasTheNameAndAnotherKeyAndIsUsedOnlyWhenAdopted() throws Exception {
    Path directory = root.resolve("identity");
    Identity first = Identity.create(directory, "a", Optional.empty(), TIME);
    Identity second = first.makeSuccessor(directory, Optional.empty(), TIME);
    assertEquals("a", second.name());
    assertNotEquals(first.fingerprint(), second.fingerprint());
    assertEquals(first.fingerprint(), Identity.load(directory).fingerprint());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("next.pem"))));
    assertEquals(second.fingerprint(), Identity.adoptSuccessor(directory).fingerprint());
    assertEquals(second.fingerprint(), Identity.load(directory).fingerprint());
    assertFalse(Files.exists(directory.resolve("next.pem")));
    assertThrows(IOException.class, () -> Identity.adoptSuccessor(directory));
  }

  @Test
  void aListenerShowsTheNewIdentityFromTheNextHandshakeOn() throws Exception {
    Path directory = root.resolve("identity");
    AtomicReference<Identity> identity =
        new AtomicReference<>(Identity.create(directory, "a", Optional.empty(), TIME));
    TestNode client = TestNode.in(root, "b");
    try (TlsListener listener = new TlsSockets(identity::get, TIME).listen(TestNode.LOOPBACK)) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
        TlsConnection near = client.connect(listener, identity.get().fingerprint());
        accepted.get().close();
        near.close();
        identity.get().makeSuccessor(directory, Optional.empty(), TIME);
        identity.set(Identity.adoptSuccessor(directory));
      }
    }
  }

  @Test
  void whoHasTheCertificateButNotTheKeyIsToldFromAllOthers() throws Exception {
    TestNode server = TestNode.in(root, "server");
    Identity honest = Identity.create(root.resolve("honest"), "b", Optional.empty(), TIME);
    Identity thief = Identity.create(root.resolve("thief"), "b", Optional.empty(), TIME);
    Identity mixed = honest.withKeyOf(thief);
    try (TlsListener listener = new TlsSockets(server.identity, TIME).listen(TestNode.LOOPBACK)) {
      CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
      TlsConnection near =
          new TlsSockets(mixed, TIME)
              .connect(
                  TestNode.at(listener.address()), server.fingerprint(), Duration.ofSeconds(20));
      InvalidCertificateException refusal =
          assertInstanceOf(InvalidCertificateException.class, TestNode.failure(accepted));
      assertEquals(InvalidCertificateException.Reason.WRONG_KEY, refusal.reason());
      IOException told = assertThrows(IOException.class, () -> near.input().read());
      assertTrue(told.getMessage().contains("decrypt_error"), told.getMessage());
      near.close();
    }
    try (TlsListener listener = new TlsSockets(mixed, TIME).listen(TestNode.LOOPBACK)) {
      CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
      InvalidCertificateException refusal =
          assertThrows(
              InvalidCertificateException.class,
              () -> server.connect(listener, honest.fingerprint()));
      assertEquals(InvalidCertificateException.Reason.WRONG_KEY, refusal.reason());
      assertInstanceOf(IOException.class, TestNode.failure(accepted));
    }
  }

  @Test
  void aRevokedKeyIsNeverTrustedAgain() throws Exception {
    Path directory = Files.createDirectories(root.resolve("trust"));
    Fingerprint key = Identity.create(root.resolve("b"), "b", Optional.empty(), TIME).fingerprint();
    TrustList trust = TrustList.load(directory);
    assertFalse(trust.revoke(key));
    trust.add(key, "b");
    assertTrue(trust.revoke(key));
    for (TrustList list : new TrustList[] {trust, TrustList.load(directory)}) {
      assertFalse(list.contains(key));
      assertEquals(Optional.of("b"), list.revoked(key));
      assertThrows(IOException.class, () -> list.add(key, "b"));
    }
  }

  @Test
  void aCertificateThatAPeerAnnouncesIsJudgedAsInAHandshake() throws Exception {
    Identity next = Identity.create(root.resolve("n"), "b", Optional.empty(), TIME);
    byte[] encoded = next.certificate().getEncoded();
    PeerCertificate announced = PeerCertificate.parse(encoded, next, "b", TIME);
    assertEquals(next.fingerprint(), announced.fingerprint());
    assertEquals("b", announced.name());
    InstantSource later = InstantSource.fixed(TestNode.NOW.plus(Duration.ofDays(4000)));
    assertThrows(
        InvalidCertificateException.class, () -> PeerCertificate.parse(encoded, next, "b", later));
    byte[] altered = encoded.clone();
    altered[encoded.length - 1] ^= 1;
    assertThrows(IOException.class, () -> PeerCertificate.parse(altered, next, "b", TIME));
    assertThrows(IOException.class, () -> PeerCertificate.parse(new byte[0], next, "b", TIME));
    assertThrows(IOException.class, () -> PeerCertificate.parse(new byte[10_000], next, "b", TIME));
    assertThrows(IOException.class, () -> PeerCertificate.parse(new byte[100], next, "b", TIME));
  }
}
