package io.pollux.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change;
import io.pollux.core.Change.Action;
import io.pollux.core.Change.ParameterSet;
import io.pollux.core.Client;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import io.pollux.engine.Dialect;
import io.pollux.engine.Dialects;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a hostile peer sends, none of it is executed; what an honest one sends is. */
final class DerbyHostileTest {
  private static final String URL = "jdbc:derby:memory:hostile";
  private static final TableName T = new TableName("APP", "T");
  private static final SqlValue ONE = new SqlValue.Whole(1);

  private static final String STATE =
      "SELECT 'table', CAST(TABLENAME AS VARCHAR(128)) FROM SYS.SYSTABLES"
          + " UNION ALL SELECT 'column', CAST(COLUMNNAME AS VARCHAR(128)) FROM SYS.SYSCOLUMNS"
          + " UNION ALL SELECT 'alias', CAST(ALIAS AS VARCHAR(128)) FROM SYS.SYSALIASES"
          + " UNION ALL SELECT 'schema', CAST(SCHEMANAME AS VARCHAR(128)) FROM SYS.SYSSCHEMAS"
          + " UNION ALL SELECT 'trigger', CAST(TRIGGERNAME AS VARCHAR(128)) FROM SYS.SYSTRIGGERS"
          + " UNION ALL SELECT 'check', CAST(CONSTRAINTNAME AS VARCHAR(128)) FROM SYS.SYSCONSTRAINTS"
          + " UNION ALL SELECT 'role', CAST(ROLEID AS VARCHAR(128)) FROM SYS.SYSROLES"
          + " UNION ALL SELECT 'jar', CAST(FILENAME AS VARCHAR(128)) FROM SYS.SYSFILES"
          + " UNION ALL SELECT 'row', CAST(CHAR(ID) AS VARCHAR(128)) FROM T"
          + " UNION ALL SELECT S, CAST(CHAR(A) AS VARCHAR(128)) FROM T"
          + " UNION ALL SELECT V, CAST(CHAR(ID) AS VARCHAR(128)) FROM SECRET"
          + " UNION ALL SELECT 'other', CAST(CHAR(A) AS VARCHAR(128)) FROM OTHER.T"
          + " UNION ALL SELECT NODE, CAST(CHAR(COUNTER) AS VARCHAR(128)) FROM POLLUX.POLLUX_SLOT";

  private final Dialect dialect = dialect();
  private JdbcTarget target;
  private Connection connection;
  private long next = 1;

  private static Dialect dialect() {
    try {
      return Dialects.forUrl(URL);
    } catch (io.pollux.core.PolluxException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection(URL + ";create=true");
    for (String sql : dialect.systemTables().create()) {
      execute(sql);
    }
    for (String sql :
        List.of(
            "INSERT INTO POLLUX.POLLUX_APPLIED VALUES (0, X'" + "00".repeat(32) + "')",
            "INSERT INTO POLLUX.POLLUX_SLOT VALUES ('a', 1, 1, 1, 1, NULL)",
            "CREATE TABLE T (ID INTEGER PRIMARY KEY, A INTEGER, B INTEGER, S VARCHAR(100))",
            "CREATE TABLE SECRET (ID INTEGER PRIMARY KEY, V VARCHAR(100))",
            "CREATE TABLE OTHER.T (ID INTEGER PRIMARY KEY, A INTEGER)",
            "CREATE TABLE FIRED (ID INTEGER PRIMARY KEY, A INTEGER)",
            "CREATE TRIGGER FIRING AFTER UPDATE ON FIRED FOR EACH ROW UPDATE SECRET SET V = 'f'",
            "CREATE VIEW V AS SELECT ID, A FROM T",
            "CREATE SYNONYM SYN FOR SECRET",
            "CREATE SEQUENCE Q",
            "CREATE FUNCTION TWICE(X INTEGER) RETURNS INTEGER LANGUAGE JAVA PARAMETER STYLE JAVA"
                + " NO SQL DETERMINISTIC EXTERNAL NAME 'java.lang.Math.abs'",
            "INSERT INTO T VALUES (1, 2, 3, 'x')",
            "INSERT INTO SECRET VALUES (1, 'secret')",
            "INSERT INTO OTHER.T VALUES (1, 2)")) {
      execute(sql);
    }
    target = new JdbcTarget(() -> DriverManager.getConnection(URL), dialect);
  }

  @AfterEach
  void close() throws SQLException {
    target.close();
    connection.close();
    SQLException dropped =
        assertThrows(SQLException.class, () -> DriverManager.getConnection(URL + ";drop=true"));
    assertEquals("08006", dropped.getSQLState());
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void noneOfTheHostileStatementsIsExecuted() throws Exception {
    List<String> before = state();
    int tried = 0;
    int dangerous = 0;
    for (String line : lines()) {
      String sql = line.substring(2).translateEscapes();
      dangerous += isTakenByTheEngine(sql) ? 1 : 0;
      if ("TB".indexOf(line.charAt(0)) >= 0) {
        assertRefused(statement(T, sql), line);
        tried++;
      }
      if ("DB".indexOf(line.charAt(0)) >= 0) {
        assertRefused(new Change.Ddl("APP", sql), line);
        tried++;
      }
    }
    assertEquals(before, state());
    assertFalse(Files.exists(Path.of("target/stolen")), "a copy was written");
    assertTrue(tried > 600, tried + " records");
    assertTrue(dangerous > 150, "the engine would take only " + dangerous + " of these texts");
  }

  @Test
  void whatTheEngineWouldTakeIsRefusedInForeignSchemasToo() throws Exception {
    List<String> before = state();
    for (String schema : List.of("POLLUX", "SYS", "SYSIBM", "SYSCS_UTIL", "")) {
      for (String sql :
          List.of("DROP TABLE POLLUX_SLOT", "CREATE TABLE X (A INTEGER)", "CREATE SCHEMA X")) {
        assertRefused(new Change.Ddl(schema, sql), schema + " " + sql);
      }
      for (String sql :
          List.of(
              "UPDATE POLLUX_SLOT SET COUNTER = 5 WHERE NODE = 'a' AND ID = 1",
              "UPDATE APP.T SET A = 5 WHERE ID = 1")) {
        assertRefused(
            new Change.Statement(schema, new TableName(schema, "POLLUX_SLOT"), sql, one()), sql);
      }
    }
    assertEquals(before, state());
  }

  @Test
  void rowsAndMarksThatNameWhatIsNotTheApplicationsAreRefused() throws Exception {
    List<String> before = state();
    TableName slot = new TableName("POLLUX", "POLLUX_SLOT");
    List<Change> hostile =
        List.of(
            rows(slot, Action.DELETE, List.of("ID"), 1),
            rows(slot, Action.UPDATE, List.of("COUNTER", "ID"), 1),
            rows(new TableName("POLLUX", "NOBODY"), Action.INSERT, List.of("ID"), 0),
            rows(new TableName("SYS", "SYSTABLES"), Action.DELETE, List.of("TABLENAME"), 1),
            rows(new TableName("APP", "NOBODY"), Action.DELETE, List.of("ID"), 1),
            rows(new TableName("APP", "V"), Action.DELETE, List.of("ID"), 1),
            rows(new TableName("APP", "FIRED"), Action.DELETE, List.of("ID"), 1),
            rows(new TableName("APP", "T\" WHERE 1 = 1 --"), Action.DELETE, List.of("ID"), 1),
            rows(new TableName("", "T"), Action.DELETE, List.of("ID"), 1),
            rows(T, Action.DELETE, List.of("ID\" = 1 OR \"ID"), 1),
            rows(T, Action.DELETE, List.of("A", "ID"), 1),
            rows(T, Action.DELETE, List.of(), 0),
            rows(T, Action.UPDATE, List.of("A"), 0),
            rows(T, Action.UPDATE, List.of("ID"), 1),
            rows(T, Action.UPDATE, List.of("A", "A", "ID"), 1),
            rows(T, Action.INSERT, List.of("ID", "ID"), 0),
            rows(T, Action.INSERT, List.of("ID", "A"), 1),
            rows(T, Action.INSERT, List.of("ID", "NOBODY"), 0),
            mark("POLLUX", "POLLUX_SLOT"),
            mark("SYS", "X"),
            mark("APP", ""),
            mark("APP", "X".repeat(129)),
            mark("X".repeat(129), "X"));
    for (Change change : hostile) {
      assertRefused(change, change.toString());
    }
    assertEquals(before, state());
  }

  @Test
  void aStatementWithTooFewOrTooManyValuesIsRefused() throws Exception {
    String sql = "UPDATE T SET A = ? WHERE ID = ?";
    target.apply(List.of(item(with(sql, ONE, ONE))), new Position(next));
    List<String> before = state();
    assertRefused(
        with(sql, ONE), "one value"); // The other one would be that of the last execution.
    assertRefused(with(sql, ONE, ONE, ONE), "three values");
    assertEquals(before, state());
  }

  @Test
  void aRefusedRecordStopsApplyAndTakesItsWholeGroupWithIt() throws Exception {
    List<String> before = state();
    Change honest = with("UPDATE T SET A = ? WHERE ID = ?", ONE, ONE);
    ApplyException refusal =
        assertThrows(
            ApplyException.class,
            () ->
                target.apply(
                    List.of(item(honest, statement(T, "DROP TABLE SECRET"))), new Position(next)));
    assertEquals(ApplyException.Kind.POISON, refusal.kind());
    assertTrue(refusal.getMessage().contains("'DROP TABLE SECRET'"), refusal.getMessage());
    assertEquals(before, state());
  }

  @Test
  void aTextThatWasAllowedIsReadAgainWhenTheSchemaChanged() throws Exception {
    Change change = with("UPDATE T SET A = ? WHERE ID = ?", ONE, ONE);
    target.apply(List.of(item(change)), new Position(next));
    target.apply(
        List.of(
            item(
                new Change.Ddl("APP", "ALTER TABLE T DROP COLUMN A"),
                new Change.Ddl(
                    "APP", "ALTER TABLE T ADD COLUMN A INTEGER GENERATED ALWAYS AS (B + 1)"))),
        new Position(next));
    assertThrows(
        ApplyException.class, () -> target.apply(List.of(item(change)), new Position(next)));
  }

  @Test
  void aDigestOfWhatIsNotTheApplicationsIsNotTaken() throws Exception {
    for (TableName table :
        List.of(
            new TableName("SYS", "SYSUSERS"),
            new TableName("POLLUX", "POLLUX_NODE"),
            new TableName("APP", "V"))) {
      LogRecord.Digest digest =
          new LogRecord.Digest(stamp(), table, 0, new SqlValue.Bytes(new byte[32]));
      Target.Verdict verdict = target.compare(digest);
      assertFalse(verdict.equal());
      assertTrue(verdict.detail().contains("refused"), verdict.detail());
    }
  }

  @Test
  void textsMadeToBeSlowToReadAreReadInTime() {
    PeerGuard guard = new PeerGuard(dialect);
    List<String> slow = new ArrayList<>();
    for (int n : List.of(15, 1_000, 100_000)) {
      slow.add("UPDATE T SET A = " + "(".repeat(n) + "1" + ")".repeat(n) + " WHERE ID = 1");
      slow.add("UPDATE T SET A = " + "CASE WHEN A = 1 THEN ".repeat(n) + "1" + " END".repeat(n));
      slow.add("UPDATE T SET A = 1 WHERE ID = 1" + " AND (A = 1 OR B = 1)".repeat(n));
      slow.add("UPDATE T SET A = 1" + "+1".repeat(n) + " WHERE ID = 1");
      slow.add("INSERT INTO T (ID) VALUES (1)" + ", (ABS(1))".repeat(n));
      slow.add("DELETE FROM T WHERE " + "NOT ".repeat(n) + "ID = 1");
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          for (String sql : slow) {
            try {
              guard.check(connection, statement(T, sql));
            } catch (RefusedException e) {
              assertFalse(e.getMessage().length() > 1_000, "the message repeats the text");
            }
          }
        });
  }

  private void assertRefused(Change change, String what) {
    ApplyException refusal =
        assertThrows(
            ApplyException.class,
            () -> target.apply(List.of(item(change)), new Position(next)),
            what);
    assertInstanceOf(RefusedException.class, refusal.getCause(), what);
    assertEquals(ApplyException.Kind.POISON, refusal.kind(), what);
  }

  private boolean isTakenByTheEngine(String sql) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return statement.getConnection() == connection;
    } catch (SQLException e) {
      return false;
    }
  }

  private List<String> state() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(STATE)) {
      while (result.next()) {
        rows.add(result.getString(1) + " " + result.getString(2));
      }
    }
    rows.sort(null);
    return rows;
  }

  private static List<String> lines() throws Exception {
    try (InputStream in = DerbyHostileTest.class.getResourceAsStream("derby-hostile.txt")) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return all.lines().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    }
  }

  private static List<ParameterSet> one() {
    return List.of(new ParameterSet(List.of(), 1));
  }

  private static Change statement(TableName table, String sql) {
    int parameters = (int) sql.chars().filter(c -> c == '?').count();
    List<SqlValue> values = Stream.generate(() -> ONE).limit(parameters).toList();
    return new Change.Statement("APP", table, sql, List.of(new ParameterSet(values, 1)));
  }

  private static Change with(String sql, SqlValue... values) {
    return new Change.Statement("APP", T, sql, List.of(new ParameterSet(List.of(values), 1)));
  }

  private static Change rows(TableName table, Action action, List<String> columns, int keys) {
    List<SqlValue> row = Stream.generate(() -> ONE).limit(columns.size()).toList();
    return new Change.Rows(table, action, columns, keys, List.of(row));
  }

  private static Change mark(String schema, String name) {
    return new Change.Generator(
        Change.GeneratorKind.IDENTITY, new TableName(schema, name), Long.MAX_VALUE);
  }

  private Stamp stamp() {
    return new Stamp(1, 1, next);
  }

  private Target.Item item(Change... changes) {
    next++;
    return new Target.Item(
        new Position(next),
        new Transaction(stamp(), "a", 1, Client.UNKNOWN, Instant.EPOCH, List.of(changes)));
  }
}
