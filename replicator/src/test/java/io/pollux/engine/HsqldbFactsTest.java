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
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Pollux relies on in each transaction model; docs/engine-hsqldb.md lists it. A new version of
 * the engine runs all.
 */
abstract class HsqldbFactsTest {
  private static final Properties NONE = new Properties();

  private final Dialect dialect = new HsqldbDialect();
  private final ExecutorService others = Executors.newCachedThreadPool();
  private final List<Connection> opened = new ArrayList<>();
  private String url;
  private Connection one;
  private Connection two;

  @TempDir Path directory;

  /** The transaction model. */
  abstract String model();

  @BeforeEach
  void open() throws SQLException {
    url = "jdbc:hsqldb:file:" + directory.resolve("facts") + ";hsqldb.tx=" + model();
    one = connect();
    two = connect();
    run(one, "CREATE TABLE T (ID INTEGER PRIMARY KEY, V INTEGER)");
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
  void close() throws Exception {
    for (Connection connection : opened) {
      connection.close();
    }
    others.shutdown();
    assertTrue(others.awaitTermination(30, TimeUnit.SECONDS));
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

  private static void assertWaits(Future<?> statement) {
    assertThrows(TimeoutException.class, () -> statement.get(200, TimeUnit.MILLISECONDS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE N (A INTEGER)",
        "CREATE TABLE T (A INTEGER)",
        "CREATE SEQUENCE N",
        "CREATE INDEX I ON T (V)",
        "CREATE VIEW W AS SELECT ID FROM T",
        "ALTER TABLE T ADD COLUMN N INTEGER",
        "COMMENT ON TABLE T IS 'x'",
        "CREATE SCHEMA N"
      })
  void aSchemaChangeCommitsWhatWasDoneBeforeAlsoWhenItFails(String sql) throws SQLException {
    run(one, "INSERT INTO T VALUES (4, 0)");
    try (Statement statement = one.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      assertEquals("42504", e.getSQLState());
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
  void aRowThatIsSetToWhatItIsIsHeldToTheEndOfTheTransaction() throws Exception {
    assertEquals(1, run(one, "UPDATE T SET V = V WHERE ID = 1"));
    Future<Integer> other = others.submit(() -> run(two, "UPDATE T SET V = V + 1 WHERE ID = 1"));
    assertWaits(other);
    run(one, "UPDATE T SET V = 5 WHERE ID = 1");
    one.commit();
    assertEquals(1, other.get(30, TimeUnit.SECONDS));
    assertEquals(List.of("6"), rows(two, "SELECT V FROM T WHERE ID = 1"));
  }

  @Test
  void forUpdateAndLockTableHoldNothingInOneOfTheModels() throws Exception {
    rows(one, "SELECT ID FROM T WHERE ID = 1 FOR UPDATE");
    run(one, "LOCK TABLE T WRITE");
    Future<Integer> other = others.submit(() -> run(two, "UPDATE T SET V = 1 WHERE ID = 1"));
    if (model().equals("mvcc")) {
      assertEquals(1, other.get(30, TimeUnit.SECONDS));
    } else {
      assertWaits(other);
    }
    one.commit();
    assertEquals(1, other.get(30, TimeUnit.SECONDS));
  }

  @Test
  void aDeadlockRollsTheTransactionBack() throws Exception {
    run(one, "CREATE TABLE O (ID INTEGER PRIMARY KEY, V INTEGER)");
    run(one, "INSERT INTO O VALUES (1, 0)");
    one.commit();
    run(one, "UPDATE T SET V = 1 WHERE ID = 1");
    run(two, "UPDATE O SET V = 1 WHERE ID = 1");
    Future<Integer> waiting = others.submit(() -> run(one, "UPDATE O SET V = 2 WHERE ID = 1"));
    assertWaits(waiting);
    SQLException error = fails(two, "UPDATE T SET V = 2 WHERE ID = 1");
    assertEquals("40001", error.getSQLState());
    assertTrue(dialect.endsTransaction(error) && dialect.isTransient(error));
    assertEquals(1, waiting.get(30, TimeUnit.SECONDS));
    one.rollback();
    assertEquals(List.of("0"), rows(two, "SELECT V FROM O"));
  }

  @Test
  void anExplicitKeyOverridesWhatTheEngineGeneratesAndMovesTheGenerator() throws SQLException {
    run(one, "CREATE TABLE G (ID INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, V INTEGER)");
    assertEquals("42542", fails(one, "INSERT INTO G (ID, V) VALUES (1, 1)").getSQLState());
    assertEquals(1, run(one, "INSERT INTO G (ID, V) OVERRIDING SYSTEM VALUE VALUES (50, 1)"));
    run(one, "INSERT INTO G (V) VALUES (2)");
    assertEquals(List.of("50", "51"), rows(one, "SELECT ID FROM G ORDER BY ID"));
    run(one, "INSERT INTO G (ID, V) OVERRIDING SYSTEM VALUE VALUES (7, 1)");
    run(one, "INSERT INTO G (V) VALUES (2)");
    assertEquals(List.of("7", "50", "51", "52"), rows(one, "SELECT ID FROM G ORDER BY ID"));
    assertEquals(
        "42581", fails(one, "INSERT INTO T (ID) OVERRIDING SYSTEM VALUE VALUES (9)").getSQLState());
  }

  @Test
  void aReignAfterStandingByBeginsAboveAllThatAnotherOneMayHaveGiven() throws SQLException {
    for (String sql : dialect.systemTables().create()) {
      run(one, sql);
    }
    run(one, "CREATE SEQUENCE S");
    run(
        one,
        "CREATE TABLE G (ID INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            + " V INTEGER NOT NULL CHECK (V > 0))");
    run(one, "INSERT INTO G (ID, V) OVERRIDING SYSTEM VALUE VALUES (5, 1)");
    run(one, "DELETE FROM G");
    TableName sequence = new TableName("PUBLIC", "S");
    List<Generator> marks =
        List.of(
            new Generator(GeneratorKind.SEQUENCE, sequence, 50),
            new Generator(GeneratorKind.IDENTITY, new TableName("PUBLIC", "G"), 7));
    dialect.becomeStandby(one);
    dialect.becomeStandby(one);
    one.commit();
    dialect.becomeActive(one, marks);
    assertEquals(50 + HsqldbGenerators.GAP + 1, dialect.nextValue(one, sequence));
    run(one, "INSERT INTO G (V) VALUES (1)");
    String expected = String.valueOf(7 + HsqldbGenerators.GAP + 1);
    assertEquals(List.of(expected), rows(one, "SELECT ID FROM G"));
    one.commit();
    dialect.becomeActive(one, marks);
    assertEquals(50 + HsqldbGenerators.GAP + 2, dialect.nextValue(one, sequence));
    run(one, "INSERT INTO G (V) VALUES (1)");
    String next = String.valueOf(7 + HsqldbGenerators.GAP + 2);
    assertEquals(List.of(expected, next), rows(one, "SELECT ID FROM G ORDER BY ID"));
  }

  @Test
  void aSequenceFollowsItsMarkAndIsNeverSetBack() throws SQLException {
    run(one, "CREATE SEQUENCE S START WITH 5 INCREMENT BY 2");
    run(one, "CREATE SEQUENCE FAR AS BIGINT");
    run(
        one,
        "CREATE TABLE F (ID BIGINT GENERATED BY DEFAULT AS SEQUENCE S PRIMARY KEY, V INTEGER)");
    TableName sequence = new TableName("PUBLIC", "S");
    assertEquals(List.of(), dialect.generators(one));
    dialect.keepAbove(one, new Generator(GeneratorKind.SEQUENCE, sequence, 9));
    assertEquals(Optional.of(9L), dialect.lastValue(one, GeneratorKind.SEQUENCE, sequence));
    dialect.keepAbove(one, new Generator(GeneratorKind.SEQUENCE, sequence, 3));
    assertEquals(11, dialect.nextValue(two, sequence));
    TableName far = new TableName("PUBLIC", "FAR");
    dialect.keepAbove(one, new Generator(GeneratorKind.SEQUENCE, far, 1L << 40));
    assertEquals(0, dialect.nextValue(one, far));
    run(one, "INSERT INTO F VALUES (21, 1)");
    one.commit();
    dialect.raiseGenerators(
        one, List.of(new Generator(GeneratorKind.SEQUENCE, far, (1L << 40) + 1)));
    assertEquals(23, dialect.nextValue(two, sequence));
    for (Connection session : List.of(two, one, connect())) {
      assertTrue(dialect.nextValue(session, far) > (1L << 40) + 1);
    }
  }

  @Test
  void aValueThatACallDrewIsGivenToValuesOnceMore() throws SQLException {
    run(one, "CREATE SEQUENCE S");
    assertEquals(List.of("0"), rows(one, "CALL NEXT VALUE FOR S"));
    assertEquals(List.of("0"), rows(one, "VALUES NEXT VALUE FOR S"));
    assertEquals(1, dialect.nextValue(one, new TableName("PUBLIC", "S")));
    assertEquals(List.of("2"), rows(one, "VALUES NEXT VALUE FOR S"));
    assertEquals(List.of("3"), rows(one, "CALL NEXT VALUE FOR S"));
  }

  @Test
  void commitsAreForcedWhenANodeHasOpenedTheDatabase() throws SQLException {
    String setting =
        "SELECT PROPERTY_VALUE FROM INFORMATION_SCHEMA.SYSTEM_PROPERTIES"
            + " WHERE PROPERTY_NAME = 'hsqldb.write_delay'";
    assertEquals(List.of("true"), rows(two, setting));
    two.commit();
    dialect.makeDurable(one);
    assertEquals(List.of("false"), rows(two, setting));
  }

  @Test
  void aDatabaseThatChangesRowsUnseenIsNotOpened() throws SQLException {
    run(one, "CREATE TABLE C (ID INTEGER PRIMARY KEY REFERENCES T ON UPDATE CASCADE)");
    dialect.makeDurable(one);
    run(one, "CREATE TABLE U (ID INTEGER, C TIMESTAMP DEFAULT NOW() ON UPDATE CURRENT_TIMESTAMP)");
    SQLException error = assertThrows(SQLException.class, () -> dialect.makeDurable(one));
    assertTrue(error.getMessage().contains("PUBLIC.U("), error::getMessage);
  }

  @Test
  void theSettingsThatChangeWhatAStatementMeansAreKnown() throws SQLException {
    String meaning = "sql.nulls_first";
    assertEquals("true", dialect.settings(one).get(meaning));
    run(one, "SET DATABASE SQL NULLS FIRST FALSE");
    assertEquals("false", dialect.settings(one).get(meaning));
    assertFalse(dialect.settings(one).containsKey("hsqldb.tx"));
  }

  @Test
  void aKeyThatIsAlwaysGeneratedIsNeverSet() throws SQLException {
    run(one, "ALTER TABLE T ADD COLUMN N INTEGER GENERATED ALWAYS AS IDENTITY");
    assertEquals("42541", fails(one, "UPDATE T SET N = 7 WHERE ID = 1").getSQLState());
  }

  @Test
  void namesThatTheEngineGivesChangeWhenTheDatabaseIsOpened() throws SQLException {
    run(one, "CREATE TABLE A (ID INTEGER PRIMARY KEY, B INTEGER UNIQUE, CHECK (B > 0))");
    String names =
        "SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS"
            + " WHERE TABLE_NAME = 'A' ORDER BY CONSTRAINT_TYPE, CONSTRAINT_NAME";
    List<String> before = rows(one, names);
    assertTrue(before.stream().allMatch(name -> name.startsWith("SYS_")), before::toString);
    dialect.shutdown(url, NONE);
    assertFalse(rows(connect(), names).equals(before));
    CapturePlan plan = plan("ALTER TABLE A DROP CONSTRAINT " + before.get(0));
    assertInstanceOf(CapturePlan.Refuse.class, plan);
  }

  private CapturePlan plan(String sql) throws SQLException {
    Connection last = opened.get(opened.size() - 1);
    return new Classifier(dialect.facts()).classify(sql, dialect.catalogue(last));
  }

  @Test
  void theCatalogueKnowsKeysIdentitiesAndWhatChangesARowUnseen() throws SQLException {
    run(
        one,
        "CREATE TABLE P (A INTEGER NOT NULL, B VARCHAR(5) NOT NULL, C INTEGER UNIQUE,"
            + " D NUMERIC(7, 2), E INTEGER GENERATED ALWAYS AS (A * 2), PRIMARY KEY (A, B))");
    run(one, "CREATE TABLE I (ID BIGINT GENERATED ALWAYS AS IDENTITY, U INTEGER NOT NULL UNIQUE)");
    run(one, "CREATE TABLE TREE (ID INTEGER PRIMARY KEY, UP INTEGER REFERENCES TREE)");
    run(
        one,
        "CREATE TABLE VERSIONS (ID INTEGER PRIMARY KEY, B TIMESTAMP GENERATED ALWAYS AS ROW START,"
            + " E TIMESTAMP GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (B, E))"
            + " WITH SYSTEM VERSIONING");
    run(
        one,
        "CREATE TRIGGER TR BEFORE INSERT ON T REFERENCING NEW ROW AS N FOR EACH ROW SET N.V = 1");
    run(one, "CREATE VIEW W AS SELECT A FROM P");
    run(one, "CREATE TEXT TABLE X (A INTEGER PRIMARY KEY)");
    run(one, "CREATE GLOBAL TEMPORARY TABLE GT (A INTEGER PRIMARY KEY)");
    Catalogue catalogue = dialect.catalogue(one);
    Table p = catalogue.table(new TableName("PUBLIC", "P")).orElseThrow();
    assertEquals(List.of(List.of("A", "B")), p.keys());
    assertEquals(Set.of("A", "B", "C"), p.uniqueColumns());
    assertEquals("NUMERIC(7, 2)", p.column("D").orElseThrow().typeText());
    assertTrue(p.column("E").orElseThrow().generated());
    Table i = catalogue.table(new TableName("PUBLIC", "I")).orElseThrow();
    assertEquals(Identity.ALWAYS, i.column("ID").orElseThrow().identity());
    assertEquals(List.of(List.of("U")), i.keys());
    Table inline = catalogue.table(new TableName("PUBLIC", "TREE")).orElseThrow();
    assertEquals(List.of(List.of("ID")), inline.keys());
    assertEquals("23502", fails(one, "INSERT INTO TREE VALUES (NULL, NULL)").getSQLState());
    assertTrue(inline.selfReferencing());
    for (String hidden : List.of("VERSIONS", "T")) {
      Table table = catalogue.table(new TableName("PUBLIC", hidden)).orElseThrow();
      assertEquals(1, table.triggers().size(), hidden);
    }
    assertTrue(catalogue.isView(new TableName("PUBLIC", "W")));
    for (String other : List.of("W", "X", "GT")) {
      assertEquals(Optional.empty(), catalogue.table(new TableName("PUBLIC", other)), other);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE N (ID INT, C TIMESTAMP DEFAULT NOW(), V VARCHAR(5) DEFAULT 'x')",
        "CREATE CACHED TABLE N (ID INT PRIMARY KEY REFERENCES T ON UPDATE CASCADE)",
        "CREATE VIEW W AS SELECT MAX(ID) AS M FROM T",
        "CREATE TABLE SYS_USER (ID INT, SYS_PK_OF INT)",
        "CREATE INDEX IF NOT EXISTS I ON T (V)",
        "ALTER TABLE T ADD CONSTRAINT C CHECK (V > -1)"
      })
  void aDefinitionMayCallWhatTheEngineBrings(String sql) throws SQLException {
    run(two, sql);
    assertInstanceOf(CapturePlan.Ddl.class, plan(sql));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE N (ID INT) AS (SELECT ID FROM T) WITH DATA",
        "CREATE TABLE N (ID INT, U TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)",
        "ALTER TABLE T ADD COLUMN N INT GENERATED ALWAYS AS IDENTITY",
        "CREATE TEXT TABLE N (ID INT)",
        "SET TABLE N SOURCE 'n.csv'",
        "CREATE TEMPORARY TABLE N (ID INT)",
        "CREATE GLOBAL TEMPORARY TABLE N (ID INT)",
        "DECLARE LOCAL TEMPORARY TABLE T (ID INT)",
        "CREATE FUNCTION F(I INT) RETURNS INT NO SQL LANGUAGE JAVA EXTERNAL NAME 'x'",
        "CREATE PROCEDURE P() MODIFIES SQL DATA INSERT INTO T VALUES (1, 1)",
        "CREATE TRIGGER X AFTER INSERT ON T CALL \"x.Y\"",
        "ALTER TABLE T ALTER COLUMN V TIMESTAMP DEFAULT NOW()",
        "MERGE INTO T USING (VALUES 1, 2) AS X (I, W) ON T.ID = X.I WHEN MATCHED THEN DELETE",
        "MERGE INTO T USING (VALUES 1, 2) AS X (I, W) ON T.V = X.W WHEN MATCHED THEN UPDATE SET T.ID = X.I",
        "TRUNCATE TABLE T",
        "UPDATE T SET ID = ID + 1",
        "SELECT V FROM T; DELETE FROM T",
        "DELETE FROM T WHERE ID = ?; DELETE FROM T WHERE ID = 2",
        "CALL P()",
        "CALL IDENTITY(); DELETE FROM T",
        "COMMIT AND CHAIN",
        "START TRANSACTION READ ONLY",
        "CHECKPOINT",
        "SHUTDOWN",
        "SCRIPT '/tmp/x'",
        "SET AUTOCOMMIT TRUE",
        "SET TIME ZONE LOCAL",
        "SET DATABASE TRANSACTION CONTROL MVCC",
        "SET FILES WRITE DELAY TRUE"
      })
  void whatCannotBeCapturedIsRefused(String sql) throws SQLException {
    assertInstanceOf(CapturePlan.Refuse.class, plan(sql));
  }

  @Test
  void aSequenceIsAlsoDrawnByACall() throws SQLException {
    run(one, "CREATE SEQUENCE S");
    CapturePlan plan = plan("CALL NEXT VALUE FOR S");
    assertEquals(new CapturePlan.Sequence(List.of(new TableName("PUBLIC", "S"))), plan);
    assertEquals(new CapturePlan.Pass(), plan("CALL IDENTITY()"));
  }

  @Test
  void aUrlThatChangesWhatStatementsMeanIsRefused() throws PolluxException {
    String plain = "jdbc:hsqldb:file:/d/a";
    assertEquals(plain + ";user=u;ifexists=true", dialect.openUrl(plain + ";user=u"));
    assertEquals(plain, dialect.createUrl(plain + ";ifexists=true"));
    assertEquals(Optional.of(Path.of("/d/a")), dialect.databaseDirectory(plain + ";shutdown=true"));
    assertEquals(Optional.of(Path.of("/d/a")), dialect.databaseDirectory("jdbc:hsqldb:/d/a"));
    assertEquals(Optional.empty(), dialect.databaseDirectory("jdbc:hsqldb:mem:a"));
    for (String server : List.of("hsql://host/a", "hsqls://host/a", "http://host/a", "res:/a")) {
      assertFalse(dialect.accepts("jdbc:hsqldb:" + server), server);
    }
    for (String attribute :
        List.of("sql.syntax_ora=true", "readonly=true", "hsqldb.log_data=false")) {
      PolluxException error =
          assertThrows(
              PolluxException.class, () -> dialect.databaseDirectory(plain + ";" + attribute));
      assertEquals(PolluxException.Reason.BAD_URL, error.reason());
    }
  }

  @Test
  void aCopyThatWasTakenWhileOthersWriteIsOfOneMoment() throws Exception {
    run(one, "CREATE CACHED TABLE U (ID INTEGER, B BLOB)");
    run(one, "CREATE TABLE G (ID INTEGER GENERATED ALWAYS AS IDENTITY, V INTEGER)");
    run(one, "CREATE SEQUENCE S");
    dialect.nextValue(one, new TableName("PUBLIC", "S"));
    run(one, "INSERT INTO G (V) VALUES (1), (2)");
    one.commit();
    AtomicBoolean stop = new AtomicBoolean();
    Path backup = directory.resolve("copies/one");
    String target = "jdbc:hsqldb:file:" + directory.resolve("target");
    List<Future<Integer>> writers = new ArrayList<>();
    try {
      for (int writer = 1; writer <= 4; writer++) {
        int first = writer * 1_000_000;
        writers.add(others.submit(() -> writePairs(stop, first)));
      }
      for (int round = 0; round < 5; round++) {
        dialect.backup(one, backup);
        dialect.restore(backup, target, NONE);
        assertFalse(Files.exists(backup));
        try (Connection copy = DriverManager.getConnection(dialect.openUrl(target))) {
          assertEquals(
              rows(copy, "SELECT COUNT(*) FROM T WHERE ID > 3"),
              rows(copy, "SELECT COUNT(*) FROM U WHERE OCTET_LENGTH(B) = 2"));
          assertEquals(1, dialect.nextValue(copy, new TableName("PUBLIC", "S")));
          run(copy, "INSERT INTO G (V) VALUES (3)");
          assertEquals(List.of("2"), rows(copy, "SELECT ID FROM G WHERE V = 3"));
        }
        dialect.shutdown(target, NONE);
      }
      stop.set(true);
      for (Future<Integer> writer : writers) {
        assertTrue(writer.get(30, TimeUnit.SECONDS) > 0);
      }
    } finally {
      stop.set(true);
    }
  }

  private int writePairs(AtomicBoolean stop, int first) throws SQLException {
    int pairs = 0;
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement t = connection.prepareStatement("INSERT INTO T VALUES (?, 0)");
        PreparedStatement u = connection.prepareStatement("INSERT INTO U VALUES (?, X'0102')")) {
      connection.setAutoCommit(false);
      while (!stop.get()) {
        pairs++;
        t.setInt(1, first + pairs);
        t.executeUpdate();
        u.setInt(1, first + pairs);
        u.executeUpdate();
        connection.commit();
      }
    }
    return pairs;
  }

  @Test
  void aRestoreThatStoppedMidwayGoesOn() throws Exception {
    Path backup = directory.resolve("copy");
    dialect.backup(one, backup);
    Path database = directory.resolve("target");
    String target = "jdbc:hsqldb:file:" + database;
    Files.writeString(directory.resolve("target.log"), "of a former database");
    Files.createFile(backup.resolve("moving"));
    Files.move(backup.resolve("facts.script"), directory.resolve("target.script"));
    Files.delete(directory.resolve("target.log"));
    dialect.restore(backup, target, NONE);
    dialect.restore(backup, target, NONE);
    try (Connection copy = DriverManager.getConnection(dialect.openUrl(target))) {
      assertEquals(List.of("3"), rows(copy, "SELECT COUNT(*) FROM T"));
    }
    dialect.shutdown(target, NONE);
  }
}
