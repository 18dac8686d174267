package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.sql.SystemTables;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Pollux relies on; docs/engine-derby.md lists it. A new version of the engine runs all. */
final class DerbyFactsTest {
  private static final String URL = "jdbc:derby:memory:facts";

  private final Dialect dialect = new DerbyDialect();
  private final SystemTables tables = dialect.systemTables();
  private final List<Connection> opened = new ArrayList<>();
  private Connection one;
  private Connection two;

  @BeforeEach
  void open() throws SQLException {
    DriverManager.getConnection(dialect.createUrl(URL)).close();
    one = connect();
    two = connect();
    run(one, "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.locks.waitTimeout', '2')");
    run(one, "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.locks.deadlockTimeout', '1')");
    run(one, "CREATE TABLE T (ID INTEGER NOT NULL PRIMARY KEY, B INTEGER, V INTEGER)");
    run(one, "CREATE TABLE O (ID INTEGER NOT NULL PRIMARY KEY, V INTEGER)");
    for (int i = 0; i < 10; i++) {
      run(one, "INSERT INTO T VALUES (" + i + ", " + i % 2 + ", 0)");
      run(one, "INSERT INTO O VALUES (" + i + ", " + i + ")");
    }
    one.commit();
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(URL);
    connection.setAutoCommit(false);
    opened.add(connection);
    return connection;
  }

  @AfterEach
  void close() throws SQLException {
    for (Connection connection : opened) {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.close();
      }
    }
    dialect.shutdown(URL, new Properties());
    assertThrows(SQLException.class, () -> DriverManager.getConnection(URL + ";drop=true").close());
  }

  // Reading keys under locks.

  @Test
  void forUpdateAloneHoldsNoLockOnceTheResultIsClosed() throws SQLException {
    query(one, "SELECT ID FROM T WHERE ID = 1 FOR UPDATE");
    assertEquals("", rowLocks());
  }

  @Test
  void forUpdateWithRsHoldsTheRowsItReturnedAndNoneThatAPlainComparisonLeftOut()
      throws SQLException {
    assertEquals("3 5 ", query(one, "SELECT ID FROM T WHERE ID IN (3, 5) FOR UPDATE WITH RS"));
    assertEquals("U T ".repeat(2), rowLocks());
    one.rollback();
    query(one, "SELECT ID FROM T WHERE V = 1 FOR UPDATE WITH RS");
    assertEquals("", rowLocks(), "no row matches a full scan");
  }

  @Test
  void aComparisonThatTheScanCanNotMakeLocksEveryRowItLooksAt() throws SQLException {
    query(one, "SELECT ID FROM T WHERE MOD(ID, 10) = 1 FOR UPDATE WITH RS");
    assertEquals("U T ".repeat(10), rowLocks());
  }

  @Test
  void forUpdateTakesNoSubqueryButWithRsAndWithRrDo() throws SQLException {
    String keys = "SELECT ID FROM T WHERE V < (SELECT MAX(V) FROM O WHERE ID = 3) AND ID = 1";
    assertEquals("42Y90", state(one, keys + " FOR UPDATE WITH RS"));
    query(one, keys + " WITH RS");
    assertEquals("S O S T ", rowLocks());
    one.rollback();
    query(one, "SELECT ID FROM T WHERE B = (SELECT MAX(V) FROM O) WITH RR");
    assertEquals("40XL1", state(two, "INSERT INTO O VALUES (99, 99)"), "no phantom may come");
  }

  @Test
  void lockTableKeepsOthersFromWritingToTheEndOfTheTransaction() throws SQLException {
    run(one, "LOCK TABLE T IN EXCLUSIVE MODE");
    assertEquals("40XL1", state(two, "UPDATE T SET V = 1 WHERE ID = 1"));
    one.commit();
    run(two, "UPDATE T SET V = 1 WHERE ID = 1");
  }

  // Errors.

  @Test
  void aLockTimeoutEndsTheTransactionAndMayBeTriedAgain() throws SQLException {
    run(one, "UPDATE T SET V = 1 WHERE ID = 1");
    run(two, "UPDATE T SET V = 2 WHERE ID = 2");
    SQLException timeout = error(two, "UPDATE T SET V = 2 WHERE ID = 1");
    assertEquals("40XL1", timeout.getSQLState());
    assertTrue(dialect.endsTransaction(timeout) && dialect.isTransient(timeout));
    assertEquals("0 ", query(two, "SELECT V FROM T WHERE ID = 2"));
  }

  @Test
  void aDeadlockEndsTheTransactionAndMayBeTriedAgain() throws Exception {
    run(one, "UPDATE T SET V = 1 WHERE ID = 1");
    run(two, "UPDATE T SET V = 2 WHERE ID = 2");
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<String> first = other.submit(() -> attempt(two, "UPDATE T SET V = 2 WHERE ID = 1"));
      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .until(() -> first.isDone() || waiting().contains("WAIT"));
      String second = attempt(one, "UPDATE T SET V = 1 WHERE ID = 2");
      assertEquals(Set.of("", "40001"), new HashSet<>(List.of(first.get(), second)));
    } finally {
      other.shutdown();
      assertTrue(other.awaitTermination(30, TimeUnit.SECONDS));
    }
    SQLException deadlock = new SQLException("deadlock", "40001", 30_000);
    assertTrue(dialect.endsTransaction(deadlock) && dialect.isTransient(deadlock));
  }

  private String waiting() throws SQLException {
    try (Connection connection = DriverManager.getConnection(URL)) {
      return query(connection, "SELECT STATE FROM SYSCS_DIAG.LOCK_TABLE");
    }
  }

  private static String attempt(Connection connection, String sql) {
    try {
      run(connection, sql);
      return "";
    } catch (SQLException e) {
      return e.getSQLState() + (e.getErrorCode() == 30_000 ? "" : " " + e.getErrorCode());
    }
  }

  @Test
  void anErrorOfAStatementLeavesTheTransaction() throws SQLException {
    List<String> statements =
        List.of(
            "SELEC",
            "INSERT INTO T VALUES (1, 1, 1)",
            "UPDATE T SET V = 1 / 0 WHERE ID = 3",
            "INSERT INTO NOSUCH VALUES 1");
    run(one, "UPDATE T SET V = 7 WHERE ID = 1");
    for (String sql : statements) {
      SQLException error = error(one, sql);
      assertFalse(dialect.endsTransaction(error), error.toString());
      assertFalse(dialect.isTransient(error));
    }
    assertEquals("7 ", query(one, "SELECT V FROM T WHERE ID = 1"));
  }

  // What commits.

  @Test
  void settingTheIsolationAsTextCommits() throws SQLException {
    List<String> statements = List.of("SET ISOLATION RS", "SET CURRENT ISOLATION CS");
    for (String sql : statements) {
      run(one, "DELETE FROM T");
      run(one, sql);
      one.rollback();
      assertEquals("0 ", query(one, "SELECT COUNT(*) FROM T"), sql);
      run(one, "INSERT INTO T VALUES (1, 1, 1)");
      one.commit();
    }
  }

  @Test
  void settingAnotherIsolationOverJdbcCommitsToo() throws SQLException {
    run(one, "DELETE FROM T");
    one.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    one.rollback();
    assertEquals("10 ", query(one, "SELECT COUNT(*) FROM T"));
    run(one, "DELETE FROM T");
    one.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    one.rollback();
    assertEquals("0 ", query(one, "SELECT COUNT(*) FROM T"));
  }

  @Test
  void whatThePlansCallSessionOrSchemaChangeDoesNotCommit() throws SQLException {
    List<String> statements = new ArrayList<>();
    statements.add("SET SCHEMA APP");
    statements.add("SET CONSTRAINTS ALL DEFERRED");
    statements.add("LOCK TABLE T IN SHARE MODE");
    statements.add("DECLARE GLOBAL TEMPORARY TABLE SESSION.S (X INTEGER) NOT LOGGED");
    statements.add("CREATE TABLE N (X INTEGER)");
    statements.add("ALTER TABLE O ADD COLUMN W INTEGER");
    statements.add("CREATE SEQUENCE Q");
    statements.add("TRUNCATE TABLE O");
    statements.add("DROP TABLE O");
    for (String procedure : DerbyFacts.SQL.statements().maintenance()) {
      String arguments =
          procedure.endsWith("BACKUP_DATABASE")
              ? "'" + System.getProperty("project.build.directory") + "/facts-backup'"
              : procedure.contains("STATISTICS") ? "0" : "";
      statements.add("CALL " + procedure + "(" + arguments + ")");
    }
    statements.removeIf(sql -> sql.contains("_FREEZE") || sql.contains("_UNFREEZE"));
    for (String sql : statements) {
      run(one, "DELETE FROM T");
      run(one, sql);
      one.rollback();
      assertEquals("10 ", query(one, "SELECT COUNT(*) FROM T"), sql);
      one.rollback();
    }
  }

  // Text.

  @Test
  void theEngineRefusesWhatThePlansNeedNotRead() throws SQLException {
    List<String> statements =
        List.of(
            "VALUES 1;",
            "VALUES 1; VALUES 2",
            "VALUES\u00a01",
            "VALUES\f1",
            "\ufeffVALUES 1",
            "ſELECT 1 FROM T",
            "VALUES 1 /* /* */",
            "COMMIT",
            "BEGIN",
            "EXPLAIN VALUES 1",
            "WITH X AS (VALUES 1) SELECT * FROM X",
            "SELECT ID INTO X FROM T",
            "SELECT * FROM FINAL TABLE (INSERT INTO O VALUES (77, 7))",
            "VALUES U&'x'",
            "VALUES $$x$$",
            "UPDATE T SET V = 1 FROM O",
            "UPDATE T SET (V, B) = (1, 2)",
            "UPDATE T SET V = 1 WHERE ID = 1 FETCH FIRST ROW ONLY",
            "INSERT INTO T DEFAULT VALUES",
            "CREATE FUNCTION F() RETURNS INTEGER LANGUAGE JAVA PARAMETER STYLE JAVA MODIFIES SQL DATA"
                + " EXTERNAL NAME 'java.lang.Math.abs'",
            "CREATE TABLE D (A DOUBLE DEFAULT RANDOM())",
            "CREATE TABLE D (A INTEGER DEFAULT NEXT VALUE FOR Q)",
            "SELECT ID FROM T WHERE V = NEXT VALUE FOR Q");
    run(one, "CREATE SEQUENCE Q");
    for (String sql : statements) {
      error(one, sql);
    }
  }

  @Test
  void theEngineTakesWhatThePlansRead() throws SQLException {
    List<String> statements =
        List.of(
            "VALUES 1 /* a /* b */ c */",
            "VALUES 1 --x\n",
            "((SELECT ID FROM T)) UNION ALL VALUES 1",
            "INSERT INTO O (ID) VALUES 100, 101",
            "INSERT INTO O (ID) VALUES (102), 103",
            "UPDATE T AS X SET X.V = 1 WHERE X.ID = 1",
            "UPDATE T SET V = DEFAULT",
            "CREATE VIEW W AS SELECT NEXT VALUE FOR Q AS N FROM T");
    run(one, "CREATE SEQUENCE Q");
    for (String sql : statements) {
      run(one, sql);
    }
  }

  // Types and time.

  @Test
  void aCastToAShorterTextCutsItInSilence() throws SQLException {
    try (PreparedStatement statement = one.prepareStatement("VALUES CAST(? AS VARCHAR(3))")) {
      statement.setString(1, "abcdef");
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        assertEquals("abc", result.getString(1));
      }
    }
  }

  @Test
  void aTextBecomesATimestampThroughTheTimeZoneOfTheProcess() throws SQLException {
    java.util.TimeZone former = java.util.TimeZone.getDefault();
    try {
      java.util.TimeZone.setDefault(java.util.TimeZone.getTimeZone("Europe/Berlin"));
      assertEquals("2024-03-31 03:30:00.0 ", query(one, "VALUES TIMESTAMP('2024-03-31 02:30:00')"));
    } finally {
      java.util.TimeZone.setDefault(former);
    }
  }

  // Generated keys and sequences.

  @Test
  void aStatementPreparedBeforeTheKindOfAKeyChangedFollowsTheChange() throws SQLException {
    run(one, "CREATE TABLE G (ID INTEGER GENERATED ALWAYS AS IDENTITY, V INTEGER)");
    one.commit();
    String explicit = "INSERT INTO G (ID, V) VALUES (300, 1)";
    assertEquals("42Z23", state(one, explicit));
    try (PreparedStatement generated = one.prepareStatement("INSERT INTO G (V) VALUES (1)")) {
      generated.executeUpdate();
      one.commit();
      run(two, "ALTER TABLE G ALTER COLUMN ID SET GENERATED BY DEFAULT");
      two.commit();
      run(one, explicit);
      generated.executeUpdate();
      one.commit();
      run(two, "ALTER TABLE G ALTER COLUMN ID SET GENERATED ALWAYS");
      two.commit();
      assertEquals("42Z23", state(one, explicit));
      generated.executeUpdate();
    }
    assertEquals("1 2 3 300 ", query(one, "SELECT ID FROM G ORDER BY ID"));
  }

  @Test
  void askingWhereANewGeneratorIsKeepsTheSameTransactionFromDrawing() throws SQLException {
    run(one, "CREATE SEQUENCE Q");
    one.commit();
    query(one, "VALUES SYSCS_UTIL.SYSCS_PEEK_AT_SEQUENCE('APP', 'Q')");
    assertEquals("X0Y84", state(one, "VALUES NEXT VALUE FOR Q"));
  }

  @Test
  void addingAColumnFillsRowsWithValuesOfThisNode() throws SQLException {
    run(one, "ALTER TABLE T ADD COLUMN AT_TIME TIMESTAMP DEFAULT CURRENT_TIMESTAMP");
    run(one, "ALTER TABLE T ADD COLUMN NUMBER INTEGER GENERATED ALWAYS AS IDENTITY");
    assertEquals(
        "10 ", query(one, "SELECT COUNT(*) FROM T WHERE AT_TIME IS NOT NULL AND NUMBER > 0"));
  }

  @Test
  void severalRowsThatReferToEachOtherAreDeletedByOneStatementOnly() throws SQLException {
    run(one, "CREATE TABLE TREE (ID INTEGER NOT NULL PRIMARY KEY, UP INTEGER REFERENCES TREE)");
    run(one, "INSERT INTO TREE VALUES (1, NULL), (2, 1), (3, 2)");
    assertEquals("23503", state(one, "DELETE FROM TREE WHERE ID = 1"));
    run(one, "DELETE FROM TREE");
  }

  @Test
  void aUniqueKeyMovesOverSeveralRowsInOneStatementOnly() throws SQLException {
    assertEquals("23505", state(one, "UPDATE T SET ID = ID + 1 WHERE ID = 1"));
    run(one, "UPDATE T SET ID = ID + 1");
  }

  // Our own tables.

  @Test
  void sixteenOpenTransactionsWriteTheirSlotsAndNoneWaits() throws SQLException {
    assertFalse(dialect.hasSystemTables(one));
    for (String sql : tables.create()) {
      run(one, sql);
    }
    one.commit();
    assertTrue(dialect.hasSystemTables(one));
    assertEquals(2, dialect.userTables(one).size());
    List<PreparedStatement> writers = new ArrayList<>();
    for (int id = 0; id < 16; id++) {
      PreparedStatement writer = connect().prepareStatement(tables.writeSlot());
      assertEquals(0, write(writer, id, new byte[1]), "prepared while the table was empty");
      writer.getConnection().commit();
      writers.add(writer);
    }
    for (int id = 0; id < 16; id++) {
      try (PreparedStatement insert = one.prepareStatement(tables.insertSlot())) {
        insert.setString(1, "node");
        insert.setInt(2, id);
        insert.setLong(3, 1);
        insert.setLong(4, 1);
        insert.executeUpdate();
      }
    }
    one.commit();
    for (int bytes : new int[] {16, 800, tables.maxPayloadBytes()}) {
      for (int id = 0; id < 16; id++) {
        assertEquals(1, write(writers.get(id), id, new byte[bytes]), "slot " + id);
      }
      for (PreparedStatement writer : writers) {
        writer.getConnection().commit();
      }
    }
  }

  private static int write(PreparedStatement writer, int id, byte[] payload) throws SQLException {
    writer.setLong(1, 5);
    writer.setBytes(2, payload);
    writer.setString(3, "node");
    writer.setInt(4, id);
    writer.setLong(5, 1);
    writer.setLong(6, 1);
    return writer.executeUpdate();
  }

  @Test
  void everyTextForOurTablesIsPrepared() throws SQLException {
    for (String sql : tables.create()) {
      run(one, sql);
    }
    List<String> texts =
        List.of(
            tables.insertNode(),
            tables.readNode(),
            tables.writeNode(),
            tables.insertSlot(),
            tables.writeSlot(),
            tables.lockSlot(),
            tables.readSlot(),
            tables.armSlots(),
            tables.readSlots(),
            tables.insertApplied(),
            tables.readApplied(),
            tables.writeApplied(),
            tables.raiseGenerator(),
            tables.insertGenerator(),
            tables.readGenerator(),
            tables.readGenerators(),
            tables.insertParked(),
            tables.readParked(),
            tables.deleteParked());
    for (String text : texts) {
      one.prepareStatement(text).close();
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet result = statement.getResultSet()) {
          while (result.next()) {
            result.getObject(1);
          }
        }
      }
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    StringBuilder values = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        values.append(result.getString(1)).append(' ');
      }
    }
    return values.toString();
  }

  private static SQLException error(Connection connection, String sql) {
    return assertThrows(SQLException.class, () -> run(connection, sql), sql);
  }

  private static String state(Connection connection, String sql) {
    return error(connection, sql).getSQLState();
  }

  private String rowLocks() throws SQLException {
    return query(
        two,
        "SELECT TRIM(MODE) || ' ' || TABLENAME FROM SYSCS_DIAG.LOCK_TABLE WHERE TYPE = 'ROW'"
            + " ORDER BY 1");
  }
}
