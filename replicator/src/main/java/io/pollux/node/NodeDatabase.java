package io.pollux.node;

import io.pollux.apply.JdbcTarget.Connections;
import io.pollux.apply.SlotKey;
import io.pollux.core.Change;
import io.pollux.core.Epoch;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.env.ProcessSettings;
import io.pollux.sql.SystemTables;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The application's database as the node itself uses it. Methods block and open a connection each;
 * any thread.
 */
final class NodeDatabase {
  /** Each waits for as long as the engine waits for a lock. */
  private static final int LOCK_ATTEMPTS = 20;

  private final String url;
  private final Properties properties;
  private final Dialect dialect;
  private final SystemTables tables;

  /**
   * Shared by whoever opens a connection, held alone by who replaces the database: an embedded
   * engine that is opened in between would go on with the former files, or with none.
   */
  private final ReadWriteLock replacing = new ReentrantReadWriteLock();

  /** Nothing runs on it; set by whoever opens or replaces the database. */
  private volatile Optional<Connection> held = Optional.empty();

  /** What the database says of itself. */
  record Owner(String group, String incarnation, String node, long boot, Epoch epoch) {}

  /** A slot row: the last stamp that its connection committed, and the record if it fitted. */
  record SlotRow(SlotKey key, Stamp stamp, Optional<byte[]> payload) {}

  /** Work in a transaction that commits unless it throws. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  NodeDatabase(String url, Properties properties, Dialect dialect) {
    this.url = Objects.requireNonNull(url, "url");
    this.properties = Objects.requireNonNull(properties, "properties");
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.tables = dialect.systemTables();
  }

  String url() {
    return url;
  }

  Properties properties() {
    return properties;
  }

  /** Where the files are; the working directory if the engine has none of its own. */
  Path directory() throws PolluxException {
    return dialect.databaseDirectory(url).orElse(Path.of(""));
  }

  Dialect dialect() {
    return dialect;
  }

  /** Closes the database in this process; all its connections end. */
  void shutdown() throws SQLException {
    release();
    dialect.shutdown(url, properties);
  }

  /**
   * Puts a copy of another node's database in the place of this one. All connections end, and no
   * new one is opened until it is there.
   */
  void replace(Path copy) throws IOException, PolluxException, SQLException {
    replacing.writeLock().lock();
    try {
      shutdown();
      dialect.restore(copy, url, properties);
      hold();
    } finally {
      replacing.writeLock().unlock();
    }
  }

  /** Sees to it that the database stays open and keeps what it says it has committed. */
  private void hold() throws SQLException {
    Connection connection = connect();
    try {
      dialect.makeDurable(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    if (dialect.closesWithLastConnection()) {
      held = Optional.of(connection);
    } else {
      connection.close();
    }
  }

  /** The database may close when the application's connections are gone too. */
  void release() throws SQLException {
    if (held.isPresent()) {
      held.orElseThrow().close();
      held = Optional.empty();
    }
  }

  Connection connect() throws SQLException {
    return open(() -> DriverManager.getConnection(dialect.openUrl(url), properties));
  }

  /** Waits while the database is replaced. */
  Connection open(Connections connections) throws SQLException {
    replacing.readLock().lock();
    try {
      return connections.open();
    } finally {
      replacing.readLock().unlock();
    }
  }

  /**
   * Opens the database, creating it if the URL asks for that or {@code create} is set.
   *
   * @throws PolluxException DATABASE_UNREACHABLE with the driver's own words
   */
  void open(boolean create) throws PolluxException {
    String first = create ? dialect.createUrl(url) : url;
    try (Connection connection = DriverManager.getConnection(first, properties)) {
      connection.isValid(1);
      hold();
    } catch (SQLException e) {
      throw unreachable(e);
    }
  }

  /**
   * What a peer's must agree with.
   *
   * @param settings what results depend on besides statements and rows, by name
   */
  record Kind(String engineVersion, Map<String, String> settings) {}

  Kind kind() throws PolluxException {
    try {
      return in(
          connection -> {
            Map<String, String> settings = new TreeMap<>(ProcessSettings.read());
            settings.putAll(dialect.settings(connection));
            return new Kind(connection.getMetaData().getDatabaseProductVersion(), settings);
          });
    } catch (SQLException e) {
      throw unreachable(e);
    }
  }

  private PolluxException unreachable(SQLException e) {
    return new PolluxException(
        Reason.DATABASE_UNREACHABLE,
        "can't open the database " + url + ": " + deepest(e) + "; check the URL and the account",
        e);
  }

  private static String deepest(SQLException e) {
    SQLException last = e;
    while (last.getNextException() != null) {
      last = last.getNextException();
    }
    return last.getMessage();
  }

  <T> T in(Work<T> work) throws SQLException {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        T result = work.on(connection);
        connection.commit();
        done = true;
        return result;
      } finally {
        if (!done) {
          connection.rollback();
        }
      }
    }
  }

  /** Who owns the database; empty if Pollux was never there. */
  Optional<Owner> owner() throws SQLException {
    return in(
        connection ->
            dialect.hasSystemTables(connection) ? readOwner(connection) : Optional.empty());
  }

  private Optional<Owner> readOwner(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(tables.readNode())) {
      return row.next()
          ? Optional.of(
              new Owner(
                  row.getString(1),
                  row.getString(2),
                  row.getString(3),
                  row.getLong(4),
                  new Epoch(row.getLong(5))))
          : Optional.empty();
    }
  }

  boolean isEmpty() throws SQLException {
    return in(dialect::isEmpty);
  }

  List<TableName> userTables() throws SQLException {
    return in(dialect::userTables);
  }

  /** Creates Pollux's tables for a database that had none. */
  void adopt(Owner owner) throws SQLException {
    in(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            for (String sql : tables.create()) {
              statement.execute(sql);
            }
          }
          update(connection, tables.insertNode(), values(owner));
          update(connection, tables.insertApplied(), 0L, new byte[0]);
          return null;
        });
  }

  void rename(Owner owner) throws SQLException {
    in(connection -> update(connection, tables.writeNode(), values(owner)));
  }

  /**
   * Makes a copy of the peer's database this node's own. What it says of this node's slots is told
   * by the log before it; left as it is, it would look like transactions that the log lacks.
   *
   * @throws SQLException also if the database is this node's own, not the copy
   */
  void claim(Owner owner, Position applied) throws SQLException {
    in(
        connection -> {
          if (readOwner(connection).filter(o -> !o.node().equals(owner.node())).isEmpty()) {
            throw new SQLException(
                "the database "
                    + url
                    + " is not the copy that was put in its place; does another class loader of"
                    + " this program have it open?",
                "08001");
          }
          update(connection, tables.writeNode(), values(owner));
          update(connection, tables.writeApplied(), applied.index(), new byte[0]);
          return update(connection, tables.armSlots(), 0L, 0L, owner.node());
        });
  }

  private static Object[] values(Owner owner) {
    return new Object[] {
      owner.group(), owner.incarnation(), owner.node(), owner.boot(), owner.epoch().number()
    };
  }

  /**
   * The slot rows once nobody holds one: a session whose outcome is unknown may still commit, and a
   * plain read would show the past (FAULTS.md H4).
   */
  Map<SlotKey, SlotRow> slots() throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return in(this::lockedSlots);
      } catch (SQLException e) {
        if (!dialect.isTransient(e) || attempt == LOCK_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Map<SlotKey, SlotRow> lockedSlots(Connection connection) throws SQLException {
    for (SlotKey key : readSlots(connection).keySet()) {
      int unused = update(connection, tables.lockSlot(), key.node(), key.slot());
    }
    return readSlots(connection);
  }

  private Map<SlotKey, SlotRow> readSlots(Connection connection) throws SQLException {
    Map<SlotKey, SlotRow> rows = new TreeMap<>(SlotKey.ORDER);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(tables.readSlots())) {
      while (row.next()) {
        SlotKey key = new SlotKey(row.getString(1), row.getInt(2));
        Stamp stamp = new Stamp(row.getLong(3), row.getLong(4), row.getLong(5));
        rows.put(key, new SlotRow(key, stamp, Optional.ofNullable(row.getBytes(6))));
      }
    }
    return rows;
  }

  /**
   * Arms or, with an epoch and boot that nobody holds, fences all slots of a node; waits for
   * commits under way.
   */
  void arm(String node, Epoch epoch, long boot) throws SQLException {
    in(
        connection -> {
          int armed = update(connection, tables.armSlots(), epoch.number(), boot, node);
          for (int slot = armed + 1; slot <= dialect.slotsAhead(); slot++) {
            update(connection, tables.insertSlot(), node, slot, epoch.number(), boot);
          }
          return null;
        });
  }

  void createSlot(SlotKey key, Epoch epoch, long boot) throws SQLException {
    in(
        connection ->
            update(connection, tables.insertSlot(), key.node(), key.slot(), epoch.number(), boot));
  }

  /** The slot's stamp once nobody else holds its row (FAULTS.md H4). */
  Stamp lockedStamp(SlotKey key) throws SQLException {
    return in(
        connection -> {
          update(connection, tables.lockSlot(), key.node(), key.slot());
          try (PreparedStatement read = connection.prepareStatement(tables.readSlot())) {
            read.setString(1, key.node());
            read.setInt(2, key.slot());
            try (ResultSet row = read.executeQuery()) {
              if (!row.next()) {
                throw new SQLException("slot " + key + " has no row", "02000");
              }
              return new Stamp(row.getLong(1), row.getLong(2), row.getLong(3));
            }
          }
        });
  }

  Position applied() throws SQLException {
    return in(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(tables.readApplied())) {
            return row.next() ? new Position(row.getLong(1)) : Position.NONE;
          }
        });
  }

  void markApplied(Position position) throws SQLException {
    in(connection -> update(connection, tables.writeApplied(), position.index(), new byte[0]));
  }

  void becomeActive() throws SQLException {
    in(
        connection -> {
          dialect.becomeActive(connection, marks(connection));
          return null;
        });
  }

  /** Raises the generators of a database that stood by, so that it is as far as its log. */
  void raiseGenerators() throws SQLException {
    if (owner().isPresent()) {
      in(
          connection -> {
            dialect.raiseGenerators(connection, marks(connection));
            return null;
          });
    }
  }

  void becomeStandby() throws SQLException {
    in(
        connection -> {
          dialect.becomeStandby(connection);
          return null;
        });
  }

  private List<Change.Generator> marks(Connection connection) throws SQLException {
    List<Change.Generator> marks = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(tables.readGenerators())) {
      while (row.next()) {
        marks.add(
            new Change.Generator(
                Change.GeneratorKind.valueOf(row.getString(1)),
                new TableName(row.getString(2), row.getString(3)),
                row.getLong(4)));
      }
    }
    return marks;
  }

  private static int update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }
}
