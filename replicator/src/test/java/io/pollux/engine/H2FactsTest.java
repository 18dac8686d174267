package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.PolluxException;
import io.pollux.core.TableName;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Classifier;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Pollux relies on; docs/engine-h2.md lists it. A new version of the engine runs all. */
final class H2FactsTest {
  private static final Properties NONE = new Properties();

  private final Dialect dialect = new H2Dialect();
  private final List<Connection> opened = new ArrayList<>();
  private String url;
  private Connection one;
  private Connection two;

  @TempDir Path directory;

  @BeforeEach
  void open() throws SQLException {
    url = "jdbc:h2:" + directory.resolve("facts");
    one = connect();
    two = connect();
    run(one, "CREATE TABLE T (ID INTEGER NOT NULL PRIMARY KEY, V INTEGER)");
    run(one, "INSERT INTO T VALUES (1, 0), (2, 0), (3, 0)");
    one.commit();
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    connection.setAutoCommit(false);
    opened.add(connection);
    return connection;
  }

  @AfterEach
  void close() throws SQLException {
    for (Connection connection : opened) {
      connection.rollback(); // What was drawn and left open would keep the engine from closing.
      connection.close();
    }
    dialect.shutdown(url, NONE);
  }

  private static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return statement.getUpdateCount();
    }
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }

  private static SQLException fails(Connection connection, String sql) {
    return assertThrows(SQLException.class, () -> run(connection, sql), sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE N (A INTEGER)",
        "CREATE TABLE T (A INTEGER)",
        "CREATE INDEX I ON T (V)",
        "CREATE VIEW W AS SELECT ID FROM T",
        "ALTER TABLE T ADD COLUMN N INTEGER",
        "COMMENT ON TABLE T IS 'x'",
        "CREATE SCHEMA N",
        "TRUNCATE TABLE O"
      })
  void aSchemaChangeCommitsWhatWasDoneBeforeAlsoWhenItFails(String sql) throws SQLException {
    run(two, "CREATE TABLE O (A INTEGER)");
    run(one, "INSERT INTO T VALUES (4, 0)");
    try (Statement statement = one.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      assertEquals("42S01", e.getSQLState());
    }
    one.rollback();
    assertEquals(List.of("4"), rows(two, "SELECT COUNT(*) FROM T"));
  }

  @Test
  void aSchemaChangeEndsTheSavepointsBeforeIt() throws SQLException {
    Savepoint before = one.setSavepoint();
    run(one, "CREATE TABLE N (A INTEGER)");
    assertThrows(SQLException.class, () -> one.rollback(before));
  }

  @Test
  void aKeyThatWasReadForUpdateIsHeldToTheEndOfTheTransaction() throws SQLException {
    assertEquals(List.of("1"), rows(one, "SELECT ID FROM T WHERE ID = 1 FOR UPDATE"));
    run(two, "SET LOCK_TIMEOUT 100");
    SQLException error = fails(two, "UPDATE T SET V = 1 WHERE ID = 1");
    assertTrue(dialect.isTransient(error), error::toString);
    assertFalse(dialect.endsTransaction(error), error::toString);
    assertEquals(1, run(two, "UPDATE T SET V = 1 WHERE ID = 2"));
  }

  @Test
  void aDeadlockEndsTheTransactionAndALockTimeoutDoesNot() throws Exception {
    run(one, "UPDATE T SET V = 1 WHERE ID = 1");
    run(two, "UPDATE T SET V = 1 WHERE ID = 2");
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<SQLException> waiting =
          other.submit(() -> outcome(two, "UPDATE T SET V = 2 WHERE ID = 1"));
      SQLException mine = outcome(one, "UPDATE T SET V = 2 WHERE ID = 2");
      SQLException theirs = waiting.get(30, TimeUnit.SECONDS);
      SQLException failed = mine == null ? theirs : mine;
      Connection victim = mine == null ? two : one;
      assertEquals("40001", failed.getSQLState());
      assertTrue(dialect.endsTransaction(failed) && dialect.isTransient(failed));
      assertEquals(List.of("0"), rows(victim, "SELECT V FROM T WHERE ID = 3"));
    } finally {
      other.shutdown();
      assertTrue(other.awaitTermination(30, TimeUnit.SECONDS));
    }
  }

  /** Null if it ran. */
  private static SQLException outcome(Connection connection, String sql) {
    try {
      run(connection, sql);
      return null;
    } catch (SQLException e) {
      return e;
    }
  }

  @Test
  void anExplicitKeyOverridesWhatTheEngineGeneratesAndLeavesTheGeneratorBehind()
      throws SQLException {
    run(one, "CREATE TABLE G (ID INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, V INTEGER)");
    assertEquals(90154, fails(one, "INSERT INTO G (ID, V) VALUES (1, 1)").getErrorCode());
    assertEquals(1, run(one, "INSERT INTO G (ID, V) OVERRIDING SYSTEM VALUE VALUES (1, 1)"));
    assertEquals(1, run(one, "INSERT INTO T (ID, V) OVERRIDING SYSTEM VALUE VALUES (9, 1)"));
    assertEquals("23505", fails(one, "INSERT INTO G (V) VALUES (2)").getSQLState());
    run(one, "INSERT INTO G (ID, V) OVERRIDING SYSTEM VALUE VALUES (50, 1)");
    dialect.becomeActive(one, List.of());
    run(one, "INSERT INTO G (V) VALUES (2)");
    assertEquals(List.of("1", "50", "151"), rows(one, "SELECT ID FROM G ORDER BY ID"));
  }

  @Test
  void aGeneratorIsRaisedToItsMarkAndNeverSetBack() throws SQLException {
    run(one, "CREATE SEQUENCE S");
    run(one, "CREATE TABLE G (ID INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)");
    TableName sequence = new TableName("PUBLIC", "S");
    TableName table = new TableName("PUBLIC", "G");
    assertEquals(List.of(), dialect.generators(one));
    dialect.raiseGenerators(
        one,
        List.of(
            new Generator(GeneratorKind.SEQUENCE, sequence, 50),
            new Generator(GeneratorKind.IDENTITY, table, 7)));
    assertEquals(50 + 1 + H2Generators.GAP, dialect.nextValue(one, sequence));
    run(one, "INSERT INTO G VALUES (DEFAULT)");
    assertEquals(List.of("" + (7 + 1 + H2Generators.GAP)), rows(one, "SELECT ID FROM G"));
    List<Generator> before = dialect.generators(one);
    dialect.raiseGenerators(one, List.of(new Generator(GeneratorKind.SEQUENCE, sequence, 10)));
    assertEquals(before, dialect.generators(one));
    assertEquals(
        Optional.of(50 + 1 + H2Generators.GAP),
        dialect.lastValue(one, GeneratorKind.SEQUENCE, sequence));
  }

  @Test
  void commitsAreWrittenAtOnceWhenANodeHasOpenedTheDatabase() throws SQLException {
    String setting =
        "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'WRITE_DELAY'";
    assertFalse(rows(two, setting).contains("0"));
    dialect.makeDurable(one);
    assertTrue(rows(two, setting).contains("0"));
  }

  @Test
  void aStreamIsReadWhenItIsSet() throws Exception {
    run(one, "CREATE TABLE L (B BLOB)");
    java.io.ByteArrayInputStream stream = new java.io.ByteArrayInputStream(new byte[100]);
    try (PreparedStatement insert = one.prepareStatement("INSERT INTO L VALUES (?)")) {
      insert.setBinaryStream(1, stream, 100);
      assertEquals(0, stream.available());
    }
  }

  @Test
  void namesThatTheEngineGivesAreTheSameInEveryDatabase() throws SQLException {
    List<List<String>> names = new ArrayList<>();
    for (String name : List.of("x", "y")) {
      String other = "jdbc:h2:" + directory.resolve(name);
      try (Connection connection = DriverManager.getConnection(other)) {
        run(connection, "CREATE TABLE A (ID INTEGER PRIMARY KEY, B INTEGER UNIQUE CHECK (B > 0))");
        run(connection, "CREATE TABLE C (A INTEGER REFERENCES A, UNIQUE (A))");
        names.add(
            rows(
                connection,
                "SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY 1"));
      }
    }
    assertEquals(5, names.get(0).size());
    assertEquals(names.get(0), names.get(1));
  }

  @Test
  void theCatalogueKnowsKeysIdentitiesAndWhatChangesARowUnseen() throws SQLException {
    run(
        one,
        "CREATE TABLE P (A INTEGER NOT NULL, B VARCHAR(5) NOT NULL, C INTEGER UNIQUE,"
            + " D NUMERIC(7, 2), E INTEGER GENERATED ALWAYS AS (A * 2), PRIMARY KEY (A, B))");
    run(one, "CREATE TABLE I (ID BIGINT GENERATED ALWAYS AS IDENTITY, U INTEGER NOT NULL UNIQUE)");
    run(one, "CREATE TABLE TREE (ID INTEGER PRIMARY KEY, UP INTEGER REFERENCES TREE)");
    run(one, "CREATE TABLE ON_UPDATE (ID INTEGER, U TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)");
    run(one, "CREATE TABLE NULLED (ID INTEGER DEFAULT 5 DEFAULT ON NULL)");
    run(one, "CREATE VIEW W AS SELECT A FROM P");
    Catalogue catalogue = dialect.catalogue(one);
    Table p = catalogue.table(new TableName("PUBLIC", "P")).orElseThrow();
    assertEquals(List.of(List.of("A", "B")), p.keys());
    assertEquals(Set.of("A", "B", "C"), p.uniqueColumns());
    assertEquals("NUMERIC(7, 2)", p.column("D").orElseThrow().typeText());
    assertTrue(p.column("E").orElseThrow().generated());
    Table i = catalogue.table(new TableName("PUBLIC", "I")).orElseThrow();
    assertEquals(Identity.ALWAYS, i.column("ID").orElseThrow().identity());
    assertEquals(List.of(List.of("U")), i.keys());
    assertTrue(catalogue.table(new TableName("PUBLIC", "TREE")).orElseThrow().selfReferencing());
    for (String hidden : List.of("ON_UPDATE", "NULLED")) {
      Table table = catalogue.table(new TableName("PUBLIC", hidden)).orElseThrow();
      assertEquals(1, table.triggers().size(), hidden);
    }
    assertTrue(catalogue.isView(new TableName("PUBLIC", "W")));
    assertEquals(Optional.empty(), catalogue.table(new TableName("PUBLIC", "W")));
  }

  @Test
  void aDefinitionMayCallWhatTheEngineBrings() throws SQLException {
    Classifier classifier = new Classifier(dialect.facts());
    for (String sql :
        List.of(
            "CREATE TABLE N (ID INT, C TIMESTAMP DEFAULT NOW(), V VARCHAR(5) DEFAULT UPPER('x'))",
            "CREATE VIEW W AS SELECT ID, FORMATDATETIME(NOW(), 'yyyy') FROM T",
            "CREATE OR REPLACE VIEW W AS SELECT MAX(ID) AS M FROM T",
            "CREATE INDEX IF NOT EXISTS I ON T (V)")) {
      run(two, sql);
      assertInstanceOf(
          CapturePlan.Ddl.class, classifier.classify(sql, dialect.catalogue(one)), sql);
    }
    for (String sql :
        List.of(
            "CREATE TABLE N (ID INT) AS SELECT ID FROM T",
            "CREATE LOCAL TEMPORARY TABLE X (ID INT)",
            "CREATE ALIAS F FOR 'java.lang.Math.abs(int)'",
            "ALTER TABLE T ALTER COLUMN V TIMESTAMP DEFAULT NOW()",
            "MERGE INTO T X USING T Y ON X.ID = Y.ID WHEN MATCHED THEN DELETE",
            "MERGE INTO T X USING T Y ON X.V = Y.V WHEN MATCHED THEN UPDATE SET X.ID = Y.ID",
            "INSERT INTO T VALUES (NEXTVAL('S'), 1)",
            "UPDATE T SET V = ?1 WHERE ID = ?2",
            "DELETE FROM T WHERE ID = ?; DELETE FROM T WHERE ID = 2",
            "DELETE FROM T WHERE ID = 1; SELECT 1",
            "DELETE FROM T WHERE ID = 1; COMMIT; DELETE FROM T WHERE ID = 2",
            "COMMIT TRANSACTION X",
            "ROLLBACK TRANSACTION X",
            "SET WRITE_DELAY 500")) {
      CapturePlan plan = classifier.classify(sql, dialect.catalogue(one));
      assertInstanceOf(CapturePlan.Refuse.class, plan, sql);
    }
  }

  @Test
  void aUrlThatChangesWhatStatementsMeanIsRefused() throws PolluxException {
    assertEquals("jdbc:h2:/d/a;USER=u;IFEXISTS=TRUE", dialect.openUrl("jdbc:h2:/d/a;USER=u"));
    assertEquals("jdbc:h2:/d/a", dialect.createUrl("jdbc:h2:/d/a;IFEXISTS=TRUE"));
    assertEquals("jdbc:h2:/d/a;DB_CLOSE_ON_EXIT=FALSE", dialect.hostedUrl("jdbc:h2:/d/a"));
    assertEquals(
        "jdbc:h2:/d/a;db_close_on_exit=TRUE",
        dialect.hostedUrl("jdbc:h2:/d/a;db_close_on_exit=TRUE"));
    assertEquals(Optional.of(Path.of("/d/a")), dialect.databaseDirectory("jdbc:h2:file:/d/a;X=y"));
    assertEquals(Optional.empty(), dialect.databaseDirectory("jdbc:h2:mem:a"));
    assertFalse(dialect.accepts("jdbc:h2:tcp://host/a"));
    for (String attribute :
        List.of(
            "INIT=CREATE SCHEMA X", "mode=MySQL", "WRITE_DELAY=500", "DATABASE_TO_UPPER=FALSE")) {
      PolluxException error =
          assertThrows(
              PolluxException.class, () -> dialect.databaseDirectory("jdbc:h2:/d/a;" + attribute));
      assertEquals(PolluxException.Reason.BAD_URL, error.reason());
    }
  }

  @Test
  void aCopyThatWasTakenWhileOthersWriteIsOfOneMoment() throws Exception {
    run(one, "CREATE TABLE U (ID INTEGER, B BLOB)");
    run(one, "CREATE TABLE G (ID INTEGER GENERATED ALWAYS AS IDENTITY, V INTEGER)");
    run(one, "INSERT INTO G (V) VALUES (1), (2)");
    one.commit();
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService writer = Executors.newSingleThreadExecutor();
    Path backup = directory.resolve("copies/one");
    String target = "jdbc:h2:" + directory.resolve("target");
    try {
      Future<Integer> written = writer.submit(() -> writePairs(stop));
      for (int round = 0; round < 5; round++) {
        dialect.backup(one, backup);
        dialect.restore(backup, target, NONE);
        assertFalse(Files.exists(backup));
        try (Connection copy = DriverManager.getConnection(dialect.openUrl(target))) {
          assertEquals(
              rows(copy, "SELECT COUNT(*) FROM T WHERE ID > 3"),
              rows(copy, "SELECT COUNT(*) FROM U"));
          assertEquals(List.of("3"), keyOfNext(copy));
        }
        dialect.shutdown(target, NONE);
      }
      stop.set(true);
      assertTrue(written.get(30, TimeUnit.SECONDS) > 0);
    } finally {
      stop.set(true);
      writer.shutdown();
      assertTrue(writer.awaitTermination(30, TimeUnit.SECONDS));
    }
  }

  private static List<String> keyOfNext(Connection copy) throws SQLException {
    return rows(copy, "SELECT ID FROM FINAL TABLE (INSERT INTO G (V) VALUES (3))");
  }

  private int writePairs(AtomicBoolean stop) throws SQLException {
    int pairs = 0;
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      while (!stop.get()) {
        pairs++;
        run(connection, "INSERT INTO T VALUES (" + (pairs + 3) + ", 0)");
        run(connection, "INSERT INTO U VALUES (" + pairs + ", X'0102')");
        connection.commit();
      }
    }
    return pairs;
  }
}
