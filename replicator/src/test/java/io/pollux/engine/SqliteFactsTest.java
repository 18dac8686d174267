package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.PolluxException;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Classifier;
import io.pollux.sql.Column;
import io.pollux.sql.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the plans and the dialect rely on. */
class SqliteFactsTest {
  private final Dialect dialect = new SqliteDialect();
  @TempDir private Path directory;
  private String url;
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void open() throws SQLException {
    url = "jdbc:sqlite:" + directory.resolve("app.db") + "?busy_timeout=50";
    connection = DriverManager.getConnection(url);
    dialect.makeDurable(connection);
    statement = connection.createStatement();
    run(
        "CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)",
        "INSERT INTO T VALUES (1, 'a'), (2, 'b')");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void run(String... texts) throws SQLException {
    for (String sql : texts) {
      statement.execute(sql);
    }
  }

  private String text(String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getString(1) : "";
    }
  }

  private Table table(String name) throws SQLException {
    return dialect.catalogue(connection).table(new TableName("main", name)).orElseThrow();
  }

  private CapturePlan plan(String sql) throws SQLException {
    return new Classifier(dialect.facts()).classify(sql, dialect.catalogue(connection));
  }

  @Test
  void aReaderIsInNobodysWayAndOneWriterWaitsForTheOther() throws SQLException {
    try (Connection other = DriverManager.getConnection(url)) {
      other.setAutoCommit(false);
      try (Statement reader = other.createStatement();
          ResultSet rows = reader.executeQuery("SELECT * FROM T")) {
        assertTrue(rows.next());
        run("UPDATE T SET V = 'x' WHERE ID = 1");
        assertTrue(rows.next());
      }
      other.rollback();
      try (Statement writer = other.createStatement()) {
        writer.execute(dialect.facts().locks().lockTable().formatted("T"));
        SQLException busy =
            assertThrows(SQLException.class, () -> run("UPDATE T SET V = 'y' WHERE ID = 1"));
        assertTrue(dialect.isTransient(busy));
        assertFalse(dialect.endsTransaction(busy));
      }
    }
  }

  @Test
  void openUrlsCreateNothing() {
    String missing = dialect.openUrl("jdbc:sqlite:" + directory.resolve("missing.db?open_mode=6"));
    assertThrows(SQLException.class, () -> DriverManager.getConnection(missing));
    assertFalse(Files.exists(directory.resolve("missing.db")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:sqlite::memory:",
        "jdbc:sqlite:",
        "jdbc:sqlite:file:x?mode=memory",
        "jdbc:sqlite:x?journal_mode=DELETE",
        "jdbc:sqlite:x?date_class=TEXT"
      })
  void whatCannotBeReplicatedIsNotOpened(String refused) {
    assertThrows(PolluxException.class, () -> dialect.databaseDirectory(refused));
  }

  @Test
  void theCatalogueKnowsKeysIdentitiesAndGeneratedColumns() throws SQLException {
    run(
        "CREATE TABLE \"Mixed\" (\"Id\" INTEGER PRIMARY KEY, B AS (\"Id\" * 2) STORED, C DEFAULT 7)",
        "CREATE TABLE K (A TEXT, B INT NOT NULL UNIQUE, PRIMARY KEY (B, A)) WITHOUT ROWID",
        "CREATE TABLE N (A TEXT PRIMARY KEY, B)",
        "CREATE UNIQUE INDEX HALF ON N (B) WHERE B > 1");
    Table mixed = table("mixed");
    assertEquals(List.of(List.of("id")), mixed.keys());
    assertEquals(Column.Identity.BY_DEFAULT, mixed.column("id").orElseThrow().identity());
    assertTrue(mixed.column("b").orElseThrow().generated());
    assertEquals("7", mixed.column("c").orElseThrow().defaultText());
    assertEquals(List.of(List.of("b", "a"), List.of("b")), table("k").keys());
    assertEquals(List.of(List.of("a")), table("n").keys());
    assertEquals(java.util.Set.of("a", "b"), table("n").uniqueColumns());
  }

  @Test
  void aTriggerThatADeleteReachesIsSeen() throws SQLException {
    run(
        "CREATE TABLE C (ID INTEGER PRIMARY KEY, P REFERENCES T ON DELETE CASCADE)",
        "CREATE TRIGGER AFTERWARDS AFTER DELETE ON C BEGIN SELECT 1; END");
    assertEquals(List.of("AFTERWARDS"), table("t").triggers());
    assertInstanceOf(CapturePlan.Refuse.class, plan("DELETE FROM T"));
  }

  @Test
  void aTemporaryTableHidesOneOfTheDatabase() throws SQLException {
    run("CREATE TEMP TABLE S (A)");
    assertInstanceOf(CapturePlan.Session.class, plan("INSERT INTO S VALUES (1)"));
    assertInstanceOf(CapturePlan.Refuse.class, plan("CREATE TEMP TABLE T (A)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ATTACH 'x.db' AS X",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema(1)",
        "PRAGMA nobody_knows = 1",
        "SELECT load_extension('x')",
        "CREATE VIRTUAL TABLE F USING fts5(x)",
        "CREATE TABLE X AS SELECT 1",
        "CREATE INDEX I ON T (load_extension(V))",
        "VACUUM INTO 'x'",
        "BEGIN EXCLUSIVE",
        "ROLLBACK TRANSACTION TO SAVEPOINT A",
        "SAVEPOINT A B",
        "INSERT OR ROLLBACK INTO T VALUES (1, 'x')",
        "UPDATE OR IGNORE T SET V = 'a'",
        "UPDATE T SET V = 'a' LIMIT 1",
        "DELETE FROM sqlite_sequence",
        "INSERT INTO sqlite_schema VALUES (1, 2, 3, 4, 5)",
        "DROP TABLE pollux_slot",
        "UPDATE Pollux_Slot SET counter = 0",
        "DELETE FROM [POLLUX_NODE]",
        "INSERT INTO T VALUES (?1, ?1)",
        "WITH X AS (SELECT 1) DELETE FROM T"
      })
  void whatHasNoKnownEffectIsRefused(String sql) throws SQLException {
    assertInstanceOf(CapturePlan.Refuse.class, plan(sql), sql);
  }

  @Test
  void aPragmaAsksOrSets() throws SQLException {
    assertInstanceOf(CapturePlan.Pass.class, plan("PRAGMA user_version"));
    assertInstanceOf(CapturePlan.Ddl.class, plan("PRAGMA user_version = 7"));
    assertInstanceOf(CapturePlan.Pass.class, plan("PRAGMA journal_mode"));
    assertInstanceOf(CapturePlan.Session.class, plan("PRAGMA foreign_keys = ON"));
    assertInstanceOf(CapturePlan.Pass.class, plan("PRAGMA table_info(T)"));
  }

  @Test
  void aSessionEnforcesForeignKeysOrNot() throws SQLException {
    String former = dialect.currentSchema(connection);
    run("PRAGMA foreign_keys = ON");
    String enforced = dialect.currentSchema(connection);
    connection.setAutoCommit(false);
    dialect.useSchema(connection, former);
    assertEquals("0", text("PRAGMA foreign_keys"));
    dialect.useSchema(connection, enforced);
    assertEquals("1", text("PRAGMA foreign_keys"));
    assertThrows(SQLException.class, () -> dialect.useSchema(connection, "x; DROP TABLE T"));
  }

  @Test
  void everyStorageClassIsReadAndStoredAgain() throws SQLException {
    run(
        "CREATE TABLE V (A, I INTEGER, R REAL, N NUMERIC, X TEXT)",
        "INSERT INTO V VALUES (9223372036854775807, '12', 1, '1.50', 5)",
        "INSERT INTO V VALUES (-0.0, 'not a number', 'x', 1e400, x'00ff')",
        "INSERT INTO V VALUES (NULL, 1.5, 4.9e-324, '9223372036854775808', 'ä \ud83d\ude00')",
        "INSERT INTO V VALUES ('', x'', -1e400, NULL, '')");
    List<List<SqlValue>> rows = values("SELECT * FROM V ORDER BY rowid");
    run("CREATE TABLE COPY (A, I INTEGER, R REAL, N NUMERIC, X TEXT)");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO COPY VALUES (?, ?, ?, ?, ?)")) {
      for (List<SqlValue> row : rows) {
        for (int i = 0; i < row.size(); i++) {
          dialect.bind(insert, i + 1, row.get(i));
        }
        insert.executeUpdate();
      }
    }
    assertEquals(rows, values("SELECT * FROM COPY ORDER BY rowid"));
    assertEquals(
        "0",
        text(
            "SELECT count(*) FROM V JOIN COPY ON V.rowid = COPY.rowid WHERE quote(V.A) || typeof(V.I)"
                + " || typeof(V.N) <> quote(COPY.A) || typeof(COPY.I) || typeof(COPY.N)"));
  }

  private List<List<SqlValue>> values(String sql) throws SQLException {
    List<List<SqlValue>> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        List<SqlValue> row = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
          row.add(dialect.read(result, i, 0));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  @Test
  void aRolledBackKeyIsGivenAgainAndAReignBeginsWithAGap() throws SQLException {
    for (String sql : dialect.systemTables().create()) {
      run(sql);
    }
    run("CREATE TABLE G (ID INTEGER PRIMARY KEY AUTOINCREMENT, V)", "INSERT INTO G (V) VALUES (1)");
    connection.setAutoCommit(false);
    run("INSERT INTO G (V) VALUES (2)");
    connection.rollback();
    TableName table = new TableName("main", "g");
    assertEquals(Optional.of(1L), dialect.lastValue(connection, GeneratorKind.IDENTITY, table));
    dialect.becomeStandby(connection);
    dialect.becomeActive(connection, List.of(new Generator(GeneratorKind.IDENTITY, table, 40)));
    run("INSERT INTO G (V) VALUES (3)");
    assertEquals("141", text("SELECT max(ID) FROM G"));
  }

  @Test
  void aCopyIsPutInThePlaceOfADatabaseThatSomeoneReads() throws Exception {
    Path other = directory.resolve("other.db");
    String target = "jdbc:sqlite:" + other;
    try (Connection reader = DriverManager.getConnection(target);
        Statement before = reader.createStatement()) {
      dialect.makeDurable(reader);
      before.execute("CREATE TABLE FORMER (A)");
      try (Connection copying = DriverManager.getConnection(url)) {
        dialect.backup(copying, directory.resolve("copy"));
      }
      run("INSERT INTO T VALUES (3, 'after the copy')");
      dialect.restore(directory.resolve("copy"), target, new Properties());
      dialect.restore(directory.resolve("copy"), target, new Properties());
      try (ResultSet rows = before.executeQuery("SELECT count(*) FROM T")) {
        rows.next();
        assertEquals(2, rows.getInt(1));
      }
    }
  }

  @Test
  void aCopyBringsPagesOfItsOwnSize() throws Exception {
    try (Connection large =
            DriverManager.getConnection(
                "jdbc:sqlite:" + directory.resolve("large.db?page_size=8192"));
        Statement create = large.createStatement()) {
      create.execute("CREATE TABLE L (A)");
      dialect.backup(large, directory.resolve("copy"));
    }
    connection.close();
    dialect.restore(directory.resolve("copy"), url, new Properties());
    connection = DriverManager.getConnection(url);
    statement = connection.createStatement();
    assertEquals("8192", text("PRAGMA page_size"));
    assertEquals("0", text("SELECT count(*) FROM L"));
  }
}
