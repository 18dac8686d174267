package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.pollux.apply.PeerGuard;
import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Classifier;
import io.pollux.sql.Column;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeProperty;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsCoverage;

/**
 * Whatever the statement: what its plan says a backup must execute gives the backup the same rows
 * to the last bit, and a statement that is said to write nothing changes no row.
 */
abstract class TwinTest {
  /**
   * An engine under test.
   *
   * @param schema statements that make the tables
   * @param plans that must have changed rows
   */
  record Engine(Dialect dialect, String prefix, List<String> schema, List<String> plans) {}

  private static Engine engine;
  private static Connection active;
  private static Connection backup;

  private final PeerGuard guard = new PeerGuard(engine().dialect());

  abstract Engine engine();

  @BeforeProperty
  void open() throws SQLException {
    engine = engine();
    active = create(engine.prefix() + "active");
    backup = create(engine.prefix() + "backup");
    engine.dialect().becomeStandby(backup);
    backup.commit();
  }

  @AfterProperty
  void close() throws SQLException {
    active.close();
    backup.close();
    engine.dialect().shutdown(engine.prefix() + "active", new Properties());
    engine.dialect().shutdown(engine.prefix() + "backup", new Properties());
  }

  private static Connection create(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(engine.dialect().createUrl(url));
    connection.setAutoCommit(false);
    for (String sql : engine.dialect().systemTables().create()) {
      execute(connection, sql);
    }
    for (String sql : engine.schema()) {
      execute(connection, sql);
    }
    connection.commit();
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Property(tries = 1000, seed = "2026", shrinking = ShrinkingMode.OFF)
  void theLogGivesTheBackupTheSameRows(@ForAll("statements") String sql) throws SQLException {
    if (engine.dialect().userTables(active).isEmpty()) {
      fail("the schema is gone");
    }
    Statistics.label("plans").coverage(TwinTest::everyPlanChangedRows);
    Map<TableName, List<String>> before = rows(active);
    CapturePlan plan =
        new Classifier(engine.dialect().facts()).classify(sql, engine.dialect().catalogue(active));
    Savepoint start = active.setSavepoint();
    List<PlanRunner.Logged> log;
    try {
      log = plan.accept(new PlanRunner(engine.dialect(), active, sql, parameters(sql)));
    } catch (SQLException e) {
      active.rollback(start);
      return;
    }
    if (plan instanceof CapturePlan.Pass || plan instanceof CapturePlan.Session) {
      assertEquals(before, rows(active), sql);
    }
    for (PlanRunner.Logged logged : log) {
      guard.check(backup, logged.change());
      assertEquals(logged.count(), replayed(logged), () -> sql + " logged as " + logged);
    }
    assertEquals(rows(active), rows(backup), () -> sql + " logged as " + log);
    active.commit();
    backup.commit();
    if (!log.isEmpty()) {
      Statistics.label("plans").collect(plan.getClass().getSimpleName());
    }
  }

  /** Runs last: a plan that never changed a row would have proved nothing. */
  static void everyPlanChangedRows(StatisticsCoverage coverage) {
    for (String plan : engine.plans()) {
      coverage.check(plan).count(count -> count >= 3);
    }
  }

  @AfterTry
  void rollback() throws SQLException {
    active.rollback();
    backup.rollback();
  }

  private static List<SqlValue> parameters(String sql) {
    return sql.chars().filter(c -> c == '?').<SqlValue>mapToObj(SqlValue.Whole::new).toList();
  }

  private static long replayed(PlanRunner.Logged logged) throws SQLException {
    long changed = replay(logged.sql(), logged);
    if (changed == 0
        && logged.change() instanceof Change.Rows rows
        && rows.action() == Change.Action.UPSERT) {
      Change.Rows insert =
          new Change.Rows(rows.table(), Change.Action.INSERT, rows.columns(), 0, List.of());
      return replay(engine.dialect().rowSql(insert, numbers(rows.table())), logged);
    }
    return changed;
  }

  private static boolean numbers(TableName table) throws SQLException {
    return engine.dialect().catalogue(active).table(table).orElseThrow().columns().stream()
        .anyMatch(column -> column.identity() != Column.Identity.NONE);
  }

  private static long replay(String sql, PlanRunner.Logged logged) throws SQLException {
    try (PreparedStatement statement = backup.prepareStatement(sql)) {
      for (int i = 0; i < logged.values().size(); i++) {
        engine.dialect().bind(statement, i + 1, logged.values().get(i));
      }
      return statement.executeUpdate();
    }
  }

  private static Map<TableName, List<String>> rows(Connection connection) throws SQLException {
    Map<TableName, List<String>> tables = new TreeMap<>();
    for (TableName table : engine.dialect().userTables(connection)) {
      try (Statement statement = connection.createStatement();
          ResultSet result =
              statement.executeQuery("SELECT * FROM " + engine.dialect().quote(table))) {
        List<String> rows = new ArrayList<>();
        PlanRunner.rows(engine.dialect(), result).forEach(row -> rows.add(row.toString()));
        rows.sort(null);
        tables.put(table, rows);
      }
    }
    return tables;
  }

  @Provide
  Arbitrary<String> statements() {
    return Arbitraries.frequencyOf(
            Tuple.of(8, inserts()),
            Tuple.of(6, updates()),
            Tuple.of(2, deletes()),
            Tuple.of(2, merges()),
            Tuple.of(1, queries()))
        .flatMap(TwinTest::disguised);
  }

  private static final String[] TABLES = {"T", "T", "G", "P", "U", "TREE", "OTHER.T", "\"T\"", "W"};
  private static final String[] NUMBERS = {
    "1",
    "2",
    "3",
    "-4",
    "?",
    "NULL",
    "DEFAULT",
    "A",
    "B",
    "A + 1",
    "ID",
    "B * 2 - ?",
    "MOD(A, 3)",
    "(SELECT MAX(A) FROM T)",
    "(SELECT COUNT(*) FROM U)",
    "NEXT VALUE FOR Q",
    "CASE WHEN B > 2 AND ID = 1 THEN A ELSE 5 END",
    "CAST(RANDOM() * 10 AS INTEGER)",
    "COALESCE(B, ID)",
    "CAST(? AS INTEGER)"
  };
  private static final String[] TEXTS = {
    "'text'",
    "S",
    "USER",
    "DEFAULT",
    "S || 'y'",
    "CURRENT_TIMESTAMP",
    "TS",
    "NULL",
    "UPPER(S)",
    "CAST(TS AS VARCHAR(40))"
  };
  private static final String[] TIMES = {
    "CURRENT_TIMESTAMP", "'2026-01-02 03:04:05'", "NULL", "TS", "{ts '2026-01-02 03:04:05'}"
  };

  private static Arbitrary<String> numbers() {
    return Arbitraries.of(NUMBERS);
  }

  private static Arbitrary<String> assignments() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, numbers().map(value -> "A = " + value)),
        Tuple.of(3, numbers().map(value -> "B = " + value)),
        Tuple.of(2, numbers().map(value -> "ID = " + value)),
        Tuple.of(2, Arbitraries.of("ID = ID + 100", "B = B + 1")),
        Tuple.of(3, Arbitraries.of(TEXTS).map(value -> "S = " + value)),
        Tuple.of(1, Arbitraries.of(TIMES).map(value -> "TS = " + value)),
        Tuple.of(1, Arbitraries.of("D = SQRT(A * A)", "D = RANDOM()", "D = SIN(A)", "A = USER")));
  }

  private static Arbitrary<String> predicates() {
    Arbitrary<String> terms =
        Arbitraries.of(
            "ID = 1",
            "ID = 2",
            "ID = ?",
            "3 = ID",
            "A = 1",
            "A = 2",
            "A > 2",
            "B IS NULL",
            "ID IN (1, 2, 3)",
            "A BETWEEN 1 AND 3",
            "S LIKE 't%'",
            "S = USER",
            "NOT ID = 1",
            "(ID = 2 OR A = 3)",
            "RANDOM() < 0.5",
            "B = (SELECT MAX(B) FROM P)",
            "EXISTS (SELECT 1 FROM U WHERE U.ID = A)",
            "ID > (SELECT MIN(ID) FROM G)",
            "TS < CURRENT_TIMESTAMP",
            "TS < '2026-06-01 00:00:00'",
            "1 = 1",
            "A IN (SELECT A FROM U)",
            "CASE WHEN A = 1 AND ID = 2 THEN 1 ELSE 0 END = 1",
            "D > 1E0");
    return Combinators.combine(terms, Arbitraries.of("", "", " AND ", " OR ", " AND NOT "), terms)
        .as((left, operator, right) -> operator.isEmpty() ? left : left + operator + right);
  }

  private static Arbitrary<String> where() {
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.just("")),
        Tuple.of(6, predicates().map(predicate -> " WHERE " + predicate)));
  }

  private static Arbitrary<String> updates() {
    return Combinators.combine(
            Arbitraries.of(TABLES), Arbitraries.of("", "", " X", " AS X"), assignments(), where())
        .as((table, alias, set, where) -> "UPDATE " + table + alias + " SET " + set + where);
  }

  private static Arbitrary<String> deletes() {
    return Combinators.combine(Arbitraries.of(TABLES), predicates())
        .as((table, where) -> "DELETE FROM " + table + " WHERE A > 3 AND " + where);
  }

  private static Arbitrary<String> inserts() {
    Arbitrary<String> key = Arbitraries.integers().between(1, 40).map(Object::toString);
    Arbitrary<String> keyed =
        Combinators.combine(Arbitraries.of(TABLES), key, numbers(), numbers())
            .as(
                (table, id, a, b) ->
                    "INSERT INTO "
                        + table
                        + " (ID, A, B) VALUES ("
                        + id
                        + ", "
                        + a
                        + ", "
                        + b
                        + ")");
    Arbitrary<String> generated =
        Combinators.combine(numbers(), Arbitraries.of(TEXTS))
            .as((a, s) -> "INSERT INTO G (A, S) VALUES (" + a + ", " + s + "), (5, 'z')");
    Arbitrary<String> one = numbers().map(a -> "INSERT INTO G (A) VALUES (" + a + ")");
    Arbitrary<String> queried =
        Combinators.combine(key, Arbitraries.of("T", "U", "P", "TREE"), where())
            .as(
                (id, from, where) ->
                    "INSERT INTO T (ID, A, B) SELECT ID + " + id + ", A, ? FROM " + from + where);
    Arbitrary<String> many = where().map(where -> "INSERT INTO G (A) SELECT A FROM T" + where);
    return Arbitraries.oneOf(keyed, generated, one, queried, many);
  }

  /** Two engines have MERGE with a key, two with branches. */
  private static Arbitrary<String> merges() {
    Arbitrary<String> key = Arbitraries.integers().between(1, 12).map(Object::toString);
    Arbitrary<String> keyed =
        Combinators.combine(Arbitraries.of(TABLES), key, numbers(), Arbitraries.of("", ", (2, 7)"))
            .as(
                (table, id, a, more) ->
                    "MERGE INTO "
                        + table
                        + " (ID, A) KEY (ID) VALUES ("
                        + id
                        + ", "
                        + a
                        + ")"
                        + more);
    Arbitrary<String> branched =
        Combinators.combine(
                Arbitraries.of("T", "G", "OTHER.T", "U", "TREE"),
                key,
                numbers(),
                Arbitraries.of("A = V.A", "A = X.A + V.A", "A = CAST(RANDOM() * 10 AS INTEGER)"),
                Arbitraries.of("", " AND X.A > 2"))
            .as(
                (table, id, a, set, when) ->
                    "MERGE INTO "
                        + table
                        + " X USING (VALUES ("
                        + id
                        + ", 1), (3, 5)) AS V (ID, A) ON X.ID = V.ID WHEN MATCHED"
                        + when
                        + " THEN UPDATE SET X."
                        + set
                        + " WHEN NOT MATCHED THEN INSERT (ID, A) VALUES (V.ID, "
                        + (a.startsWith("CAST") ? a : "V.A")
                        + ")");
    Arbitrary<String> queried =
        where().map(where -> "MERGE INTO T (ID, A) KEY (ID) SELECT A, B FROM P" + where);
    return Arbitraries.oneOf(keyed, branched, queried);
  }

  private static Arbitrary<String> queries() {
    return Combinators.combine(numbers(), Arbitraries.of(TABLES), where())
        .as((value, table, where) -> "SELECT " + value + ", ID FROM " + table + where);
  }

  /** Comments and letters that mean nothing, at the first spaces. */
  private static Arbitrary<String> disguised(String sql) {
    return Arbitraries.of("%s", "%s", "/* x */%s", "%s /* ' */", "-- ?? ;\n%s", "\t%s\n")
        .filter(form -> !(form.contains("?") && sql.contains("?")))
        .map(form -> form.replace("??", "").formatted(sql));
  }
}
