package io.pollux.engine;

import io.pollux.core.Change;
import io.pollux.core.Change.Action;
import java.util.Collections;
import java.util.List;

/** Row images as statements of standard SQL. */
final class RowSql {
  private RowSql() {}

  static String of(Dialect dialect, Change.Rows rows) {
    int set = rows.columns().size() - rows.keyColumns();
    List<String> columns = rows.columns().stream().map(dialect::quote).toList();
    String table = dialect.quote(rows.table());
    String keys = equations(columns.subList(set, columns.size()), " AND ");
    if (rows.action() == Action.INSERT) {
      String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
      return "INSERT INTO "
          + table
          + " ("
          + String.join(", ", columns)
          + ")"
          + dialect.facts().explicitKey()
          + " VALUES ("
          + marks
          + ")";
    }
    return rows.action() == Action.DELETE
        ? "DELETE FROM " + table + " WHERE " + keys
        : "UPDATE " + table + " SET " + equations(columns.subList(0, set), ", ") + " WHERE " + keys;
  }

  private static String equations(List<String> columns, String separator) {
    return String.join(separator, columns.stream().map(column -> column + " = ?").toList());
  }
}
