package io.pollux.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.RepairedRow;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import io.pollux.engine.Dialect;
import io.pollux.engine.Dialects;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On an engine where a transaction has one session's ways from its beginning to its end. */
class SqliteTargetTest {
  private static final String ENFORCED = "main, foreign keys";
  private static final String PLAIN = "main";

  @TempDir private Path directory;
  private String url;
  private Connection reader;
  private JdbcTarget target;

  @BeforeEach
  void open() throws Exception {
    url = "jdbc:sqlite:" + directory.resolve("b.db");
    Dialect dialect = Dialects.forUrl(url);
    reader = DriverManager.getConnection(url);
    dialect.makeDurable(reader);
    try (Statement statement = reader.createStatement()) {
      for (String sql : dialect.systemTables().create()) {
        statement.execute(sql);
      }
      statement.execute("INSERT INTO pollux_applied VALUES (0, x'')");
      statement.execute("CREATE TABLE p (id INTEGER PRIMARY KEY)");
      statement.execute(
          "CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE)");
      statement.execute("INSERT INTO p VALUES (1), (2)");
      statement.execute("INSERT INTO c VALUES (1, 1), (2, 2)");
    }
    target = new JdbcTarget(() -> DriverManager.getConnection(url), dialect);
  }

  @AfterEach
  void close() throws SQLException {
    target.close();
    reader.close();
  }

  private static Target.Item delete(long position, String session, long id) {
    Change change =
        new Change.Statement(
            session,
            new TableName("main", "p"),
            "DELETE FROM \"main\".\"p\" WHERE \"id\" = ?",
            List.of(new Change.ParameterSet(List.of(new SqlValue.Whole(id)), 1)));
    return new Target.Item(
        new Position(position),
        new Transaction(
            new Stamp(1, 1, position), "a", 1, Client.UNKNOWN, Instant.EPOCH, List.of(change)));
  }

  private String number(String sql) throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.getString(1);
    }
  }

  @Test
  void eachTransactionRunsAsItDidOnTheActiveNode() throws Exception {
    target.apply(List.of(delete(1, PLAIN, 1), delete(2, ENFORCED, 2)), new Position(2));
    assertEquals("1", number("SELECT group_concat(id) FROM c"), "one delete cascades, one doesn't");
    assertEquals("2", number("SELECT log_position FROM pollux_applied"));
  }

  @Test
  void whatWasAppliedBeforeAFailureIsMarkedAndNotAppliedAgain() throws Exception {
    List<Target.Item> items = List.of(delete(1, PLAIN, 1), delete(2, ENFORCED, 77));
    assertThrows(ApplyException.class, () -> target.apply(items, new Position(2)));
    assertEquals("1", number("SELECT log_position FROM pollux_applied"));
    target.apply(List.of(items.get(0), delete(2, ENFORCED, 2)), new Position(2));
    assertEquals("1", number("SELECT group_concat(id) FROM c"));
    assertEquals("0", number("SELECT count(*) FROM p"));
  }

  private static LogRecord.Repair repair(String table, LogRecord.Scope scope) {
    List<SqlValue> row = List.of(new SqlValue.Whole(0), new SqlValue.Whole(1));
    return new LogRecord.Repair(
        new Stamp(1, 1, 1),
        "a",
        Instant.EPOCH,
        "a peer that lies",
        scope,
        new TableName("main", table),
        List.of("log_position", "hash"),
        1,
        List.of(new RepairedRow(Optional.empty(), Optional.of(row))),
        List.of());
  }

  @Test
  void noRepairReachesWhatIsNotTheApplications() throws Exception {
    long position = 0;
    for (LogRecord.Scope scope : List.of(LogRecord.Scope.ROWS, LogRecord.Scope.TABLE)) {
      for (String table : List.of("pollux_applied", "sqlite_schema", "nobody")) {
        Target.Verdict verdict = target.repair(repair(table, scope), new Position(++position));
        assertFalse(verdict.equal(), table);
      }
    }
    assertEquals("1", number("SELECT count(*) FROM pollux_applied"));
  }

  @Test
  void noSessionIsMadeUpByThePeer() {
    assertThrows(
        ApplyException.class,
        () -> target.apply(List.of(delete(1, "OFF; DROP TABLE c", 1)), new Position(1)));
  }
}
