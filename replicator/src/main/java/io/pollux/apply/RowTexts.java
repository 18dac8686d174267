package io.pollux.apply;

import io.pollux.core.Change;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.Column.Identity;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The statements for row images. An INSERT into a table that numbers its rows says that it brings
 * the number; not every engine lets it say so where there is none. Not thread-safe.
 */
final class RowTexts {
  private static final int MAX_TABLES = 10_000;

  private final Dialect dialect;

  /** Whether a table numbers its rows, as of the last {@link #schemaChanged}. */
  private final Map<TableName, Boolean> numbered = new HashMap<>();

  RowTexts(Dialect dialect) {
    this.dialect = dialect;
  }

  /** For one row of {@code change}; of an UPSERT, its UPDATE. */
  String sql(Connection connection, Change.Rows change) throws SQLException {
    boolean brings = change.action() == Change.Action.INSERT && numbers(connection, change.table());
    return dialect.rowSql(change, brings);
  }

  /** What inserts a row of an UPSERT. */
  String insert(Connection connection, Change.Rows upsert) throws SQLException {
    Change.Rows insert =
        new Change.Rows(upsert.table(), Change.Action.INSERT, upsert.columns(), 0, upsert.rows());
    return sql(connection, insert);
  }

  void schemaChanged() {
    numbered.clear();
  }

  private boolean numbers(Connection connection, TableName name) throws SQLException {
    Boolean known = numbered.get(name);
    if (known == null) {
      known =
          dialect.catalogue(connection).table(name).stream()
              .flatMap(table -> table.columns().stream())
              .anyMatch(column -> column.identity() != Identity.NONE);
      if (numbered.size() >= MAX_TABLES) {
        numbered.clear();
      }
      numbered.put(name, known);
    }
    return known;
  }
}
