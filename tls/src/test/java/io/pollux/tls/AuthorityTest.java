package io.pollux.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys and certificates of the operator's own. */
class AuthorityTest {
  private static final InstantSource TIME = () -> TestNode.NOW;

  @TempDir private Path root;

  private Identity node(String name, KeyFile key) throws IOException, GeneralSecurityException {
    return Identity.create(root.resolve(name), name, Optional.of(key), TIME);
  }

  private KeyFile issued(TestAuthority authority, String name) throws Exception {
    return authority.issue(root.resolve(name + ".p12"), name, KeyKind.P256, TestNode.NOW);
  }

  private static void talk(Identity a, Identity b) throws Exception {
    try (TlsListener listener = new TlsSockets(a, TIME).listen(TestNode.LOOPBACK)) {
      CompletableFuture<TlsConnection> served = TestNode.serveOne(listener);
      HostPort address = TestNode.at(listener.address());
      try (TlsConnection b2a =
              new TlsSockets(b, TIME).connect(address, a.fingerprint(), TestNode.TIMEOUT);
          TlsConnection a2b = served.join()) {
        b2a.output().write(7);
        assertEquals(7, a2b.input().read());
        assertEquals(b.fingerprint(), a2b.peer());
      }
    }
  }

  private static InvalidCertificateException refused(Identity a, Identity b) throws Exception {
    try (TlsListener listener = new TlsSockets(a, TIME).listen(TestNode.LOOPBACK)) {
      CompletableFuture<TlsConnection> served = TestNode.serveOne(listener);
      HostPort address = TestNode.at(listener.address());
      assertThrows(
          IOException.class,
          () -> {
            TlsConnection open =
                new TlsSockets(b, TIME).connect(address, a.fingerprint(), TestNode.TIMEOUT);
            open.input().read(); // The client's certificate is looked at last.
          });
      return assertInstanceOf(InvalidCertificateException.class, TestNode.failure(served));
    }
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void nodesOfOneAuthorityTalkWhateverTheKindOfTheirKeys(KeyKind kind) throws Exception {
    TestAuthority authority = TestAuthority.root("plant");
    KeyFile key = authority.issue(root.resolve("a.p12"), "a", kind, TestNode.NOW);
    Identity a = node("a", key);
    assertEquals(kind, a.kind());
    talk(a, node("b", issued(authority, "b")));
    talk(Identity.load(root.resolve("a")), Identity.load(root.resolve("b")));
  }

  @Test
  void aChainOfAuthoritiesIsFollowed() throws Exception {
    TestAuthority plant = TestAuthority.root("plant");
    talk(node("a", issued(plant.below("line"), "a")), node("b", issued(plant, "b")));
  }

  @Test
  void aNodeWithAKeyOfItsOwnTalksToOneOfAnAuthorityThatItKnows() throws Exception {
    TestAuthority plant = TestAuthority.root("plant");
    Identity a = node("a", issued(plant, "a"));
    Identity.create(root.resolve("b"), "b", Optional.empty(), TIME);
    Files.copy(
        root.resolve("a").resolve(Authorities.FILE), root.resolve("b").resolve(Authorities.FILE));
    talk(a, Identity.load(root.resolve("b")));
    talk(Identity.load(root.resolve("b")), a);
  }

  @Test
  void whoKnowsNoAuthorityOrAnotherOneRefuses() throws Exception {
    Identity ofPlant = node("b", issued(TestAuthority.root("plant"), "b"));
    Identity own = Identity.create(root.resolve("a"), "a", Optional.empty(), TIME);
    InvalidCertificateException unknown = refused(own, ofPlant);
    assertEquals(InvalidCertificateException.Reason.MALFORMED, unknown.reason());
    assertTrue(unknown.getMessage().contains(Authorities.FILE), unknown.getMessage());
    Identity ofOther = node("c", issued(TestAuthority.root("plant"), "c"));
    Files.copy(
        root.resolve("c").resolve(Authorities.FILE),
        root.resolve("b").resolve(Authorities.FILE),
        StandardCopyOption.REPLACE_EXISTING);
    assertEquals(
        InvalidCertificateException.Reason.UNKNOWN_AUTHORITY,
        refused(ofOther, Identity.load(root.resolve("b"))).reason());
  }

  @Test
  void noAuthorityIsANodeAndAChainEndsWithItsTime() throws Exception {
    TestAuthority plant = TestAuthority.root("plant");
    Identity a = node("a", issued(plant, "a"));
    Authorities known = a.authorities();
    assertTrue(known.refuse(List.of(plant.certificate()), TestNode.NOW).isPresent());
    assertFalse(known.refuse(a.chain(), TestNode.NOW).isPresent());
    assertTrue(known.refuse(a.chain(), TestNode.NOW.plus(Duration.ofDays(31))).isPresent());
  }

  @Test
  void aNodeIsNoAuthorityForAnother() throws Exception {
    TestAuthority plant = TestAuthority.root("plant");
    Identity a = node("a", issued(plant, "a"));
    KeyFile signed = issued(plant.nodeThatSigns("c"), "b");
    assertThrows(InvalidCertificateException.class, () -> node("b", signed));
    List<X509Certificate> chain = KeyAndChain.readPkcs12(signed).chain();
    String why = a.authorities().refuse(chain, TestNode.NOW).orElseThrow();
    assertTrue(why.contains("Not a CA certificate"), why);
  }

  @Test
  void aKeyOfAnotherCurveOfThatSizeIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", Crypto.BOUNCY_CASTLE);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    assertEquals(KeyKind.P256, KeyKind.of(generator.generateKeyPair().getPublic()));
    for (String curve : new String[] {"secp256k1", "brainpoolP256r1"}) {
      generator.initialize(new ECGenParameterSpec(curve));
      PublicKey key = generator.generateKeyPair().getPublic();
      assertThrows(GeneralSecurityException.class, () -> KeyKind.of(key), curve);
    }
  }

  @Test
  void aFileThatIsNotThisNodesIsRefusedAndLeavesNothing() throws Exception {
    TestAuthority plant = TestAuthority.root("plant");
    KeyFile ofA = issued(plant, "a");
    KeyFile old =
        plant.issue(
            root.resolve("old.p12"), "b", KeyKind.P256, TestNode.NOW.minus(Duration.ofDays(40)));
    KeyFile two = TestAuthority.both(root.resolve("two.p12"), ofA, issued(plant, "b"));
    KeyFile locked = new KeyFile(ofA.file(), "wrong");
    KeyFile text = new KeyFile(Files.writeString(root.resolve("text"), "no key"), "x");
    for (KeyFile key : new KeyFile[] {ofA, old, two, locked, text}) {
      Exception refusal = assertThrows(Exception.class, () -> node("b", key), key::toString);
      assertTrue(
          refusal instanceof IOException || refusal instanceof GeneralSecurityException,
          refusal::toString);
      assertFalse(Files.exists(root.resolve("b")));
    }
  }

  @Test
  void aSuccessorMayBeTheOperators() throws Exception {
    TestAuthority plant = TestAuthority.root("plant");
    Identity first = node("a", issued(plant, "a"));
    Path directory = root.resolve("a");
    KeyFile next = plant.issue(root.resolve("n.p12"), "a", KeyKind.RSA, TestNode.NOW);
    Identity made = first.makeSuccessor(directory, Optional.of(next), TIME);
    Identity peer = node("b", issued(plant, "b"));
    PeerCertificate offered = PeerCertificate.parse(made.encodedChain(), peer, "a", TIME);
    assertEquals(made.fingerprint(), offered.fingerprint());
    talk(Identity.adoptSuccessor(directory), peer);
    KeyFile foreign = issued(TestAuthority.root("other"), "a");
    assertThrows(
        InvalidCertificateException.class,
        () -> made.makeSuccessor(directory, Optional.of(foreign), TIME));
  }

  @Test
  void thePasswordIsNotShown() {
    assertFalse(new KeyFile(root, "geheim").toString().contains("geheim"));
  }
}
