package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.core.Activity;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.SyncState;
import io.pollux.tls.HostPort;
import io.pollux.tls.Identity;
import io.pollux.tls.TrustList;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  @TempDir Path root;
  private TestNodes nodes;

  @BeforeEach
  void prepare() {
    nodes = new TestNodes(root, TestEngine.DERBY);
  }

  private Path identity(String name) {
    return nodes.directory(name).resolve("identity");
  }

  /** What is tried on a master that runs and a backup that has joined. */
  @FunctionalInterface
  private interface Attempt {
    void on(Node a) throws Exception;
  }

  private void onJoined(Attempt attempt) throws Exception {
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      attempt.on(a);
    }
  }

  private static String fingerprint(Node node) throws PolluxException {
    return node.status().identity().orElseThrow().fingerprint();
  }

  @Test
  void bothNodesChangeTheirKeysUnderLoadAndNoCommitIsLostOrFails() throws Exception {
    onJoined(
        a -> {
          try (Node b = nodes.open("b")) {
            TestNodes.awaitInSync(a, b);
            AtomicBoolean goOn = new AtomicBoolean(true);
            AtomicInteger written = new AtomicInteger();
            CompletableFuture<Void> load =
                CompletableFuture.runAsync(
                    () -> {
                      try {
                        while (goOn.get()) {
                          nodes.insert(a, "a", written.incrementAndGet(), "under load");
                        }
                      } catch (java.sql.SQLException e) {
                        throw new AssertionError("a commit failed after " + written, e);
                      }
                    });
            for (int i = 0; i < 3; i++) {
              for (Node node : List.of(a, b)) {
                String before = fingerprint(node);
                JsonNode shown = node.rotate(Optional.empty()).get();
                assertNotEquals(before, shown.path("fingerprint").asText());
                TestNodes.awaitConnected(a, b);
                assertEquals(shown.path("fingerprint").asText(), fingerprint(node));
              }
            }
            goOn.set(false);
            load.get();
            TestNodes.awaitInSync(a, b);
            assertEquals(written.get(), nodes.rows("b").size());
            assertEquals(nodes.rows("a"), nodes.rows("b"));
            awaitOneTrusted("a", fingerprint(b));
            awaitOneTrusted("b", fingerprint(a));
          }
        });
    try (Node a = nodes.open("a");
        Node b = nodes.open("b")) {
      TestNodes.awaitInSync(a, b); // And all of it is on disk.
    }
  }

  /** The key that was used before is forgotten. */
  private void awaitOneTrusted(String name, String expected) {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertEquals(
                    List.of(expected),
                    TrustList.load(identity(name)).nodes().keySet().stream()
                        .map(Object::toString)
                        .toList()));
  }

  @Test
  void aNodeWhosePeerIsAwayKeepsItsKey() throws Exception {
    nodes.init("a");
    try (Node a = nodes.open("a")) {
      String before = fingerprint(a);
      ExecutionException refused =
          assertThrows(ExecutionException.class, () -> a.rotate(Optional.empty()).get());
      assertTrue(refused.getCause().getMessage().contains("not connected"));
      assertEquals(before, fingerprint(a));
      assertEquals(before, Identity.load(identity("a")).fingerprint().toString());
    }
  }

  @Test
  void aRevokedBackupIsCutOffAndToldSo() throws Exception {
    onJoined(
        a -> {
          try (Node b = nodes.open("b")) {
            TestNodes.awaitInSync(a, b);
            assertThrows(ExecutionException.class, () -> a.revoke("nobody").get());
            assertEquals(1, a.revoke("b").get().path("revoked").asInt());
            awaitRefused(b, "the key of node b was revoked");
            assertTrue(refused(a).contains("revoked key"));
            assertEquals(Activity.ACTIVE, a.status().activity());
            nodes.insert(a, "a", 1, "alone");
            assertFalse(nodes.rows("b").containsKey(1));
          }
        });
  }

  @Test
  void anUnknownKeyIsRefusedAndToldSo() throws Exception {
    onJoined(
        a -> {
          replaceIdentity("b", "b", Clock.systemUTC());
          try (Node b = nodes.open("b")) {
            awaitRefused(b, "does not know the key");
            assertTrue(refused(a).contains("unknown key"));
          }
        });
  }

  @Test
  void aKeyUnderAnotherNameIsRefusedAndToldSo() throws Exception {
    onJoined(
        a -> {
          Path config = nodes.directory("b").resolve("pollux.yaml");
          Files.writeString(config, Files.readString(config).replace("name: b", "name: c"));
          try (Node b = nodes.open("b")) {
            awaitRefused(b, "the key belongs to node b");
            assertTrue(refused(a).contains("peer not trusted"));
          }
        });
  }

  @Test
  void aTrustedNodeOfAnotherGroupIsRefusedAndToldSo() throws Exception {
    onJoined(
        a -> {
          Path config = nodes.directory("b").resolve("pollux.yaml");
          Files.writeString(
              config,
              Files.readString(config).replaceAll("group: .*", "group: " + "ab".repeat(16)));
          try (Node b = nodes.open("b")) {
            awaitRefused(b, "belongs to group");
            assertTrue(refused(a).contains("peer foreign"));
          }
        });
  }

  @Test
  void anExpiredCertificateIsRefusedAndItsOwnerWarned() throws Exception {
    onJoined(
        a -> {
          replaceIdentity("b", "b", Clock.offset(Clock.systemUTC(), Duration.ofDays(-3660)));
          try (Node b = nodes.open("b")) {
            Awaitility.await().until(() -> refused(a).contains("expired certificate"));
            assertTrue(b.status().warnings().toString().contains("certificate expired at"));
            assertEquals(SyncState.UNKNOWN, b.status().sync());
          }
        });
  }

  @Test
  void aCertificateThatEndsSoonIsInTheStatus() throws Exception {
    nodes.init("a");
    for (int days : new int[] {3620, 3630}) {
      replaceIdentity("a", "a", Clock.offset(Clock.systemUTC(), Duration.ofDays(-days)));
      try (Node a = nodes.open("a")) {
        assertEquals(
            days > 3623,
            a.status().warnings().toString().contains("identity rotate"),
            a.status().warnings().toString());
      }
    }
  }

  @Test
  void aThousandHalfOpenConnectionsKeepNobodyOut() throws Exception {
    String token = nodes.init("a");
    List<Socket> silent = new ArrayList<>();
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      HostPort address =
          HostPort.parse(
              ConfigFile.read(nodes.directory("b").resolve("pollux.yaml"))
                  .peer()
                  .orElseThrow()
                  .address());
      for (int i = 0; i < 1_000; i++) {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(address.host(), address.port()), 5_000);
        silent.add(socket);
      }
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void whatIsShownNeedsNoRunningNodeAndNoSecretIsInIt() throws Exception {
    nodes.init("a");
    JsonNode files = IdentityDocument.read(nodes.directory("a"));
    try (Node a = nodes.open("a")) {
      assertEquals(files, a.identity().get());
      assertEquals(
          Reason.BAD_CONFIGURATION,
          ((PolluxException)
                  assertThrows(ExecutionException.class, () -> a.revoke("b").get()).getCause())
              .reason());
    }
    assertEquals("Ed25519", files.path("keyType").asText());
    assertFalse(files.toString().contains("PRIVATE"));
  }

  private static String refused(Node node) throws PolluxException {
    return node.status().identity().orElseThrow().refused().toString();
  }

  private static void awaitRefused(Node node, String words) {
    Awaitility.await()
        .untilAsserted(
            () -> {
              String status = node.status().peer().toString() + node.status().syncReason();
              assertTrue(status.contains(words), status);
            });
  }

  private void replaceIdentity(String node, String name, Clock time) throws Exception {
    Path other = root.resolve("other-identity-" + time.millis());
    Identity.create(other, name, Optional.empty(), time);
    Files.move(
        other.resolve("node.pem"),
        identity(node).resolve("node.pem"),
        StandardCopyOption.REPLACE_EXISTING);
  }
}
