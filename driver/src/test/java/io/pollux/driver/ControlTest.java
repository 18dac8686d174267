package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** BEGIN, COMMIT, SAVEPOINT and their like as texts, held against the bare driver and a twin. */
class ControlTest {
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int ROUNDS = Integer.getInteger("pollux.rounds", 60);
  private static final String TABLE = "create table t (a int primary key)";

  /** Texts and, in brackets, JDBC calls; {@code +} inserts the next number. */
  private static final List<String> SCRIPTS =
      List.of(
          "BEGIN, +, COMMIT, +",
          "begin transaction, +, end, +, rollback",
          "START TRANSACTION, +, ROLLBACK, +",
          "START TRANSACTION, +, COMMIT WORK, +",
          "BEGIN, +, ROLLBACK, +",
          "BEGIN, BEGIN, +, COMMIT, +",
          "BEGIN IMMEDIATE, +, COMMIT, BEGIN IMMEDIATE, +, ROLLBACK, +",
          "+, COMMIT, +, ROLLBACK, COMMIT, +",
          "BEGIN, +, SAVEPOINT A, +, ROLLBACK TO SAVEPOINT A, +, COMMIT, +",
          "BEGIN, +, SAVEPOINT A, +, SAVEPOINT a, +, ROLLBACK TO SAVEPOINT A, COMMIT",
          "BEGIN, +, SAVEPOINT A, +, SAVEPOINT \"B\", +, ROLLBACK TO SAVEPOINT A, COMMIT",
          "BEGIN, +, SAVEPOINT A, +, RELEASE SAVEPOINT A, +, ROLLBACK TO SAVEPOINT A, COMMIT",
          "BEGIN, +, bad, +, COMMIT, +",
          "BEGIN, +, create table u (b int), +, ROLLBACK, +",
          "BEGIN, +, [close]",
          "+;+, [more], [more], [more], +",
          "+;+;+, [more], ROLLBACK, +",
          "create table x (a int primary key);insert into x values (1);+, [more], [more], [more], +",
          "+;insert into nix values (1), [more], +",
          "create table y (a int primary key);insert into nix values (1), insert into y values (1), +",
          "+;insert into t values (0);insert into t values (0), [more], +",
          "+;insert into t values (-1) ; delete from t where a < 0;, [more], +",
          "BEGIN;+;COMMIT, [more], [more], +",
          "BEGIN;+;ROLLBACK, [more], [more], [more], +",
          "BEGIN;+;SAVEPOINT A;+;ROLLBACK TO SAVEPOINT A;COMMIT, +",
          "BEGIN;+;insert into nix values (1);COMMIT, ROLLBACK, +",
          "[off], +;+, [rollback], +;+, [commit], +;insert into nix values (1), [commit]",
          "[off], +;insert into t values (1);+, [commit]");

  private static final List<String> OFTEN =
      List.of(
          "[off], +, COMMIT, +, ROLLBACK, +, COMMIT WORK, +",
          "[off], BEGIN, +, COMMIT, +",
          "[off], +, SAVEPOINT A, +, ROLLBACK TO SAVEPOINT A, COMMIT",
          "[off], +, SAVEPOINT A, [savepoint A], +, ROLLBACK TO SAVEPOINT A, [commit]",
          "BEGIN, +, [off], +, [commit], +, [rollback]",
          "BEGIN, +, [on], +, COMMIT",
          "[off], SAVEPOINT A, +, COMMIT, +, [on], +");

  private static final List<String> STEPS =
      List.of(
          "BEGIN",
          "START TRANSACTION",
          "BEGIN IMMEDIATE",
          "COMMIT",
          "COMMIT",
          "ROLLBACK",
          "SAVEPOINT A",
          "SAVEPOINT B",
          "ROLLBACK TO SAVEPOINT A",
          "ROLLBACK TO SAVEPOINT B",
          "RELEASE SAVEPOINT A",
          "RELEASE SAVEPOINT B",
          "[savepoint A]",
          "[savepoint ]",
          "[back]",
          "[release]",
          "[on]",
          "[off]",
          "[commit]",
          "[rollback]",
          "+",
          "+",
          "+",
          "+",
          "bad",
          "+;+",
          "BEGIN;+;COMMIT",
          "+;SAVEPOINT A;+",
          "BEGIN;+;+",
          "+;ROLLBACK",
          "+;bad");

  /** What runs the steps of a script, and what it was answered. */
  private static final class Runner {
    private final Connection connection;
    private final List<Savepoint> savepoints = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private Statement statement;
    private int next;

    Runner(Connection connection) {
      this.connection = connection;
    }

    void run(String step) throws SQLException {
      String answer;
      try {
        if (statement == null || !step.equals("[more]")) {
          statement = connection.createStatement();
        }
        answer = answer(statement, step);
      } catch (SQLException e) {
        answer = "!! " + e.getSQLState();
      }
      trace.add(step + " -> " + answer + (connection.isClosed() ? "" : autoCommit()));
    }

    private String autoCommit() throws SQLException {
      return connection.getAutoCommit() ? " on" : " off";
    }

    private String answer(Statement statement, String step) throws SQLException {
      boolean isSqlite = connection.getMetaData().getURL().contains("sqlite");
      if (step.equals("[more]")) {
        return isSqlite ? "" : statement.getMoreResults() + " " + statement.getUpdateCount();
      }
      if (step.startsWith("[")) {
        call(step.substring(1, step.length() - 1));
        return "";
      }
      String sql = step.equals("bad") ? "insert into t values ('x', 1)" : step;
      while (sql.contains("+")) {
        sql = sql.replaceFirst("[+]", "insert into t values (" + ++next + ")");
      }
      if (sql.contains(";") && isSqlite) {
        return String.valueOf(statement.executeUpdate(sql)); // Otherwise it runs the first alone.
      }
      return statement.execute(sql) ? "rows" : String.valueOf(statement.getUpdateCount());
    }

    private void call(String name) throws SQLException {
      int last = savepoints.size() - 1;
      if (last < 0 && List.of("back", "release").contains(name)) {
        return;
      }
      switch (name) {
        case "on" -> connection.setAutoCommit(true);
        case "off" -> connection.setAutoCommit(false);
        case "commit" -> connection.commit();
        case "rollback" -> connection.rollback();
        case "close" -> connection.close();
        case "savepoint " -> savepoints.add(connection.setSavepoint());
        case "savepoint A" -> savepoints.add(connection.setSavepoint("A"));
        case "back" -> connection.rollback(savepoints.get(last));
        case "release" -> connection.releaseSavepoint(savepoints.remove(last));
        default -> throw new IllegalArgumentException(name);
      }
    }
  }

  private static RecordingNode database(TestEngine engine) throws Exception {
    RecordingNode node = new RecordingNode(engine.create());
    node.prepare(TABLE);
    if (engine == TestEngine.SQLITE) { // BEGIN IMMEDIATE takes the right to write there.
      node.prepare("create table pollux_applied (log_position integer, hash blob)");
    }
    return node;
  }

  private static List<String> rows(RecordingNode node) throws SQLException {
    return node.rows("select a from t order by a");
  }

  private static List<String> asTheBareDriver(TestEngine engine, String script) throws Exception {
    RecordingNode bare = database(engine);
    RecordingNode node = database(engine);
    RecordingNode twin = database(engine);
    Runner expected = new Runner(bare.connectBare());
    Runner runner = new Runner(node.connect());
    for (String step : script.split(", (?![^(]*\\))", -1)) {
      expected.run(step);
      runner.run(step);
    }
    expected.connection.close();
    runner.connection.close();
    assertEquals(rows(bare), rows(node), script);
    assertEquals(List.of(), Replay.run(twin, node.gate.drafts()), script);
    assertEquals(rows(node), rows(twin), script);
    assertEquals(told(engine, expected.trace), told(engine, runner.trace), script);
    return runner.trace;
  }

  /** SQLite's driver counts the rows of the write before. */
  private static List<String> told(TestEngine engine, List<String> trace) {
    return engine == TestEngine.SQLITE
        ? trace.stream().map(line -> line.replaceAll("-> [0-9]+", "-> n")).toList()
        : trace;
  }

  @ParameterizedTest
  @EnumSource
  void answersAndRowsAreThoseOfTheBareDriver(TestEngine engine) throws Exception {
    List<String> seen = new ArrayList<>();
    for (String script : SCRIPTS) {
      if (engine == TestEngine.DERBY && script.contains("SAVEPOINT")) {
        continue; // Has its own form, which is refused.
      }
      seen.addAll(asTheBareDriver(engine, script));
    }
    if (engine != TestEngine.SQLITE && engine != TestEngine.DERBY) {
      for (String script : OFTEN) {
        seen.addAll(asTheBareDriver(engine, script));
      }
    }
    assertTrue(
        engine == TestEngine.DERBY
            || seen.stream().anyMatch(line -> line.startsWith("COMMIT -> 0")),
        seen::toString);
  }

  @ParameterizedTest
  @EnumSource
  void whateverComesAfterTheOtherTheTwinHasTheSameRows(TestEngine engine) throws Exception {
    RecordingNode node = database(engine);
    RecordingNode twin = database(engine);
    int next = 0;
    int replayed = 0;
    for (long seed = SEED; seed < SEED + ROUNDS; seed++) {
      Random random = new Random(seed);
      Runner runner = new Runner(node.connect());
      runner.next = next;
      for (int i = random.nextInt(4, 30); i > 0; i--) {
        runner.run(STEPS.get(random.nextInt(STEPS.size())));
      }
      if (engine.refusesToCloseOpenWork()) {
        runner.connection.rollback();
      }
      runner.connection.close();
      next = runner.next;
      String what = "-Dpollux.seed=" + seed + " " + runner.trace;
      int all = node.gate.drafts().size();
      assertEquals(
          Collections.emptyList(),
          Replay.run(twin, node.gate.drafts().subList(replayed, all)),
          what);
      replayed = all;
      assertEquals(rows(node), rows(twin), what);
    }
    assertTrue(replayed > ROUNDS, "only " + replayed + " transactions");
  }
}
