package io.pollux.engine;

import io.pollux.core.Change;
import io.pollux.core.Change.Action;
import java.util.Collections;
import java.util.List;

/** Row images as statements of standard SQL; of an UPSERT, its UPDATE. */
final class RowSql {
  private RowSql() {}

  static String of(Dialect dialect, Change.Rows rows, boolean bringsNumber) {
    int set = rows.columns().size() - rows.keyColumns();
    List<String> columns = rows.columns().stream().map(dialect::quote).toList();
    String table = dialect.quote(rows.table());
    List<String> key = columns.subList(set, columns.size());
    if (rows.action() == Action.INSERT) {
      String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
      return "INSERT INTO "
          + table
          + " ("
          + String.join(", ", columns)
          + ")"
          + (bringsNumber ? dialect.facts().explicitKey() : "")
          + " VALUES ("
          + marks
          + ")";
    }
    String where = " WHERE " + equations(key, " AND ");
    if (rows.action() == Action.DELETE) {
      return "DELETE FROM " + table + where;
    }
    String assigned =
        set == 0 ? key.get(0) + " = " + key.get(0) : equations(columns.subList(0, set), ", ");
    return "UPDATE " + table + " SET " + assigned + where;
  }

  private static String equations(List<String> columns, String separator) {
    return String.join(separator, columns.stream().map(column -> column + " = ?").toList());
  }
}
