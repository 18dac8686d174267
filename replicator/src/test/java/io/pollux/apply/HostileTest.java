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
import io.pollux.sql.SystemTables;
import java.io.IOException;
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
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a hostile peer sends, none of it is executed; what an honest one sends is. The records
 * are the lines of {@code hostile.txt} and of the engine's own file beside it.
 */
abstract class HostileTest {
  private static final SqlValue ONE = new SqlValue.Whole(1);

  private final Engine engine = engine();
  private final TableName table = name("T");
  @TempDir private Path directory;
  private Dialect dialect;
  private JdbcTarget target;
  private String url;
  private Connection connection;
  private long next = 1;

  /**
   * An engine and what stands in its database besides Pollux's tables.
   *
   * @param records the file of its own hostile records
   * @param schema of the application's tables, as the catalogue has it
   * @param foreignSchemas schemas that are not the application's
   * @param foreignTable a table of the engine's
   * @param ownTable a table of Pollux's
   * @param objects what the application has created beside the tables T and SECRET
   * @param computed makes B + 1 the value of a column
   * @param state queries whose first two columns tell of all that a statement could change
   */
  record Engine(
      String records,
      String schema,
      List<String> foreignSchemas,
      TableName foreignTable,
      TableName ownTable,
      List<String> objects,
      String computed,
      List<String> state) {}

  abstract Engine engine();

  /** The URL of a new database; {@code place} is a path that nobody uses. */
  abstract String create(Path place) throws SQLException;

  @BeforeEach
  void open() throws Exception {
    url = create(directory.resolve("b"));
    dialect = Dialects.forUrl(url);
    connection = filled(url);
    target = new JdbcTarget(() -> DriverManager.getConnection(url), dialect);
  }

  private Connection filled(String place) throws SQLException {
    Connection filling = DriverManager.getConnection(place);
    SystemTables tables = dialect.systemTables();
    try (Statement statement = filling.createStatement()) {
      for (String sql : tables.create()) {
        statement.execute(sql);
      }
      statement.execute(
          "CREATE TABLE T (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER, B INTEGER, S VARCHAR(100))");
      statement.execute("CREATE TABLE SECRET (ID INTEGER NOT NULL PRIMARY KEY, V VARCHAR(100))");
      statement.execute("INSERT INTO T VALUES (1, 2, 3, 'x')");
      statement.execute("INSERT INTO SECRET VALUES (1, 'secret')");
      for (String sql : engine.objects()) {
        statement.execute(sql);
      }
    }
    try (PreparedStatement applied = filling.prepareStatement(tables.insertApplied());
        PreparedStatement slot = filling.prepareStatement(tables.insertSlot())) {
      applied.setLong(1, 0);
      applied.setBytes(2, new byte[32]);
      applied.executeUpdate();
      slot.setString(1, "a");
      slot.setInt(2, 1);
      slot.setLong(3, 1);
      slot.setLong(4, 1);
      slot.executeUpdate();
    }
    return filling;
  }

  @AfterEach
  void close() throws SQLException {
    target.close();
    connection.close();
    drop(url);
  }

  /** What is left of a database when nobody is connected. */
  void drop(String database) throws SQLException {}

  private String spelled(String name) {
    boolean isLower = engine.schema().equals(engine.schema().toLowerCase(Locale.ROOT));
    return isLower ? name.toLowerCase(Locale.ROOT) : name;
  }

  private TableName name(String name) {
    return new TableName(engine.schema(), spelled(name));
  }

  @Test
  void noneOfTheHostileStatementsIsExecuted() throws Exception {
    List<String> before = state();
    List<String> executed = new ArrayList<>();
    int tried = 0;
    for (String line : lines()) {
      String sql = line.substring(2).replace("APP.", engine.schema() + ".").translateEscapes();
      for (Change change : List.of(statement(table, sql), new Change.Ddl(engine.schema(), sql))) {
        if (line.charAt(0) == (change instanceof Change.Ddl ? 'T' : 'D')) {
          continue;
        }
        tried++;
        if (!isRefused(change)) {
          executed.add(line);
        }
      }
    }
    assertEquals("", String.join("\n", executed));
    assertEquals(before, state());
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      assertEquals(List.of(), files.filter(f -> f.toString().contains("stolen")).toList());
    }
    assertTrue(tried > 600, tried + " records");
  }

  @Test
  void manyOfTheHostileStatementsAreGoodOnesForTheEngine() throws Exception {
    String other = create(directory.resolve("other"));
    int dangerous = 0;
    try (Connection open = filled(other)) {
      for (String line : lines()) {
        String sql = line.substring(2).translateEscapes();
        dangerous += !sql.isBlank() && isTakenByTheEngine(open, sql) ? 1 : 0;
      }
    }
    drop(other);
    assertTrue(dangerous > 100, "the engine would take only " + dangerous + " of these texts");
  }

  private boolean isRefused(Change change) {
    try {
      target.apply(List.of(item(change)), new Position(next));
      return false;
    } catch (ApplyException e) {
      return e.getCause() instanceof RefusedException && e.kind() == ApplyException.Kind.POISON;
    }
  }

  @Test
  void whatTheEngineWouldTakeIsRefusedInForeignSchemasToo() throws Exception {
    List<String> before = state();
    for (String schema : engine.foreignSchemas()) {
      for (String sql :
          List.of("DROP TABLE POLLUX_SLOT", "CREATE TABLE X (A INTEGER)", "CREATE SCHEMA X")) {
        assertRefused(new Change.Ddl(schema, sql), schema + " " + sql);
      }
      for (String sql :
          List.of(
              "UPDATE POLLUX_SLOT SET COUNTER = 5 WHERE NODE = 'a' AND ID = 1",
              "UPDATE " + engine.schema() + ".T SET A = 5 WHERE ID = 1")) {
        assertRefused(
            new Change.Statement(schema, new TableName(schema, "POLLUX_SLOT"), sql, one()), sql);
      }
    }
    assertEquals(before, state());
  }

  @Test
  void rowsAndMarksThatNameWhatIsNotTheApplicationsAreRefused() throws Exception {
    List<String> before = state();
    TableName slot = engine.ownTable();
    String id = spelled("ID");
    String a = spelled("A");
    List<Change> hostile =
        List.of(
            rows(slot, Action.DELETE, List.of(id), 1),
            rows(slot, Action.UPDATE, List.of(spelled("COUNTER"), id), 1),
            rows(new TableName(slot.schema(), "NOBODY"), Action.INSERT, List.of(id), 0),
            rows(engine.foreignTable(), Action.DELETE, List.of(id), 1),
            rows(name("NOBODY"), Action.DELETE, List.of(id), 1),
            rows(name("sqlite_master"), Action.DELETE, List.of("name"), 1),
            rows(name("V"), Action.DELETE, List.of(id), 1),
            rows(name("FIRED"), Action.DELETE, List.of(id), 1),
            rows(name("T\" WHERE 1 = 1 --"), Action.DELETE, List.of(id), 1),
            rows(new TableName("", spelled("T")), Action.DELETE, List.of(id), 1),
            rows(table, Action.DELETE, List.of(id + "\" = 1 OR \"" + id), 1),
            rows(table, Action.DELETE, List.of(a, id), 1),
            rows(table, Action.DELETE, List.of(), 0),
            rows(table, Action.UPDATE, List.of(a), 0),
            rows(table, Action.UPDATE, List.of(id), 1),
            rows(table, Action.UPDATE, List.of(a, a, id), 1),
            rows(table, Action.UPSERT, List.of(a, id), 0),
            rows(table, Action.INSERT, List.of(id, id), 0),
            rows(table, Action.INSERT, List.of(id, a), 1),
            rows(table, Action.INSERT, List.of(id, "NOBODY"), 0),
            mark(slot.schema(), slot.name()),
            mark(engine.foreignTable().schema(), "X"),
            mark(engine.schema(), ""),
            mark(engine.schema(), "X".repeat(129)),
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
                    List.of(item(honest, statement(table, "DROP TABLE SECRET"))),
                    new Position(next)));
    assertEquals(ApplyException.Kind.POISON, refusal.kind());
    assertTrue(refusal.getMessage().contains("'DROP TABLE SECRET'"), refusal.getMessage());
    assertEquals(before, state());
  }

  /** A definition may be made twice after a crash, where the engine commits it by itself. */
  @Test
  void aDefinitionThatFailedFailsAfterARestartToo() throws Exception {
    for (String sql : List.of("CREATE TABLE T (A INTEGER)", "DROP TABLE NOBODY")) {
      Target.Item item = item(new Change.Ddl(engine.schema(), sql));
      Position at = new Position(next);
      ApplyException first =
          assertThrows(ApplyException.class, () -> target.apply(List.of(item), at));
      target.close();
      target = new JdbcTarget(() -> DriverManager.getConnection(url), dialect);
      ApplyException again =
          assertThrows(ApplyException.class, () -> target.apply(List.of(item), at));
      assertEquals(ApplyException.Kind.POISON, again.kind());
      assertEquals(first.getMessage(), again.getMessage());
    }
  }

  @Test
  void aTextThatWasAllowedIsReadAgainWhenTheSchemaChanged() throws Exception {
    Change change = with("UPDATE T SET A = ? WHERE ID = ?", ONE, ONE);
    target.apply(List.of(item(change)), new Position(next));
    target.apply(
        List.of(
            item(
                new Change.Ddl(engine.schema(), "DROP VIEW V"),
                new Change.Ddl(engine.schema(), "ALTER TABLE T DROP COLUMN A"),
                new Change.Ddl(
                    engine.schema(), "ALTER TABLE T ADD COLUMN A INTEGER " + engine.computed()))),
        new Position(next));
    assertThrows(
        ApplyException.class, () -> target.apply(List.of(item(change)), new Position(next)));
  }

  /** Not every engine takes the multiplier. */
  @Test
  void aLengthWithAMultiplierIsAllowedWhereTheEngineTakesIt() throws Exception {
    String sql = "CREATE TABLE LARGE (ID INTEGER PRIMARY KEY, B BLOB(2M))";
    boolean isTaken;
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      statement.execute("DROP TABLE LARGE");
      isTaken = true;
    } catch (SQLException e) {
      isTaken = false;
    }
    List<Target.Item> items = List.of(item(new Change.Ddl(engine.schema(), sql)));
    if (isTaken) {
      target.apply(items, new Position(next));
    } else {
      assertThrows(ApplyException.class, () -> target.apply(items, new Position(next)));
    }
  }

  @Test
  void aDigestOfWhatIsNotTheApplicationsIsNotTaken() throws Exception {
    for (TableName other : List.of(engine.foreignTable(), engine.ownTable(), name("V"))) {
      LogRecord.Digest digest =
          new LogRecord.Digest(stamp(), other, 0, new SqlValue.Bytes(new byte[32]));
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
              guard.check(connection, statement(table, sql));
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

  /** Some drivers ask the server when they are asked for the parameters. */
  private static boolean isTakenByTheEngine(Connection connection, String sql) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return statement.getParameterMetaData() != null;
    } catch (SQLException | IllegalStateException e) {
      return false; // One driver can't have two statements without any text.
    }
  }

  private List<String> state() throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String query : engine.state()) {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(query)) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          rows.add(result.getString(1) + (columns > 1 ? " " + result.getString(2) : ""));
        }
      }
    }
    rows.sort(null);
    return rows;
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String file : List.of("hostile.txt", engine.records())) {
      try (InputStream in = HostileTest.class.getResourceAsStream(file)) {
        lines.addAll(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
      }
    }
    lines.removeIf(line -> line.isEmpty() || line.startsWith("#"));
    return lines;
  }

  private static List<ParameterSet> one() {
    return List.of(new ParameterSet(List.of(), 1));
  }

  private Change statement(TableName changed, String sql) {
    int parameters = (int) sql.chars().filter(c -> c == '?').count();
    List<SqlValue> values = Stream.generate(() -> ONE).limit(parameters).toList();
    return new Change.Statement(
        engine.schema(), changed, sql, List.of(new ParameterSet(values, 1)));
  }

  private Change with(String sql, SqlValue... values) {
    return new Change.Statement(
        engine.schema(), table, sql, List.of(new ParameterSet(List.of(values), 1)));
  }

  private static Change rows(TableName changed, Action action, List<String> columns, int keys) {
    List<SqlValue> row = Stream.generate(() -> ONE).limit(columns.size()).toList();
    return new Change.Rows(changed, action, columns, keys, List.of(row));
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
