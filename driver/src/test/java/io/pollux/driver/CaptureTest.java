package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each plan runs, shows and logs. */
class CaptureTest {
  private RecordingNode node;
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void openDatabase() throws Exception {
    node = new RecordingNode();
    node.prepare(
        "create table t (id int primary key, v int, w varchar(20))",
        "create table g (id int generated always as identity primary key, v int unique)",
        "create sequence s as bigint start with 1");
    connection = node.connect();
    statement = connection.createStatement();
  }

  private List<String> logged() {
    return Described.changes(node.gate.take());
  }

  @Test
  void aClosedStatementIsLoggedAsItWasWritten() throws SQLException {
    String insert = "insert into t (id, v, w) values (1, 2, 'x')";
    assertEquals(1, statement.executeUpdate(insert));
    assertEquals(List.of("1 2 x"), node.rows("select * from t"));
    Change.Statement change = (Change.Statement) node.gate.take().get(0);
    assertEquals(insert, change.sql());
    assertEquals("APP", change.schema());
  }

  /** A copy or another tool may have made the table. */
  @Test
  void whatWasRefusedForWantOfATableIsTakenOnceTheTableIsThere() throws SQLException {
    String insert = "insert into late (id) values (1)";
    assertThrows(SQLException.class, () -> statement.executeUpdate(insert));
    try (Connection bare = node.connectBare();
        Statement other = bare.createStatement()) {
      other.execute("create table late (id int primary key)");
    }
    assertEquals(1, statement.executeUpdate(insert));
    assertEquals(1, logged().size());
  }

  @Test
  void preparedValuesAreLoggedWithTheirCounts() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, v, w) values (?, ?, ?)")) {
      insert.setInt(1, 1);
      insert.setObject(2, 5);
      insert.setString(3, "a");
      assertEquals(1, insert.executeUpdate());
      insert.setInt(1, 2);
      insert.setNull(3, java.sql.Types.VARCHAR);
      assertFalse(insert.execute());
      assertEquals(1, insert.getUpdateCount());
    }
    assertEquals(List.of("T insert[ [1, 5, a]=1]", "T insert[ [2, 5, null]=1]"), logged());
  }

  @Test
  void aStatementThatChangesNothingIsNotLogged() throws SQLException {
    assertEquals(0, statement.executeUpdate("update t set v = 1 where id = 7"));
    assertEquals(0, statement.executeUpdate("delete from t where v = 7"));
    assertEquals(List.of(), node.gate.drafts());
  }

  @Test
  void aReadIsNotLoggedAndTakesNoSlot() throws SQLException {
    assertEquals(List.of(), RecordingNode.rows(connection, "select * from t"));
    assertEquals(0, node.gate.openSlots());
    assertEquals(List.of(), node.gate.drafts());
  }

  @Test
  void anInsertIsLoggedWithTheKeyThatItGotThoughNobodyAsked() throws SQLException {
    assertEquals(1, statement.executeUpdate("insert into g (v) values (10)"));
    assertNull(statement.getGeneratedKeys(), "the bare driver shows none either");
    try (PreparedStatement insert = connection.prepareStatement("insert into g (v) values (?)")) {
      insert.setInt(1, 20);
      assertEquals(1, insert.executeUpdate());
      assertNull(insert.getGeneratedKeys());
      assertEquals(1, insert.getUpdateCount());
    }
    List<Change> changes = node.gate.take();
    assertEquals(
        List.of("IDENTITY APP.G 1", "IDENTITY APP.G 2"),
        Described.changes(changes).stream().filter(line -> line.startsWith("ID")).toList());
    assertTrue(((Change.Statement) changes.get(0)).sql().contains("ID"), changes.toString());
  }

  @Test
  void theKeyThatTheApplicationAskedForIsShown() throws SQLException {
    statement.executeUpdate("insert into g (v) values (10)", Statement.RETURN_GENERATED_KEYS);
    try (ResultSet keys = statement.getGeneratedKeys()) {
      assertTrue(keys.next());
      assertEquals(1, keys.getInt(1));
      assertFalse(keys.next());
    }
    try (PreparedStatement insert =
        connection.prepareStatement("insert into g (v) values (?)", new String[] {"ID"})) {
      insert.setInt(1, 20);
      insert.execute();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertTrue(keys.next());
        assertEquals(2, keys.getInt(1));
      }
    }
    assertEquals(2, node.rows("select * from g").size());
  }

  @Test
  void anInsertOfSeveralRowsIsSplitSoThatEachKeyIsKnown() throws SQLException {
    assertEquals(3, statement.executeUpdate("insert into g (v) values (1), (2), (3)"));
    assertEquals(3, statement.getUpdateCount());
    assertEquals(List.of("1 1", "2 2", "3 3"), node.rows("select * from g order by id"));
    assertTrue(logged().contains("IDENTITY APP.G 3"));
  }

  @Test
  void aSplitInsertThatFailsLeavesNothing() throws SQLException {
    connection.setAutoCommit(false);
    statement.executeUpdate("insert into t (id, v) values (1, 1)");
    SQLException error =
        assertThrows(
            SQLException.class,
            () -> statement.executeUpdate("insert into g (v) values (1), (2), (1)"));
    assertEquals("23505", error.getSQLState());
    connection.commit();
    assertEquals(List.of(), node.rows("select * from g"));
    assertEquals("T insert[ []=1]", logged().get(0));
  }

  @Test
  void anInsertSelectIsLoggedRowByRow() throws SQLException {
    statement.executeUpdate("insert into t (id, v) values (1, 10)");
    statement.executeUpdate("insert into t (id, v) values (2, 20)");
    logged();
    assertEquals(
        2, statement.executeUpdate("insert into t (id, v) select id + 10, v from t where v > 0"));
    assertEquals(List.of("T insert[ [11, 10]=1,  [12, 20]=1]"), logged());
    assertFalse(statement.execute("insert into g (v) select v from t where id < 10"));
    assertEquals(2, statement.getUpdateCount());
    assertEquals(List.of("1 10", "2 20"), node.rows("select * from g order by id"));
  }

  @Test
  void aPredicateIsLoggedAsTheKeysThatItTouched() throws SQLException {
    for (int id = 1; id <= 3; id++) {
      statement.executeUpdate("insert into t (id, v) values (" + id + ", " + id + ")");
    }
    logged();
    try (PreparedStatement update =
        connection.prepareStatement("update t set w = ? where v >= ?")) {
      update.setString(1, "y");
      update.setInt(2, 2);
      assertEquals(2, update.executeUpdate());
      assertEquals(2, update.getUpdateCount());
    }
    assertEquals(List.of("T update[ [y, 2]=1,  [y, 3]=1]"), logged());
    assertEquals(1, statement.executeUpdate("delete from t where v < 2"));
    assertEquals(List.of("T delete[ [1]=1]"), logged());
  }

  @Test
  void aSubqueryIsLoggedAsImages() throws SQLException {
    statement.executeUpdate("insert into t (id, v) values (1, 5)");
    statement.executeUpdate("insert into t (id, v) values (2, 7)");
    logged();
    assertEquals(
        2, statement.executeUpdate("update t set v = (select max(x.v) from t x) where v > 0"));
    assertEquals(List.of("T UPDATE[V, ID]/1[[7, 1], [7, 2]]"), logged());
  }

  @Test
  void aSchemaChangeIsLoggedAndItsTableKnownAtOnce() throws SQLException {
    connection.setAutoCommit(false);
    statement.execute("create table n (id int primary key)");
    statement.executeUpdate("insert into n (id) values (1)");
    connection.commit();
    assertEquals(List.of("APP: create table n (id int primary key)", "N insert[ []=1]"), logged());
  }

  @Test
  void columnsThatASchemaChangeFilledAreLoggedAsImages() throws SQLException {
    statement.executeUpdate("insert into t (id, v) values (1, 5)");
    logged();
    statement.execute("alter table t add column c timestamp default current_timestamp");
    List<String> logged = logged();
    assertEquals(2, logged.size(), logged.toString());
    assertTrue(logged.get(1).startsWith("T UPDATE[C, ID]/1[[Timestamp["), logged.toString());
  }

  /**
   * The engine takes values in advance: what it may have handed out is logged, never less than what
   * it did.
   */
  private long loggedPosition() throws SQLException {
    List<String> logged = logged();
    assertEquals(1, logged.size(), logged.toString());
    String prefix = "SEQUENCE APP.S ";
    assertTrue(logged.get(0).startsWith(prefix), logged.toString());
    return Long.parseLong(logged.get(0).substring(prefix.length()));
  }

  @Test
  void aDrawnSequenceValueIsLoggedWhenItsResultIsRead() throws SQLException {
    try (ResultSet next = statement.executeQuery("values next value for s")) {
      assertTrue(next.next());
      assertEquals(1, next.getLong(1));
    }
    assertTrue(loggedPosition() >= 1);
    connection.setAutoCommit(false);
    assertEquals(List.of("2"), RecordingNode.rows(connection, "values next value for s"));
    connection.commit();
    assertTrue(loggedPosition() >= 2);
  }

  @Test
  void aStatementThatCannotBeCapturedNeverRuns() throws SQLException {
    SQLException error =
        assertThrows(
            SQLFeatureNotSupportedException.class,
            () -> statement.execute("call syscs_util.syscs_set_database_property('a', 'b')"));
    assertEquals("0A000", error.getSQLState());
    assertTrue(error.getMessage().matches(".+: .+; .+"), error.getMessage());
    assertThrows(
        SQLFeatureNotSupportedException.class,
        () -> connection.prepareCall("call syscs_util.syscs_set_database_property('a', 'b')"));
    assertEquals(List.of("null"), node.rows("values syscs_util.syscs_get_database_property('a')"));
  }

  @Test
  void anErrorOfTheEngineSurfacesUnchanged() throws SQLException {
    for (String sql : List.of("insert into nowhere values (1)", "insert inot t", "selec 1")) {
      SQLException ours = assertThrows(SQLException.class, () -> statement.execute(sql));
      try (Connection bare = node.connectBare();
          Statement real = bare.createStatement()) {
        SQLException theirs = assertThrows(SQLException.class, () -> real.execute(sql));
        assertEquals(SQLSyntaxErrorException.class, ours.getClass());
        assertEquals(theirs.getMessage(), ours.getMessage());
        assertEquals(theirs.getSQLState(), ours.getSQLState());
        assertEquals(theirs.getErrorCode(), ours.getErrorCode());
      }
    }
  }

  @Test
  void aQueryMethodDoesNotRunAWrite() throws SQLException {
    assertThrows(
        SQLException.class, () -> statement.executeQuery("insert into g (v) values (1), (2)"));
    assertThrows(SQLException.class, () -> statement.executeQuery("delete from t where v = 1"));
    assertEquals(List.of(), node.rows("select * from g"));
    assertEquals(List.of(), node.gate.drafts());
  }

  @Test
  void aBatchOfWritesIsLoggedElementByElement() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, v) values (?, ?)")) {
      for (int id = 1; id <= 3; id++) {
        insert.setInt(1, id);
        insert.setInt(2, id * 10);
        insert.addBatch();
      }
      assertEquals(
          List.of(1, 1, 1), java.util.Arrays.stream(insert.executeBatch()).boxed().toList());
    }
    assertEquals(List.of("T insert[ [1, 10]=1,  [2, 20]=1,  [3, 30]=1]"), logged());
  }

  @Test
  void aFailingBatchLogsTheElementsThatTheDriverKept() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, v) values (?, 0)")) {
      for (int id : new int[] {1, 2, 1, 3}) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      BatchUpdateException error = assertThrows(BatchUpdateException.class, insert::executeBatch);
      assertEquals(2, error.getUpdateCounts().length);
      assertEquals("23505", error.getSQLState());
    }
    assertEquals(List.of("1", "2"), node.rows("select id from t order by id"));
    assertEquals(List.of("T insert[ [1]=1,  [2]=1]"), logged());
  }

  @Test
  void aFailingBatchThatRunsOneByOneIsTheSame() throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("insert into g (v) values (?)")) {
      for (int v : new int[] {1, 2, 1, 3}) {
        insert.setInt(1, v);
        insert.addBatch();
      }
      BatchUpdateException error = assertThrows(BatchUpdateException.class, insert::executeBatch);
      assertEquals(2, error.getUpdateCounts().length);
      assertEquals("23505", error.getSQLState());
    }
    assertEquals(List.of("1 1", "2 2"), node.rows("select * from g order by id"));
    assertEquals(2, logged().size());
  }

  @Test
  void aBatchOfTextsMayCreateWhatItWritesTo() throws SQLException {
    statement.addBatch("create table n (id int primary key)");
    statement.addBatch("insert into n (id) values (1)");
    statement.addBatch("update n set id = 2 where id > 0");
    assertEquals(
        List.of(0, 1, 1), java.util.Arrays.stream(statement.executeBatch()).boxed().toList());
    assertEquals(3, logged().size());
    assertEquals(List.of("2"), node.rows("select id from n"));
  }

  @Test
  void theTextsThatAPreparedStatementMayNotRunAreNotRun() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, v) values (?, ?)")) {
      assertThrows(SQLException.class, () -> insert.executeUpdate("delete from t where v = 1"));
    }
  }
}
