package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Role;
import io.pollux.env.Clock;
import io.pollux.env.SystemClock;
import io.pollux.tls.Approver;
import io.pollux.tls.HostPort;
import io.pollux.tls.Identity;
import io.pollux.tls.JoinToken;
import io.pollux.tls.PairingDesk;
import io.pollux.tls.TlsListener;
import io.pollux.tls.TlsSockets;
import io.pollux.tls.TrustList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SetupTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path temp;

  private final Clock clock = new SystemClock();
  private final Setup setup = new Setup(clock);
  private Path a;
  private Path b;
  private final CompletableFuture<PairingDesk.Joined> joined = new CompletableFuture<>();
  private String address;

  @BeforeEach
  void chooseAddresses() throws IOException {
    a = temp.resolve("a");
    b = temp.resolve("b");
    address = freeAddress();
  }

  @Test
  void initAndJoinMakeTwoConfigurationsThatKnowEachOther() throws Exception {
    JoinToken token = JoinToken.parse(setup.init(plan(a, "a", address), HOUR));
    NodeConfig master = ConfigFile.read(a.resolve("pollux.yaml"));
    serve(clock, approver());
    NodeConfig backup = setup.join(plan(b, "b", "127.0.0.1:7002"), token.encode());

    assertEquals(backup, ConfigFile.read(b.resolve("pollux.yaml")));
    assertEquals(Role.MASTER, master.role());
    assertEquals(Role.BACKUP, backup.role());
    assertEquals(master.group(), backup.group());
    assertEquals(
        new NodeConfig.Peer("a", address, identity(a).fingerprint().toString()),
        backup.peer().orElseThrow());
    assertEquals(
        new NodeConfig.Peer("b", "127.0.0.1:7002", identity(b).fingerprint().toString()),
        Setup.peer(joined.join()));
    assertTrue(TrustList.load(a.resolve("identity")).contains(identity(b).fingerprint()));
    assertTrue(TrustList.load(b.resolve("identity")).contains(identity(a).fingerprint()));
  }

  @Test
  void theUrlOfTheApplicationMeansTheSameDatabase() throws Exception {
    NodeConfig.Database wrapped =
        new NodeConfig.Database("jdbc:pollux:derby:x", Optional.empty(), Optional.empty());
    setup.init(new Setup.Plan(a, "a", address, wrapped), HOUR);
    assertEquals("jdbc:derby:x", ConfigFile.read(a.resolve("pollux.yaml")).database().url());
  }

  @Test
  void onlyTheOwnerCanEnterTheDirectoryAndReadThePassword() throws Exception {
    setup.init(plan(a, "a", address), HOUR);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(a)));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(a.resolve("pollux.yaml"))));
  }

  @Test
  void aTokenIsGoodOnce() throws Exception {
    String token = setup.init(plan(a, "a", address), HOUR);
    serve(clock, approver());
    setup.join(plan(b, "b", "127.0.0.1:7002"), token);
    serve(clock, approver());
    assertRefused(
        Reason.TOKEN_USED, () -> setup.join(plan(temp.resolve("c"), "c", "127.0.0.1:7003"), token));
  }

  @Test
  void aMasterIssuesFurtherTokensAndABackupNone() throws Exception {
    String first = setup.init(plan(a, "a", address), HOUR);
    String second = setup.token(a, HOUR);
    assertEquals(JoinToken.parse(first).group(), JoinToken.parse(second).group());
    serve(clock, approver());
    setup.join(plan(b, "b", "127.0.0.1:7002"), second);
    assertRefused(Reason.BAD_CONFIGURATION, () -> setup.token(b, HOUR));
  }

  @Test
  void anotherBackupJoinsOnlyAfterTheFirstIsRevoked() throws Exception {
    String first = setup.init(plan(a, "a", address), HOUR);
    String second = setup.token(a, HOUR);
    serve(clock, approver());
    setup.join(plan(b, "b", "127.0.0.1:7002"), first);
    Setup.Plan other = plan(temp.resolve("c"), "c", "127.0.0.1:7003");
    serve(clock, approver());
    PolluxException e = assertRefused(Reason.PEER_INCOMPATIBLE, () -> setup.join(other, second));
    assertTrue(e.getMessage().contains("'pollux identity revoke b'"), e.getMessage());
    TrustList.load(a.resolve("identity")).revoke(identity(b).fingerprint());
    serve(clock, approver());
    assertEquals("c", setup.join(other, second).name()); // The token was not used up.
  }

  @Test
  void anExpiredTokenIsRefusedByTheMastersClock() throws Exception {
    String token = setup.init(plan(a, "a", address), HOUR);
    Clock tomorrow =
        new Clock() {
          @Override
          public long nanos() {
            return clock.nanos();
          }

          @Override
          public Instant now() {
            return clock.now().plus(Duration.ofDays(1));
          }
        };
    serve(tomorrow, (joiner, request) -> new Approver.Decision.Approved(Map.of()));
    assertRefused(Reason.TOKEN_EXPIRED, () -> setup.join(plan(b, "b", "127.0.0.1:7002"), token));
  }

  @Test
  void aTokenThatTheMasterDidNotIssueIsRefused() throws Exception {
    setup.init(plan(a, "a", address), HOUR);
    JoinToken mine = JoinToken.parse(setup.token(a, HOUR));
    Path copy = temp.resolve("copy");
    Files.createDirectory(
        copy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.copy(a.resolve("identity/node.pem"), copy.resolve("node.pem"));
    JoinToken foreign = desk(copy, clock).issue(mine.address(), mine.group(), HOUR);
    serve(clock, (joiner, request) -> new Approver.Decision.Approved(Map.of()));
    assertRefused(
        Reason.TOKEN_GARBAGE, () -> setup.join(plan(b, "b", "127.0.0.1:7002"), foreign.encode()));
  }

  @ParameterizedTest
  @CsvSource({"b, otherengine, otherengine", "a, derby, choose another name"})
  void theMasterRefusesAnotherEngineAndItsOwnName(String name, String engine, String why)
      throws Exception {
    setup.init(plan(a, "a", address), HOUR);
    Approver.Decision decision =
        approver()
            .decide(
                identity(a).fingerprint(),
                new io.pollux.tls.PairRequest(
                    name, HostPort.parse("127.0.0.1:7002"), Map.of("engine", engine)));
    assertTrue(((Approver.Decision.Refused) decision).why().contains(why), decision.toString());
  }

  @Test
  void aMasterThatIsNotThereIsNamedWithItsAddress() throws Exception {
    String token = setup.init(plan(a, "a", address), HOUR);
    PolluxException e =
        assertRefused(
            Reason.PEER_UNREACHABLE, () -> setup.join(plan(b, "b", "127.0.0.1:7002"), token));
    assertTrue(e.getMessage().contains(address), e.getMessage());
    assertTrue(e.getMessage().contains("start its node first"), e.getMessage());
  }

  @Test
  void anotherKeyAtTheMastersAddressIsNotTrusted() throws Exception {
    String token = setup.init(plan(a, "a", address), HOUR);
    NodeDirectory.deleteTree(a);
    setup.init(plan(a, "a", address), HOUR);
    serve(clock, (joiner, request) -> new Approver.Decision.Approved(Map.of()));
    assertRefused(Reason.PEER_NOT_TRUSTED, () -> setup.join(plan(b, "b", "127.0.0.1:7002"), token));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7001",
        "host",
        "host:",
        "host:x",
        "host:99999",
        "0.0.0.0:7001",
        "h:0",
        "[::]:1"
      })
  void anAddressThatThePeerCantReachIsRefused(String listen) {
    assertRefused(Reason.BAD_CONFIGURATION, () -> setup.init(plan(a, "a", listen), HOUR));
  }

  @ParameterizedTest
  @CsvSource({"'', BAD_CONFIGURATION", "'a b', BAD_CONFIGURATION", "'../a', BAD_CONFIGURATION"})
  void aNameThatIsNotPlainIsRefused(String name, Reason reason) {
    assertRefused(reason, () -> setup.init(plan(a, name, address), HOUR));
  }

  @ParameterizedTest
  @CsvSource({
    "derby:x, BAD_URL",
    "'', BAD_URL",
    "jdbc:nosuchengine:x, ENGINE_UNSUPPORTED",
    "jdbc:pollux:nosuchengine:x, ENGINE_UNSUPPORTED"
  })
  void aUrlThatLeadsToNoEngineIsRefused(String url, Reason reason) {
    NodeConfig.Database database =
        new NodeConfig.Database(url, Optional.empty(), Optional.of("secret"));
    PolluxException e =
        assertRefused(reason, () -> setup.init(new Setup.Plan(a, "a", address, database), HOUR));
    assertFalse(e.getMessage().contains("secret"));
  }

  @Test
  void aDirectoryThatHoldsSomethingIsLeftAlone() throws Exception {
    Files.createDirectory(a);
    Files.writeString(a.resolve("mine"), "x");
    assertEquals(
        Reason.DIRECTORY_EXISTS,
        assertThrows(PolluxException.class, () -> setup.init(plan(a, "a", address), HOUR))
            .reason());
    assertEquals("x", Files.readString(a.resolve("mine")));
  }

  @Test
  void aFileInPlaceOfTheParentDirectoryIsSaid() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "x");
    PolluxException e =
        assertThrows(
            PolluxException.class, () -> setup.init(plan(file.resolve("a"), "a", address), HOUR));
    assertEquals(Reason.DISK_ERROR, e.reason());
    assertEquals("x", Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "pollux1:", "pollux1:AAAA", "pollux1:%%%"})
  void garbageIsNotAToken(String line) {
    assertRefused(Reason.TOKEN_GARBAGE, () -> setup.join(plan(b, "b", "127.0.0.1:7002"), line));
  }

  /** Refused, and nothing is left of it. */
  private PolluxException assertRefused(Reason reason, Attempt attempt) {
    PolluxException e = assertThrows(PolluxException.class, attempt::run);
    assertEquals(reason, e.reason(), e.getMessage());
    for (String gone : new String[] {"a.part", "b.part", "c.part", "c"}) {
      assertFalse(Files.exists(temp.resolve(gone)), gone);
    }
    return e;
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private Setup.Plan plan(Path directory, String name, String listen) {
    return new Setup.Plan(
        directory,
        name,
        listen,
        new NodeConfig.Database(
            "jdbc:derby:" + directory.resolve("db"), Optional.empty(), Optional.of("secret")));
  }

  /** The master's side of one pairing. */
  private void serve(Clock masterClock, Approver approver) throws Exception {
    PairingDesk desk = desk(a.resolve("identity"), masterClock);
    TlsListener listener = new TlsSockets(identity(a), clock::now).listen(HostPort.parse(address));
    Thread thread =
        new Thread(
            () -> {
              try (listener) {
                joined.complete(desk.serve(listener.accept().handshake(), approver));
              } catch (IOException | GeneralSecurityException e) {
                joined.completeExceptionally(e); // The joiner hears the reason too.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private Approver approver() throws Exception {
    return Setup.approver(
        ConfigFile.read(a.resolve("pollux.yaml")), TrustList.load(a.resolve("identity")));
  }

  private static PairingDesk desk(Path identity, Clock masterClock) throws Exception {
    return new PairingDesk(
        identity, Identity.load(identity), TrustList.load(identity), masterClock::now);
  }

  private static Identity identity(Path directory) throws Exception {
    return Identity.load(directory.resolve("identity"));
  }

  private static String freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }
}
