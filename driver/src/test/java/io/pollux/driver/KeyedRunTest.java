package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.core.TableName;
import io.pollux.sql.Binding;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lock and count: what happens when the keys and the statement see the same rows, and when not. */
class KeyedRunTest {
  private static final TableName TABLE = new TableName("APP", "T");
  private static final String UPDATE = "update t set w = 'y' where v > 1";

  private RecordingNode node;
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void openDatabase() throws Exception {
    node = new RecordingNode();
    node.prepare(
        "create table t (id int primary key, v int, w varchar(20), bl blob)",
        "insert into t (id, v) values (1, 1), (2, 2), (3, 3)");
    connection = node.connect();
    statement = connection.createStatement();
  }

  private static Bound bound(String sql, Binding... bindings) {
    return new Bound(sql, List.of(bindings));
  }

  private void plan(String sql, CapturePlan plan) throws SQLException {
    PolluxUrl url =
        PolluxUrl.parse(node.url().replaceFirst("jdbc:", "jdbc:pollux:"), new Properties());
    node.registry.open(url, this).plans().put(sql, "APP", node.schemaVersion(), plan);
  }

  private List<String> changed() throws SQLException {
    return node.rows("select id from t where w = 'y' order by id");
  }

  @Test
  void imagesThatDoNotMatchTheCountAreForTheApplicationToTryAgain() throws SQLException {
    plan(
        UPDATE,
        new CapturePlan.Images(
            TABLE,
            bound("select id from t where v > 2 for update with rs"),
            Optional.empty(),
            bound(UPDATE),
            bound("select w, id from t where id = ?", new Binding.Fetched(0)),
            List.of("W"),
            List.of("ID"),
            List.of()));
    SQLException error = assertThrows(SQLException.class, () -> statement.executeUpdate(UPDATE));
    assertEquals("40001", error.getSQLState());
    assertEquals(List.of(), changed());
    assertEquals(List.of(), node.gate.drafts());
  }

  @Test
  void aSchemaThatChangedUnderAStatementMakesItTryAgain() throws SQLException {
    node.gate.beforeSlot(
        () -> {
          node.prepare("alter table t add column c timestamp default current_timestamp");
          return null;
        });
    String insert = "insert into t (id, v) values (4, 4)";
    SQLException error = assertThrows(SQLException.class, () -> statement.executeUpdate(insert));
    assertEquals("40001", error.getSQLState());
    assertEquals(List.of(), node.gate.drafts());
    assertEquals(1, statement.executeUpdate(insert), "the new plan holds");
    assertEquals(1, node.gate.drafts().size());
  }

  @Test
  void aSchemaChangeElsewhereDoesNotDisturb() throws SQLException {
    node.gate.beforeSlot(
        () -> {
          node.prepare("create table other (id int primary key)");
          return null;
        });
    assertEquals(1, statement.executeUpdate("insert into t (id, v) values (4, 4)"));
  }
}
