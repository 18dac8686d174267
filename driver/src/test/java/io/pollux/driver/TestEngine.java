package io.pollux.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Engines on which the driver is compared with the bare one. */
enum TestEngine {
  DERBY("jdbc:derby:memory:engine"),
  H2("jdbc:h2:mem:engine"),
  HSQLDB("jdbc:hsqldb:mem:engine"),
  HSQLDB_MVCC("jdbc:hsqldb:mem:mvcc-engine") {
    @Override
    String create() throws SQLException {
      return super.create() + ";hsqldb.tx=mvcc";
    }
  },
  SQLITE("") {
    @Override
    String create() throws SQLException {
      try {
        return "jdbc:sqlite:" + Files.createTempDirectory(Path.of("target"), "engine") + "/db";
      } catch (IOException e) {
        throw new SQLException("no directory for a database", e);
      }
    }
  },
  POSTGRESQL("");

  /** What is refused or said in other words; the engine's page has each of them. */
  private static final Pattern OTHERWISE =
      Pattern.compile(
          "(insert by index|failing prepared batch|batch of unknown|((update|query) )?commit|prepare .*|array)"
              + " (!!|->) .*");

  /** Runs a query that writes; shows an empty set of keys only once in a process. */
  private static final Pattern HSQLDB_OTHERWISE =
      Pattern.compile("(query that writes|keys never asked) .*");

  /** Shows the last key unasked; tells nothing of a batch that failed; fails on what is not SQL. */
  private static final Pattern SQLITE_OTHERWISE =
      Pattern.compile(
          "(count of \\w+|closed count|(savepoint|commit) in autocommit|insert by \\w+|keys not asked|no keys|prepared no keys|keys by \\w+|wrong name|keys of batch|metadata"
              + "|batch of unknown|failing prepared batch|id of named|prepare |null) .*");

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private final String url;

  TestEngine(String url) {
    this.url = url;
  }

  /** Whether a connection with open work doesn't close. */
  boolean refusesToCloseOpenWork() {
    return this == DERBY;
  }

  /** Whether COMMIT is a statement. */
  boolean commitsByText() {
    return this != DERBY;
  }

  /** Whether a large value can be held without being read. */
  boolean hasLocators() {
    return this != POSTGRESQL && this != SQLITE;
  }

  /** Whether {@code null} is a text that the driver refuses. */
  boolean knowsNull() {
    return this != POSTGRESQL;
  }

  /** Whether there are callable statements. */
  boolean hasCalls() {
    return this != SQLITE;
  }

  /** How far a cursor can move. */
  int widestCursor() {
    return this == SQLITE ? ResultSet.TYPE_FORWARD_ONLY : ResultSet.TYPE_SCROLL_INSENSITIVE;
  }

  /** Columns B of bytes and C of characters, of any length. */
  String lobColumns() {
    return this == POSTGRESQL ? "b bytea, c text" : "b blob, c clob";
  }

  /** A primary key that the engine gives. */
  String identity() {
    return this == SQLITE
        ? "integer primary key autoincrement"
        : "int generated always as identity constraint gk primary key";
  }

  /** Another number each time. */
  String random() {
    return switch (this) {
      case H2, HSQLDB, HSQLDB_MVCC -> "rand()";
      case DERBY, SQLITE, POSTGRESQL -> "random()";
    };
  }

  /** Inserts a row of the storm, or changes the one that is there: three values. */
  String upsert() {
    return switch (this) {
      case SQLITE, POSTGRESQL ->
          "insert into comp (a, b, u) values (?, ?, ?) on conflict (a, b) do update set v ="
              + " coalesce(comp.v, 0) + 1";
      case H2 -> "merge into comp (a, b, u, v) key (a, b) values (?, ?, ?, 7)";
      case HSQLDB, HSQLDB_MVCC ->
          "merge into comp c using (values (cast(? as int), cast(? as varchar(10)), cast(? as int)))"
              + " as n (a, b, u) on c.a = n.a and c.b = n.b when matched then update set c.v ="
              + " coalesce(c.v, 0) + 1 when not matched then insert (a, b, u) values (n.a, n.b, n.u)";
      case DERBY -> "update comp set v = ? where b = ? and u = ?";
    };
  }

  /** Whether a row that refers to another one waits until that one is committed, and keeps it. */
  boolean holdsParents() {
    return this != H2 && this != HSQLDB_MVCC;
  }

  /** So that who waits for each other does not wait long. */
  List<String> shortWaits() {
    return switch (this) {
      case DERBY ->
          List.of(
              "call syscs_util.syscs_set_database_property('derby.locks.deadlockTimeout', '1')",
              "call syscs_util.syscs_set_database_property('derby.locks.waitTimeout', '2')");
      default -> List.of();
    };
  }

  /**
   * A defect of the engine: H2's rollback of a deadlock's victim that breaks off, and an endless
   * search for deadlocks in HSQLDB. Both come with the bare driver as well.
   */
  boolean failedInside(SQLException e) {
    return this == H2 && Set.of(50000, 90143).contains(e.getErrorCode())
        || this == HSQLDB && e.getCause() instanceof StackOverflowError;
  }

  /**
   * Whether a key that was deleted may be inserted again. H2 loses committed rows then, with its
   * own driver too, when another transaction on that key rolls back (docs/engine-h2.md).
   */
  boolean bearsKeysAgain() {
    return this != H2;
  }

  /** Whether a statement of many that contend may fail so: constraints, values, locks. */
  boolean mayFail(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return this == SQLITE
        ? Set.of(5, 6, 19).contains(e.getErrorCode())
        : Stream.of("02000", "22", "23", "24", "40", "25P02", "HYT00", "55P03")
                .anyMatch(state::startsWith)
            || Set.of(50200, 90131).contains(e.getErrorCode());
  }

  /** Whether the transaction is still there, with what was done before. */
  boolean goesOnAfter(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return this != POSTGRESQL
        && !failedInside(e)
        && !state.startsWith("40")
        && !state.equals("HYT00")
        && !Set.of(5, 6, 50200, 90131).contains(e.getErrorCode());
  }

  /** Whether this call of the script may be answered otherwise than by the bare driver. */
  boolean answersOtherwise(String line) {
    boolean otherwise = this == HSQLDB || this == HSQLDB_MVCC;
    return this == POSTGRESQL && OTHERWISE.matcher(line).lookingAt()
        || this == SQLITE && SQLITE_OTHERWISE.matcher(line).lookingAt()
        || otherwise && HSQLDB_OTHERWISE.matcher(line).lookingAt();
  }

  /** The URL of a new database, in memory where that is possible. */
  String create() throws SQLException {
    return this == POSTGRESQL ? PostgresServers.database() : url + DATABASES.incrementAndGet();
  }
}
