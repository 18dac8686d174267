package io.pollux.driver;

import io.pollux.apply.JdbcTarget;
import io.pollux.commit.CommitGate;
import io.pollux.core.CommitMode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.engine.Dialect;
import io.pollux.env.Clock;
import io.pollux.env.SystemClock;
import io.pollux.node.ConfigFile;
import io.pollux.node.ControlClient;
import io.pollux.node.DatabaseAccess;
import io.pollux.node.Node;
import io.pollux.node.NodeConfig;
import io.pollux.node.NodeDirectory;
import io.pollux.node.Setup;
import io.pollux.runtime.Redundancy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Nodes that live in the application's JVM. A process that only stands in for the application gives
 * the directory up.
 */
final class EmbeddedNodes implements NodeSource {
  private static final Duration HANDOVER = Duration.ofSeconds(20);

  /** Errors of the node and of the real database, as the application may see them. */
  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws PolluxException, SQLException;
  }

  private static <T> T telling(Attempt<T> attempt) throws SQLException {
    try {
      return attempt.run();
    } catch (PolluxException e) {
      if (e.reason() == Reason.DATABASE_UNREACHABLE && e.getCause() instanceof SQLException sql) {
        throw sql; // Exactly what the bare driver says.
      }
      throw new SQLException(e.getMessage(), "08001", e);
    }
  }

  @Override
  public Path directory(String url, Optional<Path> configured) throws SQLException {
    return telling(
        () -> {
          DatabaseAccess access = DatabaseAccess.of(url, new Properties());
          access.dialect().databaseDirectory(url); // Refuses a URL that can't be kept.
          return configured.isPresent() ? configured.get() : besideDatabase(access);
        });
  }

  private static Path besideDatabase(DatabaseAccess access) throws PolluxException {
    return access
        .dialect()
        .nodeDirectory(access.url())
        .orElseThrow(
            () ->
                new PolluxException(
                    Reason.BAD_URL,
                    "can't keep a node for "
                        + access.url()
                        + ": a database in memory has no"
                        + " place for its log; use the URL without 'pollux:', or a file"));
  }

  @Override
  public RunningNode start(Path directory, String url, Properties properties) throws SQLException {
    return telling(() -> start(directory, DatabaseAccess.of(url, properties)));
  }

  private static RunningNode start(Path directory, DatabaseAccess access)
      throws PolluxException, SQLException {
    if (!Files.exists(directory) && directory.equals(besideDatabaseOf(access, directory))) {
      DriverManager.getConnection(access.url(), access.properties()).close();
      Setup.independent(directory, access.url());
    }
    NodeDirectory held = take(directory);
    boolean opened = false;
    try {
      NodeConfig config = ConfigFile.read(held.configFile());
      requireSameDatabase(config, access, directory);
      opened = true; // From here on the node gives the directory back.
      return new Running(Node.open(new Node.NodeSetup(held, config, access, true, command -> {})));
    } finally {
      if (!opened) {
        held.close();
      }
    }
  }

  private static Path besideDatabaseOf(DatabaseAccess access, Path otherwise)
      throws PolluxException {
    return access.dialect().nodeDirectory(access.url()).isPresent()
        ? besideDatabase(access)
        : otherwise.resolveSibling("");
  }

  private static NodeDirectory take(Path directory) throws PolluxException {
    Optional<NodeDirectory> free = NodeDirectory.tryLock(directory);
    if (free.isPresent()) {
      return free.get();
    }
    ControlClient.call(directory, ControlClient.request("yield"));
    return NodeDirectory.await(directory, HANDOVER);
  }

  private static void requireSameDatabase(NodeConfig config, DatabaseAccess access, Path directory)
      throws PolluxException {
    Dialect dialect = access.dialect();
    boolean same =
        dialect.accepts(config.database().url())
            && dialect.isSameDatabase(config.database().url(), access.url());
    if (!same) {
      throw new PolluxException(
          Reason.DATABASE_FOREIGN,
          "can't open "
              + access.url()
              + " with the node in "
              + directory
              + ": that node keeps "
              + config.database().url()
              + "; correct pollux.dir or the URL");
    }
  }

  private static final class Running implements RunningNode {
    private final Node node;
    private final Clock clock = new SystemClock();
    private final AtomicLong changes = new AtomicLong();

    Running(Node node) {
      this.node = Objects.requireNonNull(node, "node");
    }

    @Override
    public Dialect dialect() {
      return node.dialect();
    }

    @Override
    public Connection open(JdbcTarget.Connections connections) throws SQLException {
      return node.open(connections);
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public CommitGate gate(Properties options) {
      String mode = options.getProperty(DriverOption.COMMIT.key());
      return mode == null
          ? node.gate()
          : node.gate(CommitMode.valueOf(mode.toUpperCase(Locale.ROOT)));
    }

    @Override
    public long schemaVersion() {
      return changes.get() + node.schemaChanges();
    }

    @Override
    public void schemaChanged() {
      changes.incrementAndGet();
    }

    @Override
    public Redundancy redundancy() {
      return node.redundancy();
    }

    @Override
    public void unobserved(Class<?> type) {
      node.mark("an application took " + type.getName() + ": what it does there is not captured");
    }

    @Override
    public void close() {
      node.close();
    }
  }
}
