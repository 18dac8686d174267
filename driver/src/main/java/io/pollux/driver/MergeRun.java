package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.sql.CapturePlan;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.rowset.CachedRowSet;
import javax.sql.rowset.RowSetProvider;

/**
 * Runs a MERGE and has the driver show the rows that it inserted or updated. What the application
 * wants to see of them stands first, what the log needs last, as in {@link ReturningRun}.
 */
final class MergeRun {
  private final RowCapture rows;
  private final Invocation call;
  private final Shadowed shadowed;
  private final PolluxStatement statement;

  MergeRun(RowCapture rows, Invocation call, Shadowed shadowed) {
    this.rows = rows;
    this.call = call;
    this.shadowed = shadowed;
    this.statement = call.statement();
  }

  Outcome run(CapturePlan.Merge plan) throws SQLException {
    List<String> wanted = call.keys().names(plan.shownByFlag());
    List<String> shown = new ArrayList<>(wanted);
    shown.addAll(plan.columns());
    Evaluation evaluation = rows.evaluation();
    statement.closeRows();
    PreparedStatement shadow = statement.shadows().returningKeys(plan.local().sql(), shown);
    int count = shadowed.update(shadow, evaluation.values(plan.local()));
    plan.sequences().forEach(statement.connection().transaction().capture()::sequenceDrawn);
    return count == 0
        ? Outcome.apart(0, Optional.empty())
        : rows.learned(() -> outcome(plan, shadow.getGeneratedKeys(), count, wanted.size()));
  }

  private Outcome outcome(CapturePlan.Merge plan, ResultSet merged, int count, int wanted)
      throws SQLException {
    Noted noted = new Noted(merged, plan.columns().size());
    Optional<ResultSet> keys = wanted == 0 ? Optional.empty() : Optional.of(kept(noted, wanted));
    noted.readOn();
    merged.close();
    if (noted.images.size() != count) {
      throw new SQLException(
          "the driver shows " + noted.images.size() + " of " + count + " rows of a MERGE", "HY000");
    }
    statement
        .connection()
        .transaction()
        .capture()
        .add(
            new Change.Rows(
                plan.table(),
                Change.Action.UPSERT,
                plan.columns(),
                plan.keyColumns(),
                noted.images));
    if (plan.identity().isPresent()) {
      int identity = plan.identity().getAsInt();
      noted.images.forEach(image -> rows.drawn(plan.table(), image.get(identity)));
    }
    return Outcome.apart(count, keys);
  }

  /** The rows can be read but once, and the application reads them later. */
  private ResultSet kept(Noted noted, int wanted) throws SQLException {
    CachedRowSet kept = RowSetProvider.newFactory().createCachedRowSet();
    kept.populate(noted);
    return PolluxResultSet.firstColumns(statement, kept, wanted);
  }

  /** Notes each row for the log as it goes by. */
  private final class Noted extends ResultSetDelegate {
    private final List<List<SqlValue>> images = new ArrayList<>();
    private final Shadowed.LastColumns columns;
    private boolean isRead;

    Noted(ResultSet merged, int columns) throws SQLException {
      super(statement.connection().resultScope(), merged);
      this.columns = shadowed.lastColumns(merged, columns);
    }

    void readOn() throws SQLException {
      while (!isRead) {
        next();
      }
    }

    @Override
    public boolean next() throws SQLException {
      isRead = !inner().next();
      if (!isRead) {
        images.add(columns.row());
      }
      return !isRead;
    }

    @Override
    void beforeColumnChange(int column, Object value) throws SQLException {
      throw readOnly();
    }

    @Override
    public void insertRow() throws SQLException {
      throw readOnly();
    }

    @Override
    public void updateRow() throws SQLException {
      throw readOnly();
    }

    @Override
    public void deleteRow() throws SQLException {
      throw readOnly();
    }

    private static SQLException readOnly() {
      return new SQLException("generated keys are read only", "42000");
    }
  }
}
