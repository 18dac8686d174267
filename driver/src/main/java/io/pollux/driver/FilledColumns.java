package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Columns that a schema change filled with values of this node (DETERMINISM.md C11). */
final class FilledColumns {
  private final PolluxConnection connection;
  private final Shadowed shadowed;

  FilledColumns(PolluxConnection connection, Shadowed shadowed) {
    this.connection = connection;
    this.shadowed = shadowed;
  }

  /** Logs the columns of all rows as images. */
  void capture(CapturePlan.Ddl.Fill fill) throws SQLException {
    List<String> key = keyOf(fill);
    List<String> columns = new ArrayList<>(fill.columns());
    columns.addAll(key);
    Evaluation evaluation = Evaluation.of(connection, List.of());
    hold(fill.table());
    Bound query = new Bound(select(fill, columns), List.of());
    List<List<SqlValue>> rows = shadowed.select(query, evaluation);
    if (!rows.isEmpty()) {
      connection
          .transaction()
          .capture()
          .add(new Change.Rows(fill.table(), Change.Action.UPDATE, columns, key.size(), rows));
    }
  }

  /**
   * Where a query holds nothing, so that no other change comes between these values and the log.
   */
  private void hold(TableName name) throws SQLException {
    Dialect dialect = connection.node().dialect();
    String touch = dialect.facts().locks().touch();
    Optional<String> column = connection.plans().table(name).settable();
    if (!touch.isEmpty() && column.isPresent()) {
      shadowed.execute(touch.formatted(dialect.quote(name), dialect.quote(column.get())));
    }
  }

  /** A key that the change did not fill itself: the backup's rows do not have its values yet. */
  private List<String> keyOf(CapturePlan.Ddl.Fill fill) throws SQLException {
    Table table = connection.plans().table(fill.table());
    return table.keys().stream()
        .filter(key -> key.stream().noneMatch(fill.columns()::contains))
        .findFirst()
        .orElseThrow(
            () ->
                Refusals.notCaptured(
                    "ALTER TABLE " + fill.table(),
                    "it fills "
                        + fill.columns()
                        + " with values of this node, and the table has no other key to address its rows by",
                    "add the columns without a default and fill them with UPDATE, or add a primary key first"));
  }

  private String select(CapturePlan.Ddl.Fill fill, List<String> columns) {
    Dialect dialect = connection.node().dialect();
    List<String> quoted = columns.stream().map(dialect::quote).toList();
    return "SELECT "
        + String.join(", ", quoted)
        + " FROM "
        + dialect.quote(fill.table())
        + dialect.facts().locks().forUpdate();
  }
}
