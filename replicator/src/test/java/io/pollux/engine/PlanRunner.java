package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sql.Binding;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Performs a plan as simply as possible and returns what a backup has to execute. */
final class PlanRunner implements CapturePlan.Handler<List<PlanRunner.Logged>, SQLException> {
  /** One statement of the log, with its values and the rows that it changed; what its record is. */
  record Logged(String sql, List<SqlValue> values, long count, Change change) {}

  private static final Instant NOW = Instant.parse("2026-05-04T03:02:01.234Z");

  private final Dialect dialect;
  private final Connection connection;
  private final String sql;
  private final List<SqlValue> parameters;

  PlanRunner(Dialect dialect, Connection connection, String sql, List<SqlValue> parameters) {
    this.dialect = dialect;
    this.connection = connection;
    this.sql = sql;
    this.parameters = List.copyOf(parameters);
  }

  @Override
  public List<Logged> pass(CapturePlan.Pass plan) throws SQLException {
    run(new Bound(sql, parameterBindings()), List.of(), "");
    return List.of();
  }

  private List<Binding> parameterBindings() {
    return Stream.iterate(1, i -> i + 1)
        .limit(parameters.size())
        .<Binding>map(Binding.Parameter::new)
        .toList();
  }

  @Override
  public List<Logged> closed(CapturePlan.Closed plan) throws SQLException {
    return closed(plan, List.of());
  }

  private List<Logged> closed(CapturePlan.Closed plan, List<SqlValue> fetched) throws SQLException {
    List<SqlValue> drawn = drawn(plan.local());
    Ran ran =
        run(plan.local(), values(plan.local(), fetched, drawn, 0), plan.generatedKey().orElse(""));
    return ran.count() == 0
        ? List.of()
        : List.of(
            logged(
                plan.table(),
                plan.logged(),
                values(plan.logged(), fetched, drawn, ran.key()),
                ran.count()));
  }

  private List<SqlValue> drawn(Bound bound) throws SQLException {
    List<SqlValue> drawn = new ArrayList<>();
    for (Binding binding : bound.bindings()) {
      if (binding instanceof Binding.NextValue next) {
        drawn.add(new SqlValue.Whole(dialect.nextValue(connection, next.sequence())));
      }
    }
    return drawn;
  }

  private Logged logged(TableName table, Bound bound, List<SqlValue> values, long count)
      throws SQLException {
    Change change =
        new Change.Statement(
            dialect.currentSchema(connection),
            table,
            bound.sql(),
            List.of(new Change.ParameterSet(values, count)));
    return new Logged(bound.sql(), values, count, change);
  }

  @Override
  public List<Logged> locked(CapturePlan.Locked plan) throws SQLException {
    run(new Bound(plan.lock(), List.of()), List.of(), "");
    return closed(plan.statement());
  }

  @Override
  public List<Logged> split(CapturePlan.Split plan) throws SQLException {
    List<Logged> all = new ArrayList<>();
    for (CapturePlan.Closed part : plan.parts()) {
      all.addAll(closed(part));
    }
    return all;
  }

  @Override
  public List<Logged> eachKey(CapturePlan.EachKey plan) throws SQLException {
    List<Logged> all = new ArrayList<>();
    for (List<SqlValue> key : query(plan.selectKeys(), List.of())) {
      Ran ran = run(plan.each(), values(plan.each(), key));
      all.add(logged(plan.table(), plan.logged(), values(plan.logged(), key), ran.count()));
    }
    return all;
  }

  @Override
  public List<Logged> images(CapturePlan.Images plan) throws SQLException {
    List<List<SqlValue>> keys = query(plan.selectKeys(), List.of());
    assertEquals(keys.size(), run(plan.local(), values(plan.local(), List.of())).count());
    List<String> columns = new ArrayList<>(plan.setColumns());
    columns.addAll(plan.keyColumns());
    List<Logged> all = new ArrayList<>();
    for (List<SqlValue> key : keys) {
      List<List<SqlValue>> image = query(plan.selectImage(), key);
      Change.Rows rows =
          new Change.Rows(
              plan.table(), Change.Action.UPDATE, columns, plan.keyColumns().size(), image);
      all.add(new Logged(dialect.rowSql(rows, false), image.get(0), 1, rows));
    }
    return all;
  }

  @Override
  public List<Logged> merge(CapturePlan.Merge plan) throws SQLException {
    List<Logged> all = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(plan.local().sql(), plan.columns().toArray(String[]::new))) {
      List<SqlValue> values = values(plan.local(), List.of());
      for (int i = 0; i < values.size(); i++) {
        dialect.bind(statement, i + 1, values.get(i));
      }
      int count = statement.executeUpdate();
      List<List<SqlValue>> images = rows(dialect, statement.getGeneratedKeys());
      assertEquals(count, images.size(), sql);
      for (List<SqlValue> image : images) {
        Change.Rows rows =
            new Change.Rows(
                plan.table(),
                Change.Action.UPSERT,
                plan.columns(),
                plan.keyColumns(),
                List.of(image));
        all.add(new Logged(dialect.rowSql(rows, false), image, 1, rows));
      }
    }
    return all;
  }

  @Override
  public List<Logged> returning(CapturePlan.Returning plan) throws SQLException {
    List<Logged> all = new ArrayList<>();
    for (List<SqlValue> row : query(plan.whole(""), List.of())) {
      if (!plan.addresses(row)) {
        throw new SQLException("a row without a key", "0A000");
      }
      all.add(logged(plan.table(), plan.logged(), values(plan.logged(), row), 1));
    }
    return all;
  }

  @Override
  public List<Logged> insertSelect(CapturePlan.InsertSelect plan) throws SQLException {
    List<Logged> all = new ArrayList<>();
    for (List<SqlValue> row : query(plan.query(), List.of())) {
      all.addAll(closed(plan.insert(), row));
    }
    return all;
  }

  @Override
  public List<Logged> sequence(CapturePlan.Sequence plan) throws SQLException {
    return pass(new CapturePlan.Pass());
  }

  @Override
  public List<Logged> ddl(CapturePlan.Ddl plan) throws SQLException {
    throw new AssertionError("no schema changes here: " + sql);
  }

  @Override
  public List<Logged> session(CapturePlan.Session plan) throws SQLException {
    return pass(new CapturePlan.Pass());
  }

  @Override
  public List<Logged> control(CapturePlan.Control plan) {
    return List.of();
  }

  @Override
  public List<Logged> script(CapturePlan.Script plan) {
    return List.of();
  }

  @Override
  public List<Logged> refuse(CapturePlan.Refuse plan) {
    return List.of();
  }

  private record Ran(long count, long key) {}

  private Ran run(Bound bound, List<SqlValue> values) throws SQLException {
    return run(bound, values, "");
  }

  private Ran run(Bound bound, List<SqlValue> values, String key) throws SQLException {
    try (PreparedStatement statement =
        key.isEmpty()
            ? connection.prepareStatement(bound.sql())
            : connection.prepareStatement(bound.sql(), Statement.RETURN_GENERATED_KEYS)) {
      List<SqlValue> all = values.isEmpty() ? values(bound, List.of()) : values;
      for (int i = 0; i < all.size(); i++) {
        dialect.bind(statement, i + 1, all.get(i));
      }
      statement.execute();
      long count = Math.max(statement.getUpdateCount(), 0);
      long generated = 0;
      if (!key.isEmpty()) {
        try (ResultSet keys = statement.getGeneratedKeys()) {
          keys.next();
          generated = keys.getLong(1);
        }
      }
      return new Ran(count, generated);
    }
  }

  private List<List<SqlValue>> query(Bound bound, List<SqlValue> fetched) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(bound.sql())) {
      List<SqlValue> values = values(bound, fetched, drawn(bound), 0);
      for (int i = 0; i < values.size(); i++) {
        dialect.bind(statement, i + 1, values.get(i));
      }
      try (ResultSet result = statement.executeQuery()) {
        return rows(dialect, result);
      }
    }
  }

  static List<List<SqlValue>> rows(Dialect dialect, ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    List<List<SqlValue>> rows = new ArrayList<>();
    while (result.next()) {
      List<SqlValue> row = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        row.add(dialect.read(result, i, columns.getColumnType(i)));
      }
      rows.add(row);
    }
    return rows;
  }

  private List<SqlValue> values(Bound bound, List<SqlValue> fetched) {
    return values(bound, fetched, List.of(), 0);
  }

  private List<SqlValue> values(
      Bound bound, List<SqlValue> fetched, List<SqlValue> drawn, long key) {
    List<SqlValue> values = new ArrayList<>();
    int next = 0;
    for (Binding binding : bound.bindings()) {
      if (binding instanceof Binding.Parameter parameter) {
        values.add(parameters.get(parameter.index() - 1));
      } else if (binding instanceof Binding.Clock clock) {
        values.add(dialect.clockNow(clock.kind(), NOW));
      } else if (binding instanceof Binding.NextValue) {
        values.add(drawn.get(next++));
      } else if (binding instanceof Binding.GeneratedKey) {
        values.add(new SqlValue.Whole(key));
      } else if (binding instanceof Binding.Fetched column) {
        values.add(fetched.get(column.ordinal()));
      }
    }
    return values;
  }
}
