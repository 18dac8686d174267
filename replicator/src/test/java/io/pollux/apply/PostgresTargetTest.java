package io.pollux.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import io.pollux.engine.Dialect;
import io.pollux.engine.Dialects;
import io.pollux.engine.PostgresServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On an engine that takes several statements in one round trip. */
class PostgresTargetTest {
  private Connection reader;
  private JdbcTarget target;

  @BeforeEach
  void open() throws Exception {
    String url = PostgresServers.database();
    Dialect dialect = Dialects.forUrl(url);
    reader = DriverManager.getConnection(url);
    try (Statement statement = reader.createStatement()) {
      for (String sql : dialect.systemTables().create()) {
        statement.execute(sql);
      }
      statement.execute("INSERT INTO pollux.pollux_applied VALUES (0, '')");
      statement.execute("CREATE TABLE t (id int PRIMARY KEY, s text)");
      statement.execute("CREATE TABLE secret (v int)");
    }
    target = new JdbcTarget(() -> DriverManager.getConnection(url), dialect);
  }

  @AfterEach
  void close() throws SQLException {
    target.close();
    reader.close();
  }

  private static Change change(String sql, long count, SqlValue... values) {
    return new Change.Statement(
        "public",
        new TableName("public", "t"),
        sql,
        List.of(new Change.ParameterSet(List.of(values), count)));
  }

  private static Change insert(long id) {
    return change("INSERT INTO t (id, s) VALUES (?, 'new')", 1, new SqlValue.Whole(id));
  }

  private void apply(List<Change> changes) throws ApplyException {
    Transaction transaction =
        new Transaction(new Stamp(1, 1, 1), "a", 1, Client.UNKNOWN, Instant.EPOCH, changes);
    target.apply(List.of(new Target.Item(new Position(1), transaction)), new Position(1));
  }

  private String text(String sql) throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  @Test
  void statementsOfOneRoundTripRunInTheirOrder() throws Exception {
    List<Change> changes = new ArrayList<>();
    for (long id = 1; id <= 40; id++) {
      changes.add(insert(id));
      changes.add(change("UPDATE t SET s = s || 'er' WHERE id = ?", 1, new SqlValue.Whole(id)));
    }
    for (long id = 4; id <= 40; id++) {
      changes.add(change("DELETE FROM t WHERE id = ?", 1, new SqlValue.Whole(id)));
    }
    apply(changes);
    assertEquals("1newer2newer3newer", text("SELECT string_agg(id || s, '' ORDER BY id) FROM t"));
    assertEquals("1", text("SELECT log_position FROM pollux.pollux_applied"));
  }

  @Test
  void aWrongCountAmongOthersIsFoundAndNothingStays() throws Exception {
    List<Change> changes =
        List.of(
            insert(1),
            change("UPDATE t SET s = 'x' WHERE id = ?", 2, new SqlValue.Whole(1)),
            insert(2));
    ApplyException failed = assertThrows(ApplyException.class, () -> apply(changes));
    assertEquals(ApplyException.Kind.POISON, failed.kind());
    assertTrue(failed.getMessage().contains("changed 1 rows here and 2"), failed::getMessage);
    assertEquals("0", text("SELECT count(*) FROM t"));
    apply(List.of(insert(1)));
    assertEquals("1", text("SELECT count(*) FROM t"));
  }

  /** Alone each would be an error of syntax; together they could be read otherwise. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE t SET s = 'a' /*",
        "UPDATE t SET s = 'a' WHERE id = 1 /* /* */",
        "UPDATE t SET s = 'a",
        "UPDATE t SET s = $x$a",
        "UPDATE t SET s = \"s",
        "UPDATE t SET s = 'a'; DELETE FROM secret"
      })
  void aTextThatWouldReachIntoTheNextOneIsRefused(String first) throws Exception {
    List<Change> changes =
        List.of(
            change(first, 0),
            change("UPDATE t SET s = '*/ ; INSERT INTO secret VALUES (1) --' WHERE id = 0", 0));
    ApplyException failed = assertThrows(ApplyException.class, () -> apply(changes));
    assertEquals(ApplyException.Kind.POISON, failed.kind());
    assertEquals("0", text("SELECT count(*) FROM secret"));
  }
}
