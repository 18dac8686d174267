package io.pollux.apply;

import io.pollux.apply.Target.Verdict;
import io.pollux.core.Change;
import io.pollux.core.Change.Action;
import io.pollux.core.KeyRange;
import io.pollux.core.LogRecord;
import io.pollux.core.RepairedRow;
import io.pollux.core.SqlValue;
import io.pollux.engine.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes rows of a WARM node equal to those of a repair record, in the connection's transaction and
 * through the guard. A row that exists is updated in place, so that rows which refer to it stay as
 * they are; what has to go goes before anything comes.
 */
final class RowRepair {
  private final Connection connection;
  private final Dialect dialect;
  private final RowTexts texts;
  private final Guard guard;
  private final LogRecord.Repair repair;
  private long changed;

  RowRepair(Connection connection, Dialect dialect, Guard guard, LogRecord.Repair repair) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.texts = new RowTexts(dialect);
    this.guard = Objects.requireNonNull(guard, "guard");
    this.repair = Objects.requireNonNull(repair, "repair");
  }

  /**
   * Either all rows are equal then, or nothing was changed.
   *
   * @throws SQLException if trying again may help
   */
  Verdict run() throws SQLException {
    Optional<String> failed = attempt(this::inPlace);
    if (failed.isPresent() && repair.rows().size() > 1 && !isReferredTo()) {
      failed = attempt(this::anew);
    }
    return failed.isEmpty()
        ? Verdict.of(true, changed, "")
        : Verdict.of(false, 0, failed.orElseThrow());
  }

  @FunctionalInterface
  private interface Way {
    void go() throws SQLException;
  }

  /** Why it did not work; then all is as it was before. */
  private Optional<String> attempt(Way way) throws SQLException {
    changed = 0;
    Savepoint before = connection.setSavepoint();
    try {
      way.go();
      requireEqual();
      return Optional.empty();
    } catch (SQLException e) {
      if (dialect.isTransient(e) || dialect.endsTransaction(e)) {
        throw e;
      }
      connection.rollback(before);
      return Optional.of(e.getMessage() + " (SQLState " + e.getSQLState() + ")");
    }
  }

  private void inPlace() throws SQLException {
    if (repair.scope() == LogRecord.Scope.TABLE) {
      everything();
      return;
    }
    List<RepairedRow> coming = new ArrayList<>();
    for (RepairedRow row : repair.rows()) {
      boolean exists = here(row).isPresent();
      if (row.after().isEmpty() && exists) {
        delete(row);
      } else if (row.after().isPresent()) {
        coming.add(row);
      }
    }
    for (RepairedRow row : coming) {
      Optional<List<SqlValue>> here = here(row);
      if (here.isEmpty()) {
        insert(row.after().orElseThrow());
      } else if (!here.equals(row.after())) {
        update(row.after().orElseThrow());
      }
    }
  }

  /** Rows that exchange unique values are in each other's way unless all of them go first. */
  private void anew() throws SQLException {
    for (RepairedRow row : repair.rows()) {
      if (here(row).isPresent()) {
        delete(row);
      }
    }
    for (RepairedRow row : repair.rows()) {
      if (row.after().isPresent()) {
        insert(row.after().orElseThrow());
      }
    }
  }

  private void everything() throws SQLException {
    guard.checkRead(connection, repair.table());
    guard.check(connection, rows(Action.INSERT, repair.columns(), 0, List.of()));
    try (Statement statement = connection.createStatement()) {
      changed += statement.executeLargeUpdate("DELETE FROM " + dialect.quote(repair.table()));
    }
    for (RepairedRow row : repair.rows()) {
      insert(row.after().orElseThrow(() -> new SQLException("a table with a row less", "22000")));
    }
  }

  /** Deleting a row that others refer to could take them along. */
  private boolean isReferredTo() throws SQLException {
    String schema = repair.table().schema();
    try (ResultSet keys =
        connection
            .getMetaData()
            .getExportedKeys(null, schema.isEmpty() ? null : schema, repair.table().name())) {
      return keys.next();
    }
  }

  /** What a whole table has become, the active node compares again. */
  private void requireEqual() throws SQLException {
    if (repair.scope() == LogRecord.Scope.ROWS) {
      for (RepairedRow row : repair.rows()) {
        if (!here(row).equals(row.after())) {
          throw new SQLException("the row differs after it was written", "23000");
        }
      }
    }
  }

  private List<String> keyColumns() {
    return repair
        .columns()
        .subList(repair.columns().size() - repair.keyColumns(), repair.columns().size());
  }

  private Optional<List<SqlValue>> here(RepairedRow row) throws SQLException {
    guard.checkRead(connection, repair.table());
    TableReader reader = TableReader.open(connection, dialect, repair.table());
    if (!reader.columns().equals(repair.columns()) || !reader.key().equals(keyColumns())) {
      throw new SQLException(
          "the columns are "
              + reader.columns()
              + " here and "
              + repair.columns()
              + " on the active node",
          "42000");
    }
    return reader.rows(KeyRange.only(keyColumns(), row.key(repair.keyColumns()))).stream()
        .findFirst()
        .map(TableReader.Read::row);
  }

  private void delete(RepairedRow row) throws SQLException {
    run(
        rows(
            Action.DELETE,
            keyColumns(),
            repair.keyColumns(),
            List.of(row.key(repair.keyColumns()))));
  }

  private void insert(List<SqlValue> row) throws SQLException {
    run(rows(Action.INSERT, repair.columns(), 0, List.of(row)));
  }

  private void update(List<SqlValue> row) throws SQLException {
    run(rows(Action.UPDATE, repair.columns(), repair.keyColumns(), List.of(row)));
  }

  private Change.Rows rows(
      Action action, List<String> columns, int keyColumns, List<List<SqlValue>> rows) {
    return new Change.Rows(repair.table(), action, columns, keyColumns, rows);
  }

  private void run(Change.Rows change) throws SQLException {
    guard.check(connection, change);
    try (PreparedStatement statement = connection.prepareStatement(texts.sql(connection, change))) {
      List<SqlValue> values = change.rows().get(0);
      for (int i = 0; i < values.size(); i++) {
        dialect.bind(statement, i + 1, values.get(i));
      }
      long count = statement.executeLargeUpdate();
      if (count != 1) {
        throw new SQLException(
            change.action() + " of one row changed " + count + " rows here", "23000");
      }
      changed++;
    }
  }
}
