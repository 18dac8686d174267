package io.pollux.node;

import io.pollux.apply.Guard;
import io.pollux.apply.JdbcTarget;
import io.pollux.commit.CommitGate;
import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.Change;
import io.pollux.core.CommitMode;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.core.Role;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.env.Disk;
import io.pollux.env.EventLoop;
import io.pollux.env.Patience;
import io.pollux.env.Wire;
import io.pollux.log.LogSettings;
import io.pollux.log.StatementLog;
import io.pollux.pair.PairEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** One life of a production node on simulated threads, disks, network and database. */
public final class SimulatedNode {
  private final NodeAssembly assembly;
  private final CompletableFuture<Void> settled = new CompletableFuture<>();

  /** Who it is. */
  public record Identity(
      String id,
      String name,
      String peer,
      Role role,
      CommitMode mode,
      Availability availability,
      String url) {}

  /** What it runs on. */
  public record Machine(
      EventLoop loop,
      Executor writing,
      Executor applying,
      Executor copying,
      Patience patience,
      Disk files,
      Disk log,
      Disk orphans,
      Wire wire,
      Runnable hangUp,
      Path directory) {}

  /** Opens it; blocks while the database does. */
  public SimulatedNode(Identity who, Machine on, Dialect dialect, Consumer<Throwable> failed)
      throws PolluxException, IOException {
    NodeConfig config = config(who);
    Files.createDirectories(on.directory());
    NodeDirectory directory = NodeDirectory.lock(on.directory());
    Node.NodeSetup setup =
        new Node.NodeSetup(
            directory,
            config,
            new DatabaseAccess(who.url(), new Properties(), dialect),
            false,
            command -> {});
    NodeDatabase database = new NodeDatabase(who.url(), new Properties(), dialect);
    JdbcTarget target = new JdbcTarget(database::connect, dialect, new Trusting());
    assembly = new NodeAssembly(setup, outside(on), database, target, failed);
  }

  private static NodeConfig config(Identity who) {
    return new NodeConfig(
        who.id(),
        who.name(),
        "0123456789abcdef0123456789abcdef",
        who.role(),
        Optional.of(who.name()),
        Optional.of(new NodeConfig.Peer(who.peer(), who.peer(), who.peer())),
        new NodeConfig.Database(who.url(), Optional.empty(), Optional.empty()),
        who.mode(),
        who.availability(),
        null,
        null,
        null,
        NodeConfig.Sweeping.OFF,
        null,
        null,
        new ByteSize(2000),
        Optional.empty());
  }

  private static Outside outside(Machine on) {
    LogSettings sizes =
        new LogSettings(
            new UUID(0x0123456789abcdefL, 0x0123456789abcdefL),
            1000,
            600,
            1500,
            100_000,
            2000,
            100_000);
    return new Outside(
        on.loop(),
        on.writing(),
        on.applying(),
        on.copying(),
        on.copying(),
        name -> on.copying(),
        on.patience(),
        on.files(),
        on.log(),
        on::orphans,
        sizes,
        (parts, bench, joined) ->
            new Outside.Entrance() {
              @Override
              public Wire wire() {
                return on.wire();
              }

              @Override
              public List<String> keys(NodeConfig.Peer peer) {
                return List.of(peer.fingerprint());
              }

              @Override
              public Optional<Admission> admission() {
                return Optional.empty();
              }

              @Override
              public void close() {
                on.hangUp().run();
              }
            });
  }

  /** On the loop from now on. */
  public void start() {
    assembly.start(settled);
  }

  public boolean isSettled() {
    return settled.isDone();
  }

  public CommitGate gate() {
    return assembly.gate();
  }

  /** As {@link Node} does it when something has failed. */
  public void failed(Exception cause) {
    assembly.failed(cause);
  }

  public CompletableFuture<Void> promote(boolean force) {
    return assembly.command(new PairEvent.PromoteAsked(force, "an operator promotes it"));
  }

  public CompletableFuture<Void> demote() {
    return assembly.command(new PairEvent.DemoteAsked());
  }

  public CompletableFuture<Void> switchOver() {
    return assembly.command(new PairEvent.SwitchAsked(false));
  }

  public CompletableFuture<Void> resync() {
    return assembly.resync("an operator asked for it");
  }

  public NodeStatus status() {
    return assembly.status();
  }

  /** Whether a commit waits for the peer now. */
  public boolean isFollowed() {
    return assembly.parts().receipts.isFollowing();
  }

  public Activity activity() {
    return assembly.core().activity();
  }

  public long epoch() {
    return assembly.parts().stored.epoch().number();
  }

  public StatementLog log() {
    return assembly.parts().journal.log();
  }

  public Position applied() {
    return assembly.parts().applier.applied();
  }

  /** What may be executed has tests of its own; here it would only cost time. */
  private static final class Trusting implements Guard {
    @Override
    public void check(Connection connection, Change change) {}

    @Override
    public void checkRead(Connection connection, TableName table) {}

    @Override
    public void schemaChanged() {}
  }
}
