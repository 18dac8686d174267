package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.apply.JdbcTarget;
import io.pollux.commit.CommitGate;
import io.pollux.engine.Dialect;
import io.pollux.engine.Dialects;
import io.pollux.env.Clock;
import io.pollux.runtime.Redundancy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A node that keeps what the driver gives it. Finds and starts itself. */
final class RecordingNode implements RunningNode, NodeSource, Clock {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  final RecordingGate gate = new RecordingGate();
  final AtomicInteger starts = new AtomicInteger();
  final AtomicInteger stops = new AtomicInteger();
  final List<Class<?>> unobserved = new CopyOnWriteArrayList<>();
  final List<Properties> options = new CopyOnWriteArrayList<>();
  final NodeRegistry registry = new NodeRegistry(this);
  private final AtomicLong schemaVersion = new AtomicLong();
  private final String url;
  private final Dialect dialect;

  /** As a node does, so that the database stays while nobody is connected. */
  private final Connection held;

  RecordingNode() throws Exception {
    this("jdbc:derby:memory:driver" + DATABASES.incrementAndGet());
  }

  RecordingNode(String url) throws Exception {
    this.url = url;
    this.dialect = Dialects.forUrl(url);
    held = DriverManager.getConnection(dialect.createUrl(url));
    if (dialect.definitionsCommit()) {
      adopt();
    }
    if (!dialect.closesWithLastConnection()) {
      held.close();
    }
  }

  /** A schema change leaves a mark in Pollux's tables. */
  private void adopt() throws SQLException {
    try (Connection bare = connectBare();
        var statement = bare.createStatement()) {
      for (String sql : dialect.systemTables().create()) {
        statement.execute(sql);
      }
    }
  }

  /** As the database of a backup. */
  void standBy() throws SQLException {
    if (!dialect.definitionsCommit()) {
      adopt();
    }
    try (Connection bare = connectBare()) {
      bare.setAutoCommit(false);
      dialect.becomeStandby(bare);
      bare.commit();
    }
  }

  /** Gives the memory of its database back. */
  void end() throws SQLException {
    held.close();
    dialect.shutdown(url, new Properties());
    if (url.startsWith("jdbc:derby:memory:")) {
      SQLException dropped =
          assertThrows(SQLException.class, () -> DriverManager.getConnection(url + ";drop=true"));
      assertEquals("08006", dropped.getSQLState());
    }
  }

  String url() {
    return url;
  }

  /** A connection that is captured. */
  Connection connect() throws SQLException {
    return new CaptureDriver(registry).connect(url.replaceFirst("jdbc:", "jdbc:pollux:"), null);
  }

  /** The real driver's connection to the same database. */
  Connection connectBare() throws SQLException {
    return DriverManager.getConnection(url);
  }

  /** Runs statements that are not captured. */
  void prepare(String... statements) throws SQLException {
    try (Connection bare = connectBare();
        var statement = bare.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    schemaChanged();
  }

  /** The rows of a query on a connection of its own, as text. */
  List<String> rows(String sql) throws SQLException {
    try (Connection bare = connectBare()) {
      return rows(bare, sql);
    }
  }

  static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(i == 1 ? "" : " ").append(result.getString(i));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  @Override
  public Path directory(String real, Optional<Path> configured) {
    String database = Integer.toHexString(dialect.openUrl(real).hashCode());
    return configured.orElse(Path.of("target", "nodes", database));
  }

  @Override
  public RunningNode start(Path directory, String real, Properties properties) {
    starts.incrementAndGet();
    return this;
  }

  @Override
  public Connection open(JdbcTarget.Connections connections) throws SQLException {
    return connections.open();
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Clock clock() {
    return this;
  }

  @Override
  public long nanos() {
    return 0;
  }

  @Override
  public Instant now() {
    return Instant.parse("2026-01-02T03:04:05.678Z");
  }

  @Override
  public CommitGate gate(Properties wanted) {
    options.add(wanted);
    return gate;
  }

  @Override
  public long schemaVersion() {
    return schemaVersion.get();
  }

  @Override
  public void schemaChanged() {
    schemaVersion.incrementAndGet();
  }

  @Override
  public Redundancy redundancy() {
    throw new AssertionError("what is recorded is JDBC");
  }

  @Override
  public void unobserved(Class<?> type) {
    unobserved.add(type);
  }

  @Override
  public void close() {
    stops.incrementAndGet();
  }
}
