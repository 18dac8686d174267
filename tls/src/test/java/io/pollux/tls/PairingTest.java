package io.pollux.tls;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PairingTest {
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final Map<String, String> OWN = Map.of("engine", "one 1.0");
  private static final Approver WELCOME = (joiner, about) -> new Approver.Decision.Approved(OWN);

  @TempDir Path directory;
  private TestNode master;
  private TestNode joiner;
  private TlsListener listener;
  private TrustList trust;
  private PairingDesk desk;

  @BeforeEach
  void listen() throws IOException, GeneralSecurityException {
    master = TestNode.in(directory, "castor");
    joiner = TestNode.in(directory, "pollux");
    listener = master.sockets.listen(TestNode.LOOPBACK);
    trust = TrustList.load(master.directory);
    desk = openDesk();
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  private PairingDesk openDesk() throws IOException {
    return new PairingDesk(master.directory, master.identity, trust, master.clock());
  }

  private JoinToken issue() throws IOException, TokenException {
    return desk.issue(TestNode.at(listener.address()), "group-1", TEN_MINUTES);
  }

  private CompletableFuture<PairingDesk.Joined> serveOne(Approver approver) {
    return TestNode.inBackground(() -> desk.serve(listener.accept().handshake(), approver));
  }

  private static Paired join(TestNode node, JoinToken token)
      throws IOException, GeneralSecurityException {
    PairRequest about =
        new PairRequest(
            node.identity.name(), HostPort.parse("10.0.0.2:7400"), Map.of("engine", "one 1.1"));
    return Pairing.request(
        node.sockets.connect(token.address(), token.master(), TestNode.TIMEOUT), token, about);
  }

  private void assertRefused(PairingException.Reason reason, TestNode node, JoinToken token) {
    CompletableFuture<PairingDesk.Joined> served = serveOne(WELCOME);
    PairingException told = assertThrows(PairingException.class, () -> join(node, token));
    assertEquals(reason, told.reason(), told.getMessage());
    PairingException seen = assertInstanceOf(PairingException.class, TestNode.failure(served));
    assertEquals(reason, seen.reason(), seen.getMessage());
    assertFalse(trust.contains(node.fingerprint()));
  }

  @Test
  void aTokenMakesTwoNodesTrustEachOther() throws Exception {
    CompletableFuture<PairingDesk.Joined> served = serveOne(WELCOME);
    Paired paired = join(joiner, issue());
    assertEquals(new Paired(master.fingerprint(), "castor", "group-1", OWN), paired);
    PairingDesk.Joined joined = served.get();
    assertEquals(joiner.fingerprint(), joined.peer());
    assertEquals("pollux", joined.request().name());
    assertEquals("10.0.0.2:7400", joined.request().address().toString());
    assertEquals(Map.of("engine", "one 1.1"), joined.request().attributes());
    assertEquals(
        Optional.of("pollux"), TrustList.load(master.directory).name(joiner.fingerprint()));
    assertTheyTalk(paired.master());
  }

  private void assertTheyTalk(Fingerprint pinned) throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (TlsConnection near = joiner.connect(listener, pinned);
        TlsConnection far = accepted.get()) {
      assertTrue(trust.contains(far.peer()));
      near.output().write(7);
      assertEquals(7, far.input().read());
    }
  }

  @Test
  void aTokenIsGoodOnceAlsoAfterARestart() throws Exception {
    JoinToken token = issue();
    desk = openDesk();
    CompletableFuture<PairingDesk.Joined> served = serveOne(WELCOME);
    join(joiner, token);
    // The answer is here, so the use must be on disk.
    desk = openDesk();
    assertRefused(PairingException.Reason.TOKEN_USED, TestNode.in(directory, "third"), token);
    served.get();
  }

  @Test
  void aTokenEndsAtItsExpiry() throws Exception {
    JoinToken token = issue();
    master.moveClock(TEN_MINUTES);
    assertRefused(PairingException.Reason.TOKEN_EXPIRED, joiner, token);
  }

  @Test
  void aTokenIsGoodUntilItsExpiry() throws Exception {
    JoinToken token = issue();
    master.moveClock(TEN_MINUTES.minusMillis(1));
    CompletableFuture<PairingDesk.Joined> served = serveOne(WELCOME);
    assertEquals("castor", join(joiner, token).name());
    served.get();
  }

  @Test
  void aTokenThatWasNotIssuedIsUnknown() throws Exception {
    JoinToken token = issue();
    JoinToken forged =
        new JoinToken(
            token.address(),
            token.group(),
            new Secret(Bytes32.random()),
            token.master(),
            token.expiry());
    assertRefused(PairingException.Reason.TOKEN_UNKNOWN, joiner, forged);
  }

  @Test
  void aRefusalTellsItsReasonAndKeepsTheToken() throws Exception {
    JoinToken token = issue();
    CompletableFuture<PairingDesk.Joined> served =
        serveOne((peer, about) -> new Approver.Decision.Refused("engine one 2.0 is needed"));
    PairingException told = assertThrows(PairingException.class, () -> join(joiner, token));
    assertEquals(PairingException.Reason.REFUSED, told.reason());
    assertEquals("engine one 2.0 is needed", told.getMessage());
    assertInstanceOf(PairingException.class, TestNode.failure(served));
    assertFalse(trust.contains(joiner.fingerprint()));

    CompletableFuture<PairingDesk.Joined> second = serveOne(WELCOME);
    join(joiner, token);
    assertEquals(joiner.fingerprint(), second.get().peer());
  }

  @Test
  void ofTwoThatRaceWithOneTokenOneWins() throws Exception {
    TestNode other = TestNode.in(directory, "third");
    JoinToken token = issue();
    CyclicBarrier start = new CyclicBarrier(2);
    List<CompletableFuture<PairingDesk.Joined>> served =
        List.of(serveOne(WELCOME), serveOne(WELCOME));
    List<CompletableFuture<Paired>> asked =
        Stream.of(joiner, other)
            .map(
                node ->
                    TestNode.inBackground(
                        () -> {
                          meet(start);
                          return join(node, token);
                        }))
            .toList();
    await()
        .until(
            () ->
                served.stream().allMatch(CompletableFuture::isDone)
                    && asked.stream().allMatch(CompletableFuture::isDone));
    assertEquals(1, asked.stream().filter(f -> !f.isCompletedExceptionally()).count());
    assertEquals(1, served.stream().filter(f -> !f.isCompletedExceptionally()).count());
    assertEquals(1, trust.nodes().size());
    CompletableFuture<Paired> loser =
        asked.stream().filter(CompletableFuture::isCompletedExceptionally).findFirst().get();
    PairingException told = assertInstanceOf(PairingException.class, TestNode.failure(loser));
    assertEquals(PairingException.Reason.TOKEN_USED, told.reason());
  }

  private static void meet(CyclicBarrier start) {
    try {
      start.await(4, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("the two did not meet", e);
    }
  }

  @Test
  void aManInTheMiddleIsNoticedByTheJoiner() throws Exception {
    TestNode mallory = TestNode.in(directory, "mallory");
    JoinToken token = issue();
    try (TlsListener between = mallory.sockets.listen(TestNode.LOOPBACK)) {
      HostPort address = TestNode.at(between.address());
      CompletableFuture<TlsConnection> first = TestNode.serveOne(between);
      assertThrows(
          UntrustedPeerException.class,
          () -> joiner.sockets.connect(address, token.master(), TestNode.TIMEOUT));
      assertInstanceOf(IOException.class, TestNode.failure(first));

      CompletableFuture<TlsConnection> second = TestNode.serveOne(between);
      TlsConnection misled = joiner.connect(between, mallory.fingerprint());
      PairRequest about = new PairRequest("pollux", address, Map.of());
      assertThrows(UntrustedPeerException.class, () -> Pairing.request(misled, token, about));
      assertEquals(-1, second.get().input().read(), "nothing was sent");
    }
  }

  @Test
  void aProofThatAManInTheMiddlePassesOnIsWorthless() throws Exception {
    TestNode mallory = TestNode.in(directory, "mallory");
    JoinToken token = issue();
    CompletableFuture<PairingDesk.Joined> served = serveOne(WELCOME);
    try (TlsListener between = mallory.sockets.listen(TestNode.LOOPBACK)) {
      CompletableFuture<Boolean> relay = relay(mallory, between);
      // This joiner checks nothing and proves for the master's real key.
      TlsConnection careless = joiner.connect(between, mallory.fingerprint());
      new PairingMessage.Hello().send(careless.output());
      PairingMessage.Challenge challenge =
          PairingMessage.receive(careless.input(), PairingMessage.Challenge.class);
      Secret.Verifier verifier = token.secret().verifier();
      Bytes32 proof = verifier.proof(master.fingerprint(), joiner.fingerprint(), challenge.nonce());
      PairRequest about = new PairRequest("pollux", token.address(), Map.of());
      new PairingMessage.Request(verifier.id(), proof, about).send(careless.output());
      PairingMessage.Refused answer =
          PairingMessage.receive(careless.input(), PairingMessage.Refused.class);
      assertEquals(PairingException.Reason.TOKEN_UNKNOWN, answer.reason());
      careless.close();
      relay.handle((done, failure) -> true).get();
    }
    assertInstanceOf(PairingException.class, TestNode.failure(served));
    assertTrue(trust.nodes().isEmpty());
  }

  /** Mallory's two conversations, joined byte by byte. */
  private CompletableFuture<Boolean> relay(TestNode mallory, TlsListener between) {
    return TestNode.inBackground(
        () -> {
          TlsConnection victim = between.accept().handshake();
          TlsConnection upstream = mallory.connect(listener, master.fingerprint());
          CompletableFuture<Boolean> up =
              TestNode.inBackground(() -> pump(victim.input(), upstream.output()));
          return pump(upstream.input(), victim.output()) && up.join();
        });
  }

  private static boolean pump(InputStream from, OutputStream to) throws IOException {
    for (int b = from.read(); b >= 0; b = from.read()) {
      to.write(b);
    }
    return true;
  }

  @Test
  void anotherProtocolIsNotAnswered() throws Exception {
    for (byte[] words :
        List.of(
            "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            new byte[] {0, 0, 0, 0},
            new byte[] {0, 1, 0, 1, 1},
            new byte[] {0, 0, 0, 1, 9},
            new byte[] {0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0})) {
      CompletableFuture<PairingDesk.Joined> served = serveOne(WELCOME);
      try (TlsConnection near = joiner.connect(listener, master.fingerprint())) {
        near.output().write(words);
        PairingException seen = assertInstanceOf(PairingException.class, TestNode.failure(served));
        assertEquals(PairingException.Reason.PROTOCOL, seen.reason());
      }
    }
  }

  @Test
  void aSilentJoinerEndsAtTheDeadline() throws Exception {
    CompletableFuture<PairingDesk.Joined> served =
        TestNode.inBackground(
            () -> desk.serve(listener.accept().handshake(), WELCOME, Duration.ofMillis(300)));
    try (TlsConnection near = joiner.connect(listener, master.fingerprint())) {
      new DataOutputStream(near.output()).writeInt(9);
      PairingException seen = assertInstanceOf(PairingException.class, TestNode.failure(served));
      assertEquals(PairingException.Reason.PROTOCOL, seen.reason());
      assertTrue(seen.getMessage().contains("longer than 300 ms"), seen.getMessage());
    }
  }

  @Test
  void aJoinerWhoseMasterGoesAwayLearnsIt() throws Exception {
    JoinToken token = issue();
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    CompletableFuture<Paired> asked = TestNode.inBackground(() -> join(joiner, token));
    accepted.get().close();
    PairingException told = assertInstanceOf(PairingException.class, TestNode.failure(asked));
    assertEquals(PairingException.Reason.PROTOCOL, told.reason());
  }

  @Test
  void aMasterThatCannotWriteItsTrustRefuses() throws Exception {
    JoinToken token = issue();
    Files.createDirectories(master.directory.resolve("trusted.new").resolve("in the way"));
    assertRefused(PairingException.Reason.REFUSED, joiner, token);
    assertFalse(TrustList.load(master.directory).contains(joiner.fingerprint()));
  }

  @Test
  void sixteenTokensMayBeOpen() throws Exception {
    JoinToken first = issue();
    for (int i = 1; i < 16; i++) {
      issue();
    }
    TokenException refusal = assertThrows(TokenException.class, this::issue);
    assertEquals(TokenException.Reason.TOO_MANY, refusal.reason());
    CompletableFuture<PairingDesk.Joined> served = serveOne(WELCOME);
    join(joiner, first);
    served.get();
    issue();
    assertThrows(TokenException.class, this::issue);
    for (int i = 0; i < 20; i++) {
      master.moveClock(TEN_MINUTES);
      for (int j = 0; j < 16; j++) {
        issue();
      }
    }
    assertEquals(64, Files.readAllLines(master.directory.resolve("tokens")).size());
  }

  @Test
  void theTokenFileIsPrivateAndHasNoSecret() throws Exception {
    JoinToken token = issue();
    Path file = master.directory.resolve("tokens");
    assertEquals("rw-------", IdentityTest.mode(file));
    assertFalse(Files.readString(file).contains(token.secret().bytes().toHex()));
    Files.writeString(file, "damaged\n");
    assertThrows(IOException.class, this::openDesk);
  }

  @Test
  void attributesAreBoundedAndCannotForgeLogLines() {
    HostPort address = HostPort.parse("a:1");
    for (Map<String, String> bad :
        List.of(Map.of("a", "b\nc"), Map.of("a\u001b", "b"), Map.of("a", "b".repeat(1025)))) {
      assertThrows(IllegalArgumentException.class, () -> new PairRequest("pollux", address, bad));
    }
  }
}
