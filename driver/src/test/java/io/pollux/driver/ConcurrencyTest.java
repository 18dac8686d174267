package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.apply.RefusedException;
import io.pollux.commit.Draft;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was recorded, replayed in commit order, gives the same rows at READ COMMITTED. */
class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int TRANSACTIONS = 15;
  private static final int ROWS = 100;
  private static final int VALUES = 20;
  private static final String[] TABLE = {
    "create table t (id int primary key, v int not null, w int not null)",
    "create index tv on t (v)"
  };

  private RecordingNode source;
  private RecordingNode target;

  private void openDatabases(TestEngine engine) throws Exception {
    source = database(engine);
    target = database(engine);
  }

  private static RecordingNode database(TestEngine engine) throws Exception {
    RecordingNode node = new RecordingNode(engine.create());
    node.prepare(TABLE);
    if (engine == TestEngine.DERBY) {
      node.prepare(
          "call syscs_util.syscs_set_database_property('derby.locks.deadlockTimeout', '1')",
          "call syscs_util.syscs_set_database_property('derby.locks.waitTimeout', '2')");
    }
    for (int id = 0; id < ROWS; id++) {
      node.prepare("insert into t values (" + id + ", " + id % VALUES + ", 0)");
    }
    return node;
  }

  private static List<String> table(RecordingNode node) throws SQLException {
    return node.rows("select * from t order by id");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POSTGRESQL")
  void eightThreadsOfPredicatesReplayToTheSameTable(TestEngine engine) throws Exception {
    openDatabases(engine);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Future<Integer>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        running.add(threads.submit(() -> write(number, start, engine != TestEngine.DERBY)));
      }
      int committed = 0;
      for (Future<Integer> each : running) {
        committed += each.get();
      }
      assertTrue(committed > THREADS * TRANSACTIONS / 4, "only " + committed + " got through");
    } finally {
      threads.shutdownNow();
    }
    assertEquals(
        List.of(), Replay.run(target, source.gate.drafts()), "executions with other counts");
    assertEquals(table(source), table(target));
  }

  /**
   * Where it has so many lock waits that nothing gets through, without predicates and values that
   * read other rows.
   */
  private int write(int number, CyclicBarrier start, boolean readsOthers) throws Exception {
    Random random = new Random(number);
    int committed = 0;
    try (Connection connection = source.connect();
        PreparedStatement move =
            connection.prepareStatement("update t set v = ?, w = w + 1 where v = ?");
        PreparedStatement greatest =
            connection.prepareStatement(
                "update t set w = w + 10 where v = (select max(x.v) from t x where x.v < ?)");
        PreparedStatement count =
            connection.prepareStatement(
                "update t set w = (select count(*) from t x where x.v = 1) where v = ?");
        PreparedStatement insert = connection.prepareStatement("insert into t values (?, ?, 0)");
        PreparedStatement delete =
            connection.prepareStatement("delete from t where v = ? and id >= ?")) {
      connection.setAutoCommit(false);
      start.await();
      for (int i = 0; i < TRANSACTIONS; i++) {
        try {
          insert.setInt(1, ROWS + number * TRANSACTIONS + i);
          insert.setInt(2, random.nextInt(VALUES));
          insert.executeUpdate();
          move.setInt(1, random.nextInt(VALUES));
          move.setInt(2, random.nextInt(VALUES));
          move.executeUpdate();
          if (readsOthers) {
            PreparedStatement reader = i % 2 == 0 ? greatest : count;
            reader.setInt(1, random.nextInt(VALUES));
            reader.executeUpdate();
          }
          if (i % 7 == 0) {
            delete.setInt(1, random.nextInt(VALUES));
            delete.setInt(2, ROWS);
            delete.executeUpdate();
          }
          connection.commit();
          committed++;
        } catch (SQLException e) {
          boolean isTransient = source.dialect().isTransient(e);
          assertTrue(isTransient || e.getSQLState().startsWith("40"), e.toString());
          connection.rollback();
        }
      }
    }
    return committed;
  }

  /**
   * One interleaving that READ COMMITTED allows: a predicate runs, a row that it would match comes
   * in and is committed first. The text in commit order changes that row too; the keys do not.
   */
  @Test
  void theTextInCommitOrderWouldDivergeWhereTheKeysDoNot() throws Exception {
    openDatabases(TestEngine.DERBY);
    String text = "update t set w = w + 100 where v = 3";
    try (Connection first = source.connect();
        Connection second = source.connect()) {
      first.setAutoCommit(false);
      first.createStatement().executeUpdate(text);
      second.createStatement().executeUpdate("insert into t values (1000, 3, 0)");
      first.commit();
    }
    List<Draft> drafts = source.gate.drafts();
    assertEquals(List.of(), Replay.run(target, drafts));
    assertEquals(table(source), table(target));
    RecordingNode naive = database(TestEngine.DERBY);
    Replay.run(naive, List.of(drafts.get(0)));
    assertThrows(RefusedException.class, () -> Replay.run(naive, List.of(asText(text))));
    naive.prepare(text);
    assertNotEquals(table(source), table(naive), "the test can't fail");
  }

  /**
   * A transaction whose snapshot is older than its lock of the table doesn't see what was committed
   * before the lock; the backup would.
   */
  @ParameterizedTest
  @EnumSource(names = {"DERBY", "SQLITE", "POSTGRESQL"})
  void aTableLockDoesNotHelpAnOldSnapshot(TestEngine engine) throws Exception {
    openDatabases(engine);
    for (RecordingNode node : List.of(source, target)) {
      node.prepare("create table loose (v int, s varchar(9))", "insert into loose values (1, 'a')");
    }
    try (Connection first = source.connect();
        Connection second = source.connect()) {
      first.setTransactionIsolation(
          engine == TestEngine.SQLITE
              ? Connection.TRANSACTION_SERIALIZABLE
              : Connection.TRANSACTION_REPEATABLE_READ);
      first.setAutoCommit(false);
      try (Statement reader = first.createStatement()) {
        reader.executeQuery("select count(*) from t where id = 1").close();
        try (Statement writer = second.createStatement()) {
          writer.executeUpdate("insert into loose values (1, 'b')");
        }
        reader.executeUpdate("update loose set s = 'c' where v = 1");
        first.commit();
      } catch (SQLException e) {
        assertTrue(source.dialect().isTransient(e) || "0A000".equals(e.getSQLState()), e::toString);
        first.rollback();
      }
      try (Statement alone = first.createStatement()) {
        int changed = alone.executeUpdate("update loose set s = 'd' where v = 1");
        first.commit();
        assertEquals(source.rows("select * from loose").size(), changed);
      }
    }
    assertEquals(List.of(), Replay.run(target, source.gate.drafts()));
    assertEquals(
        source.rows("select * from loose order by s"),
        target.rows("select * from loose order by s"));
  }

  /** Its count is the same, and a query of the keys that holds nothing would name the wrong row. */
  @ParameterizedTest
  @EnumSource(names = {"HSQLDB", "HSQLDB_MVCC"})
  void aRowThatTakesTheTurnOfAnotherIsNotMistakenForIt(TestEngine engine) throws Exception {
    openDatabases(engine);
    source.prepare("update t set v = 50 where id = 1", "update t set v = 51 where id = 2");
    target.prepare("update t set v = 50 where id = 1", "update t set v = 51 where id = 2");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Connection first = source.connect()) {
      first.setAutoCommit(false);
      first.createStatement().executeUpdate("update t set v = 51 where id = 1");
      first.createStatement().executeUpdate("update t set v = 50 where id = 2");
      Future<Integer> waiting = thread.submit(this::countWhereOneRowMatches);
      String waits =
          "select count(*) from information_schema.system_sessions where latch_count > 0";
      Awaitility.await().until(() -> source.rows(waits).equals(List.of("1")));
      first.commit();
      assertEquals(1, waiting.get(30, TimeUnit.SECONDS));
    } finally {
      thread.shutdown();
    }
    assertEquals(List.of(), Replay.run(target, source.gate.drafts()));
    assertEquals(table(source), table(target));
  }

  private int countWhereOneRowMatches() throws SQLException {
    String sql = "update t set w = (select count(*) from t x where x.v = 7) where v = 50";
    try (Connection second = source.connect();
        Statement statement = second.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static Draft asText(String sql) {
    Change.ParameterSet once = new Change.ParameterSet(List.<SqlValue>of(), ROWS / VALUES);
    return new Draft(
        Client.UNKNOWN,
        List.of(new Change.Statement("APP", new TableName("APP", "T"), sql, List.of(once))));
  }
}
