package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.engine.Dialect;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs a statement that says itself which rows it changed. What the application wants to see of
 * them stands first in its list, what the log needs last, so that one execution serves both.
 */
final class ReturningRun {
  private final RowCapture rows;
  private final Invocation call;
  private final Shadowed shadowed;
  private final PolluxStatement statement;
  private final Dialect dialect;

  ReturningRun(RowCapture rows, Invocation call, Shadowed shadowed) {
    this.rows = rows;
    this.call = call;
    this.shadowed = shadowed;
    this.statement = call.statement();
    this.dialect = statement.connection().node().dialect();
  }

  Outcome run(CapturePlan.Returning plan) throws SQLException {
    boolean isQuery = !plan.shown().sql().isEmpty();
    if (isQuery && !mayReturnRows()) {
      throw new SQLException("A result was returned when none was expected.", "0100E");
    }
    String wanted = isQuery ? plan.shown().sql() : keys();
    Bound whole = plan.whole(wanted);
    Evaluation evaluation = rows.evaluation();
    statement.closeRows();
    PreparedStatement shadow =
        wanted.isEmpty() || dialect.readsOnce()
            ? statement.shadows().get(whole.sql())
            : statement.shadows().scrolling(whole.sql());
    shadowed.bind(shadow, evaluation.values(whole));
    ResultSet result = statement.running(shadow, shadow::executeQuery);
    return rows.learned(() -> outcome(plan, evaluation, result));
  }

  /** The columns that are shown as generated keys. */
  private String keys() throws SQLException {
    if (dialect.keysQuery().isEmpty()) {
      return call.keys() instanceof KeyRequest.Flag
          ? String.join("", call.keys().names(List.of("*")))
          : String.join(", ", call.keys().names(List.of()).stream().map(dialect::quote).toList());
    }
    boolean isPlain = call.keys() instanceof KeyRequest.Flag || !call.keys().asks();
    if (!isPlain && !(statement instanceof PreparedStatement)) {
      throw new SQLFeatureNotSupportedException(
          "the driver shows generated keys by Statement.RETURN_GENERATED_KEYS alone", "0A000");
    }
    return "";
  }

  private boolean mayReturnRows() {
    return call.method() == CallMethod.QUERY || call.method() == CallMethod.EXECUTE;
  }

  private Outcome outcome(CapturePlan.Returning plan, Evaluation evaluation, ResultSet result)
      throws SQLException {
    int hidden = plan.returned().size();
    int visible = result.getMetaData().getColumnCount() - hidden;
    int wanted = dialect.readsOnce() ? visible : 0;
    List<List<SqlValue>> read = shadowed.read(result, wanted + hidden);
    for (List<SqlValue> row : read) {
      List<SqlValue> changed = row.subList(wanted, wanted + hidden);
      requireKey(plan, changed);
      rows.add(plan.table(), plan.logged(), evaluation.at(changed).values(plan.logged()), 1);
      plan.identity().ifPresent(column -> rows.drawn(plan.table(), changed.get(column)));
    }
    plan.sequences().forEach(statement.connection().transaction().capture()::sequenceDrawn);
    Optional<ResultSet> shown =
        visible == 0 ? lastKey(plan) : Optional.of(show(result, visible, read));
    if (visible == 0 || dialect.readsOnce()) {
      result.close();
    }
    return plan.shown().sql().isEmpty()
        ? Outcome.apart(read.size(), shown)
        : Outcome.rows(shown.orElseThrow());
  }

  private static void requireKey(CapturePlan.Returning plan, List<SqlValue> changed)
      throws SQLException {
    if (!plan.addresses(changed)) {
      throw Refusals.notCaptured(
          "change of a row of " + plan.table(),
          "its primary key is NULL, so that it can't be told from others",
          "give the row a key with the bare database, and declare the key NOT NULL");
    }
  }

  private ResultSet show(ResultSet result, int visible, List<List<SqlValue>> read)
      throws SQLException {
    if (!dialect.readsOnce()) {
      result.beforeFirst();
      return PolluxResultSet.firstColumns(statement, result, visible);
    }
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= visible; i++) {
      names.add(result.getMetaData().getColumnLabel(i));
    }
    return query(
        dialect.rowsQuery(names, read.size()),
        read.stream().flatMap(row -> row.subList(0, visible).stream()).toList());
  }

  private Optional<ResultSet> lastKey(CapturePlan.Returning plan) throws SQLException {
    boolean isAsked = call.keys().asks() && plan.logged().sql().startsWith("INSERT");
    return isAsked && dialect.keysQuery().isPresent()
        ? Optional.of(query(dialect.keysQuery().orElseThrow(), List.of()))
        : Optional.empty();
  }

  private ResultSet query(String sql, List<SqlValue> values) throws SQLException {
    PreparedStatement shadow = statement.shadows().get(sql);
    shadowed.bind(shadow, values);
    return PolluxResultSet.of(statement, statement.running(shadow, shadow::executeQuery));
  }
}
