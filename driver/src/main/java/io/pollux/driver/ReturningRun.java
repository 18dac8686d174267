package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.engine.Dialect;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

  ReturningRun(RowCapture rows, Invocation call, Shadowed shadowed) {
    this.rows = rows;
    this.call = call;
    this.shadowed = shadowed;
    this.statement = call.statement();
  }

  Outcome run(CapturePlan.Returning plan) throws SQLException {
    Dialect dialect = statement.connection().node().dialect();
    boolean isQuery = !plan.shown().sql().isEmpty();
    if (isQuery && !mayReturnRows()) {
      throw new SQLException("A result was returned when none was expected.", "0100E");
    }
    String wanted = isQuery ? plan.shown().sql() : call.keys().columns(dialect::quote);
    Bound whole = plan.whole(wanted);
    Evaluation evaluation = rows.evaluation();
    statement.closeRows();
    PreparedStatement shadow =
        wanted.isEmpty()
            ? statement.shadows().get(whole.sql())
            : statement.shadows().scrolling(whole.sql());
    shadowed.bind(shadow, evaluation.values(whole));
    ResultSet result = statement.running(shadow, shadow::executeQuery);
    return rows.learned(() -> outcome(plan, evaluation, result, !wanted.isEmpty()));
  }

  private boolean mayReturnRows() {
    return call.method() == CallMethod.QUERY || call.method() == CallMethod.EXECUTE;
  }

  private Outcome outcome(
      CapturePlan.Returning plan, Evaluation evaluation, ResultSet result, boolean isShown)
      throws SQLException {
    int hidden = plan.returned().size();
    int visible = result.getMetaData().getColumnCount() - hidden;
    List<List<SqlValue>> changed = shadowed.read(result, hidden);
    for (List<SqlValue> row : changed) {
      rows.add(plan.table(), plan.logged(), evaluation.at(row).values(plan.logged()), 1);
      plan.identity().ifPresent(column -> rows.drawn(plan.table(), row.get(column)));
    }
    plan.sequences().forEach(statement.connection().transaction().capture()::sequenceDrawn);
    if (!isShown) {
      result.close();
      return Outcome.apart(changed.size(), Optional.empty());
    }
    result.beforeFirst();
    ResultSet shown = PolluxResultSet.firstColumns(statement, result, visible);
    return plan.shown().sql().isEmpty()
        ? Outcome.apart(changed.size(), Optional.of(shown))
        : Outcome.rows(shown);
  }
}
