package io.pollux.node;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Role;
import io.pollux.engine.Dialects;
import io.pollux.env.Clock;
import io.pollux.env.Ids;
import io.pollux.tls.Approver;
import io.pollux.tls.Fingerprint;
import io.pollux.tls.HostPort;
import io.pollux.tls.Identity;
import io.pollux.tls.InvalidCertificateException;
import io.pollux.tls.JoinToken;
import io.pollux.tls.KeyFile;
import io.pollux.tls.PairRequest;
import io.pollux.tls.Paired;
import io.pollux.tls.Pairing;
import io.pollux.tls.PairingDesk;
import io.pollux.tls.PairingException;
import io.pollux.tls.TlsConnection;
import io.pollux.tls.TlsSockets;
import io.pollux.tls.TokenException;
import io.pollux.tls.TrustList;
import io.pollux.tls.UntrustedPeerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The two commands that make a pair: {@link #init} a master and {@link #join} it. Both make a
 * directory as a whole or not at all; neither starts a node. Any thread; blocks.
 */
public final class Setup {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final String ENGINE = "engine";

  private final InstantSource time;

  public Setup(Clock clock) {
    this.time = Objects.requireNonNull(clock, "clock")::now;
  }

  /**
   * What the operator decides.
   *
   * @param name 1 to 64 letters, digits, {@code . _ -}
   * @param listen HOST:PORT at which the other node reaches this one
   * @param database by its real URL; one with {@code pollux:} means the same database
   * @param key that the node gets; empty if it makes its own
   */
  public record Plan(
      Path directory,
      String name,
      String listen,
      NodeConfig.Database database,
      Optional<KeyFile> key) {
    private static final String WRAPPED = "jdbc:pollux:";

    public Plan {
      Objects.requireNonNull(directory, "directory");
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(listen, "listen");
      Objects.requireNonNull(key, "key");
      if (database.url().startsWith(WRAPPED)) {
        database =
            new NodeConfig.Database(
                "jdbc:" + database.url().substring(WRAPPED.length()),
                database.user(),
                database.password());
      }
    }

    /** A node that makes its key itself. */
    public Plan(Path directory, String name, String listen, NodeConfig.Database database) {
      this(directory, name, listen, database, Optional.empty());
    }

    private String engine() throws PolluxException {
      if (!database.url().startsWith("jdbc:")) {
        throw new PolluxException(
            Reason.BAD_URL,
            "'"
                + database.url()
                + "' is not a JDBC URL; give the one that the application uses, jdbc:NAME:…");
      }
      return Dialects.forUrl(database.url()).name();
    }

    /** The peer gets this address, so it must lead here from there. */
    private HostPort address() throws PolluxException {
      try {
        HostPort address = HostPort.parse(listen);
        if (address.port() == 0 || InetAddress.getByName(address.host()).isAnyLocalAddress()) {
          throw new IllegalArgumentException("the peer can't connect to it");
        }
        return address;
      } catch (IllegalArgumentException | UnknownHostException e) {
        throw new PolluxException(
            Reason.BAD_CONFIGURATION,
            "can't listen on '"
                + listen
                + "': "
                + e.getMessage()
                + "; give HOST:PORT at which the peer reaches this machine",
            e);
      }
    }

    private NodeConfig config(Role role, String group) {
      return new NodeConfig(
          Ids.random(),
          name,
          group,
          role,
          Optional.of(listen),
          Optional.empty(),
          database,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          Optional.empty());
    }
  }

  /**
   * Makes a master with a group of its own.
   *
   * @return the join token, one line; whoever has it may join for {@code validity}
   * @throws PolluxException DIRECTORY_EXISTS, BAD_URL, ENGINE_UNSUPPORTED, BAD_CONFIGURATION, or
   *     what the disk says
   */
  public String init(Plan plan, Duration validity) throws PolluxException {
    plan.engine();
    plan.address();
    NodeConfig config = plan.config(Role.MASTER, Ids.random());
    AtomicReference<String> token = new AtomicReference<>();
    NodeDirectory.create(
        plan.directory(),
        directory -> {
          identity(directory, plan);
          ConfigFile.write(directory.resolve("pollux.yaml"), config);
          token.set(issue(desk(directory), config, validity));
        });
    return token.get();
  }

  /**
   * Makes the directory of a node that replicates nowhere.
   *
   * @throws PolluxException as {@link #init}
   */
  public static void independent(Path directory, String url) throws PolluxException {
    NodeConfig config =
        NodeConfig.independent(
            Ids.random(),
            Ids.random(),
            String.valueOf(directory.getFileName()),
            new NodeConfig.Database(url, Optional.empty(), Optional.empty()));
    NodeDirectory.create(directory, part -> ConfigFile.write(part.resolve("pollux.yaml"), config));
  }

  /**
   * Another token of a master, from its node if that runs.
   *
   * @throws PolluxException BAD_CONFIGURATION if the node is no master or too many tokens are open;
   *     DIRECTORY_MISSING
   */
  public String token(Path directory, Duration validity) throws PolluxException {
    NodeConfig config = ConfigFile.read(directory.resolve("pollux.yaml"));
    Optional<NodeDirectory> held = NodeDirectory.tryLock(directory);
    if (held.isEmpty()) {
      return ControlClient.call(
              directory, ControlClient.request("token").put("validityMillis", validity.toMillis()))
          .path("token")
          .asText();
    }
    try (NodeDirectory mine = held.get()) {
      return issue(desk(mine.path()), config, validity);
    } catch (IOException e) {
      throw NodeDirectory.diskError("can't issue a token in " + directory, e);
    }
  }

  /**
   * Makes a backup of the master that issued {@code line}; the master's node must run.
   *
   * @return what the new directory's configuration says
   * @throws PolluxException as {@link #init}, and TOKEN_GARBAGE, TOKEN_EXPIRED, TOKEN_USED,
   *     PEER_UNREACHABLE, PEER_NOT_TRUSTED, PEER_INCOMPATIBLE
   */
  public NodeConfig join(Plan plan, String line) throws PolluxException {
    JoinToken token = parse(line);
    PairRequest request = request(plan);
    NodeConfig config = plan.config(Role.BACKUP, token.group());
    AtomicReference<NodeConfig> joined = new AtomicReference<>();
    NodeDirectory.create(
        plan.directory(),
        directory -> {
          Identity identity = identity(directory, plan);
          Paired paired = pair(identity, token, request);
          TrustList.load(directory.resolve("identity")).add(paired.master(), paired.name());
          joined.set(config.withPeer(peer(paired.name(), token.address(), paired.master())));
          ConfigFile.write(directory.resolve("pollux.yaml"), joined.get());
        });
    return joined.get();
  }

  /** A token of {@code desk}, as the operator carries it to the other machine. */
  static String issue(PairingDesk desk, NodeConfig config, Duration validity)
      throws IOException, PolluxException {
    if (config.role() != Role.MASTER) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "node "
              + config.name()
              + " is a "
              + config.role()
              + " and issues no tokens; ask the master, or make one with 'pollux init'");
    }
    try {
      return desk.issue(HostPort.parse(config.listen().orElseThrow()), config.group(), validity)
          .encode();
    } catch (TokenException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION, "can't issue a token: " + e.getMessage(), e);
    }
  }

  /** The master's say in a pairing: one backup, one engine, two names. */
  static Approver approver(NodeConfig master, TrustList trust) throws PolluxException {
    String engine = Dialects.forUrl(master.database().url()).name();
    return (joiner, request) -> {
      Optional<String> backup =
          trust.nodes().entrySet().stream()
              .filter(node -> trust.contains(node.getKey()))
              .map(Map.Entry::getValue)
              .findFirst();
      if (backup.isPresent()) {
        return new Approver.Decision.Refused(
            "node "
                + backup.get()
                + " is the master's backup, and there is one; if another shall take its place,"
                + " first say so on the master: 'pollux identity revoke "
                + backup.get()
                + "'");
      }
      String other = request.attributes().getOrDefault(ENGINE, "unknown");
      if (!engine.equals(other)) {
        return new Approver.Decision.Refused(
            "the master's database is "
                + engine
                + " and this one is "
                + other
                + "; a pair has one engine");
      }
      if (master.name().equals(request.name())) {
        return new Approver.Decision.Refused(
            "the master is called " + master.name() + " too; choose another name");
      }
      return new Approver.Decision.Approved(Map.of(ENGINE, engine));
    };
  }

  /** Who joined, as the master's configuration remembers it. */
  static NodeConfig.Peer peer(PairingDesk.Joined joined) {
    return peer(joined.request().name(), joined.request().address(), joined.peer());
  }

  private static NodeConfig.Peer peer(String name, HostPort address, Fingerprint key) {
    return new NodeConfig.Peer(name, address.toString(), key.toString());
  }

  private static JoinToken parse(String line) throws PolluxException {
    try {
      return JoinToken.parse(line);
    } catch (TokenException e) {
      throw new PolluxException(Reason.TOKEN_GARBAGE, "can't join: " + e.getMessage(), e);
    }
  }

  private static PairRequest request(Plan plan) throws PolluxException {
    HostPort address = plan.address();
    Map<String, String> attributes = Map.of(ENGINE, plan.engine());
    try {
      return new PairRequest(plan.name(), address, attributes);
    } catch (IllegalArgumentException e) {
      throw badName(plan.name(), e);
    }
  }

  private Identity identity(Path directory, Plan plan) throws IOException, PolluxException {
    try {
      return Identity.create(directory.resolve("identity"), plan.name(), plan.key(), time);
    } catch (IllegalArgumentException e) {
      throw badName(plan.name(), e);
    } catch (InvalidCertificateException | GeneralSecurityException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION, "can't use the node's key: " + e.getMessage(), e);
    }
  }

  private static PolluxException badName(String name, IllegalArgumentException e) {
    return new PolluxException(
        Reason.BAD_CONFIGURATION, "can't call a node '" + name + "': " + e.getMessage(), e);
  }

  private PairingDesk desk(Path directory) throws IOException, PolluxException {
    Path identity = directory.resolve("identity");
    try {
      return new PairingDesk(identity, Identity.load(identity), TrustList.load(identity), time);
    } catch (GeneralSecurityException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION, "can't use the node's identity: " + e.getMessage(), e);
    }
  }

  private Paired pair(Identity identity, JoinToken token, PairRequest request)
      throws PolluxException {
    try {
      TlsConnection connection =
          new TlsSockets(identity, time).connect(token.address(), token.master(), CONNECT);
      return Pairing.request(connection, token, request);
    } catch (PairingException e) {
      throw new PolluxException(reason(e.reason()), "can't join: " + e.getMessage(), e);
    } catch (UntrustedPeerException | InvalidCertificateException e) {
      throw new PolluxException(Reason.PEER_NOT_TRUSTED, "can't join: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.PEER_UNREACHABLE,
          "can't join: the master does not answer at "
              + token.address()
              + " ("
              + e.getMessage()
              + "); start its node first ('pollux run' or its application), then check the address"
              + " and the firewall",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an identity that was just made can be used", e);
    }
  }

  private static Reason reason(PairingException.Reason reason) {
    return switch (reason) {
      case TOKEN_EXPIRED -> Reason.TOKEN_EXPIRED;
      case TOKEN_USED -> Reason.TOKEN_USED;
      case TOKEN_UNKNOWN -> Reason.TOKEN_GARBAGE;
      case REFUSED -> Reason.PEER_INCOMPATIBLE;
      case PROTOCOL -> Reason.PEER_UNREACHABLE;
    };
  }
}
