package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.commit.Draft;
import io.pollux.core.Client;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where transactions begin and end, and that captured work ends through the gate alone. */
class TransactionTest {
  private RecordingNode node;
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void openDatabase() throws Exception {
    node = new RecordingNode();
    node.prepare(
        "create table t (id int primary key, v int)",
        "create table g (id int generated always as identity primary key, v int unique)");
    connection = node.connect();
    statement = connection.createStatement();
  }

  private void insert(int id) throws SQLException {
    statement.executeUpdate("insert into t (id, v) values (" + id + ", 0)");
  }

  private List<Integer> sizes() {
    return node.gate.drafts().stream().map(draft -> draft.changes().size()).toList();
  }

  private List<String> ids() throws SQLException {
    return node.rows("select id from t order by id");
  }

  @Test
  void anAutocommitWriteIsATransactionOfItsOwn() throws SQLException {
    insert(1);
    insert(2);
    assertTrue(connection.getAutoCommit());
    assertEquals(List.of(1, 1), sizes());
    assertEquals(List.of("1", "2"), ids());
  }

  @Test
  void aFailedAutocommitWriteLeavesNothing() throws SQLException {
    insert(1);
    assertThrows(SQLException.class, () -> insert(1));
    insert(2);
    assertEquals(List.of(1, 1), sizes());
    assertTrue(connection.getAutoCommit());
  }

  @Test
  void aTransactionIsCommittedAsOne() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    statement.executeUpdate("insert into g (v) values (5)");
    assertEquals(List.of(), sizes());
    connection.commit();
    assertEquals(List.of(3), sizes(), "two writes and the mark of the generator");
    connection.commit();
    assertEquals(List.of(3), sizes(), "nothing was written since");
  }

  @Test
  void aFailedStatementIsNotLoggedButItsTransactionIs() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    assertThrows(SQLException.class, () -> insert(1));
    insert(2);
    connection.commit();
    assertEquals(
        List.of("T insert[ []=1]", "T insert[ []=1]"), Described.changes(node.gate.take()));
  }

  @Test
  void aRolledBackTransactionIsNotLogged() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    connection.rollback();
    connection.commit();
    assertEquals(List.of(), sizes());
    assertEquals(List.of(), ids());
  }

  @Test
  void aRolledBackSavepointIsNotLogged() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    Savepoint one = connection.setSavepoint();
    insert(2);
    Savepoint two = connection.setSavepoint("two");
    insert(3);
    connection.rollback(two);
    insert(4);
    connection.releaseSavepoint(two);
    connection.rollback(one);
    insert(5);
    connection.commit();
    assertEquals(List.of("1", "5"), ids());
    assertEquals(List.of(2), sizes());
    assertEquals("two", two.getSavepointName());
  }

  @Test
  void switchingAutocommitOnCommitsThroughTheGate() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    connection.setAutoCommit(true);
    assertEquals(List.of(1), sizes());
    assertEquals(List.of("1"), ids());
  }

  @Test
  void anotherIsolationCommitsThroughTheGateAsTheEngineWould() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    connection.setTransactionIsolation(connection.getTransactionIsolation());
    assertEquals(List.of(), sizes());
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    assertEquals(List.of(1), sizes());
    connection.rollback();
    assertEquals(List.of("1"), ids());
    insert(2);
    SQLException asText =
        assertThrows(SQLException.class, () -> statement.execute("set isolation read committed"));
    assertEquals("0A000", asText.getSQLState());
    connection.rollback();
    assertEquals(List.of("1"), ids());
  }

  @Test
  void aCommitThatTheGateRefusesIsRolledBackAndTheConnectionStaysUsable() throws SQLException {
    SQLException fenced = new SQLException("fenced", "40001");
    connection.setAutoCommit(false);
    insert(1);
    node.gate.fail(fenced);
    assertSame(fenced, assertThrows(SQLException.class, connection::commit));
    node.gate.fail(null);
    insert(2);
    connection.commit();
    assertEquals(List.of("2"), ids());
    assertEquals(List.of(1), sizes());
    assertEquals(1, node.gate.openSlots(), "the slot of the failed commit was given back");
  }

  @Test
  void anAutocommitWriteThatTheGateRefusesIsRolledBack() throws SQLException {
    node.gate.fail(new SQLException("fenced", "40001"));
    assertThrows(SQLException.class, () -> insert(1));
    node.gate.fail(null);
    assertTrue(connection.getAutoCommit());
    insert(2);
    assertEquals(List.of("2"), ids());
  }

  @Test
  void aWriteOnANodeThatIsNotActiveIsRefusedBeforeItRuns() throws SQLException {
    node.gate.refuse(new SQLException("node b is active", "25006"));
    SQLException error = assertThrows(SQLException.class, () -> insert(1));
    assertEquals("25006", error.getSQLState());
    assertEquals(List.of(), RecordingNode.rows(connection, "select * from t"));
  }

  @Test
  void theSlotIsTakenAtTheFirstWriteAndGivenBackAtClose() throws SQLException {
    assertEquals(0, node.gate.openSlots());
    insert(1);
    insert(2);
    assertEquals(1, node.gate.openSlots());
    connection.close();
    assertEquals(0, node.gate.openSlots());
    connection.close();
    assertEquals(0, node.gate.openSlots());
  }

  @Test
  void aCloseWithOpenWorkIsAnsweredByTheEngine() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    SQLException error = assertThrows(SQLException.class, connection::close);
    assertEquals("25001", error.getSQLState());
    assertFalse(connection.isClosed());
    connection.commit();
    assertEquals(List.of(1), sizes(), "the work is still there");
    connection.close();
  }

  @Test
  void anAbortGivesTheSlotBackAndLogsNothing() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    connection.abort(Runnable::run);
    assertEquals(0, node.gate.openSlots());
    assertEquals(List.of(), sizes());
    assertEquals(List.of(), ids());
  }

  @Test
  void keysOfRolledBackWorkTravelWithTheNextCommit() throws SQLException {
    connection.setAutoCommit(false);
    statement.executeUpdate("insert into g (v) values (1)");
    statement.executeUpdate("insert into g (v) values (2)");
    connection.rollback();
    try (Connection other = node.connect();
        Statement writing = other.createStatement()) {
      writing.executeUpdate("insert into t (id, v) values (1, 0)");
    }
    assertEquals(
        List.of("T insert[ []=1]", "IDENTITY APP.G 2"), Described.changes(node.gate.take()));
  }

  @Test
  void aSchemaChangeRaisesTheVersionAlsoWhenItIsRolledBack() throws SQLException {
    connection.setAutoCommit(false);
    long before = node.schemaVersion();
    statement.execute("create table n (id int primary key)");
    long created = node.schemaVersion();
    assertTrue(created > before);
    connection.rollback();
    assertTrue(node.schemaVersion() > created);
    assertThrows(
        SQLException.class, () -> statement.executeUpdate("insert into n (id) values (1)"));
  }

  @Test
  void unqualifiedNamesAreLoggedWithTheSchemaOfTheirTime() throws SQLException {
    node.prepare("create schema q", "create table q.t (id int primary key, v int)");
    insert(1);
    PreparedStatement inApp = connection.prepareStatement("insert into t (id, v) values (?, 0)");
    statement.execute("set schema q");
    insert(2);
    inApp.setInt(1, 3);
    inApp.executeUpdate();
    connection.setSchema("APP");
    insert(4);
    assertEquals(
        List.of("APP", "Q", "APP", "APP"),
        node.gate.take().stream()
            .map(change -> ((io.pollux.core.Change.Statement) change).table().schema())
            .toList());
    assertEquals(List.of("2"), node.rows("select id from q.t"));
  }

  @Test
  void whoWroteIsKnownToTheAudit() throws SQLException {
    insert(1);
    Draft draft = node.gate.drafts().get(0);
    assertEquals(new Client("APP", "", Thread.currentThread().getName()), draft.client());
  }

  @Test
  void aDeadlockVictimLogsNothingOfItsTransaction() throws Exception {
    node.prepare("call syscs_util.syscs_set_database_property('derby.locks.deadlockTimeout', '1')");
    insert(1);
    insert(2);
    connection.setAutoCommit(false);
    try (Connection other = node.connect();
        Statement writing = other.createStatement()) {
      other.setAutoCommit(false);
      statement.executeUpdate("update t set v = 1 where id = 1");
      writing.executeUpdate("update t set v = 2 where id = 2");
      FutureTask<SQLException> theirs =
          failureOf(() -> writing.executeUpdate("update t set v = 2 where id = 1"));
      new Thread(theirs).start();
      FutureTask<SQLException> ours =
          failureOf(() -> statement.executeUpdate("update t set v = 1 where id = 2"));
      ours.run();
      // The victim's locks are gone with its transaction, so that the other one goes on.
      connection.commit();
      SQLException victim = ours.get() == null ? theirs.get() : ours.get();
      other.commit();
      assertEquals("40001", victim.getSQLState());
    }
    assertEquals(List.of(1, 1, 1), sizes().stream().map(size -> Math.min(size, 1)).toList());
  }

  /** Null if nothing failed. */
  private static FutureTask<SQLException> failureOf(SqlWork<?> work) {
    return new FutureTask<>(
        () -> {
          try {
            work.run();
            return null;
          } catch (SQLException e) {
            return e;
          }
        });
  }

  @Test
  void aCancelDoesNotWaitForTheStatementThatItCancels() throws Exception {
    insert(1);
    FutureTask<SQLException> blocked;
    try (Connection other = node.connectBare();
        Statement holding = other.createStatement()) {
      other.setAutoCommit(false);
      holding.executeUpdate("update t set v = 1 where id = 1");
      blocked = failureOf(() -> statement.executeUpdate("update t set v = 2 where v < 9"));
      new Thread(blocked).start();
      Awaitility.await()
          .until(
              () ->
                  !node.rows("select 1 from syscs_diag.lock_table where state = 'WAIT'").isEmpty());
      SQLException answer = assertThrows(SQLException.class, statement::cancel);
      assertEquals("0A000", answer.getSQLState(), "this engine can't cancel, but it answers");
      assertFalse(blocked.isDone());
      other.rollback();
    }
    assertNull(blocked.get());
  }

  @Test
  void aHeldResultStaysOpenOverAnAutocommitWrite() throws SQLException {
    insert(1);
    insert(2);
    try (Statement reading =
            connection.createStatement(
                ResultSet.TYPE_FORWARD_ONLY,
                ResultSet.CONCUR_READ_ONLY,
                ResultSet.HOLD_CURSORS_OVER_COMMIT);
        ResultSet rows = reading.executeQuery("select id from t")) {
      assertTrue(rows.next());
      insert(3);
      assertTrue(rows.next());
    }
  }

  @Test
  void aBrokenTransactionCanOnlyBeRolledBack() throws SQLException {
    connection.setAutoCommit(false);
    insert(1);
    PolluxConnection ours = (PolluxConnection) connection;
    ours.transaction().capture().breakOff("a test says so", null);
    assertEquals("40000", assertThrows(SQLException.class, connection::commit).getSQLState());
    assertEquals(List.of(), ids());
    insert(2);
    connection.commit();
    assertEquals(List.of("2"), ids());
  }

  /** The engine had done its part, and the capture had not. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anErrorInsideAWriteLeavesNothingToCommit(boolean autoCommit) throws SQLException {
    connection.setAutoCommit(autoCommit);
    LocalTransaction transaction = ((PolluxConnection) connection).transaction();
    SqlWork<Void> dies =
        () -> {
          try (Statement bare =
              connection.unwrap(PolluxConnection.class).inner().createStatement()) {
            bare.executeUpdate("insert into t (id) values (7)");
          }
          throw new OutOfMemoryError("a test says so");
        };
    assertThrows(OutOfMemoryError.class, () -> transaction.write(dies));
    assertEquals("40000", assertThrows(SQLException.class, () -> insert(1)).getSQLState());
    assertEquals(List.of(), ids());
    connection.setAutoCommit(true);
    insert(2);
    assertEquals(List.of("2"), ids());
  }
}
