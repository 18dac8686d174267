package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.engine.Dialect;
import io.pollux.sql.Bound;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Runs the texts of a plan on statements of its own, for one statement of the application. */
final class Shadowed {
  private final PolluxStatement statement;
  private final Dialect dialect;

  Shadowed(PolluxStatement statement) {
    this.statement = statement;
    this.dialect = statement.connection().node().dialect();
  }

  int update(PreparedStatement shadow, List<SqlValue> values) throws SQLException {
    bind(shadow, values);
    return statement.running(shadow, shadow::executeUpdate);
  }

  void execute(String sql) throws SQLException {
    PreparedStatement shadow = statement.shadows().get(sql);
    statement.running(shadow, shadow::execute);
  }

  /** A query, read to its end, or a statement that changes nothing: what it locks is meant. */
  void run(Bound bound, Evaluation evaluation) throws SQLException {
    PreparedStatement shadow = statement.shadows().get(bound.sql());
    bind(shadow, evaluation.values(bound));
    statement.running(
        shadow,
        () -> {
          if (shadow.execute()) {
            try (ResultSet rows = shadow.getResultSet()) {
              return read(rows);
            }
          }
          return List.of();
        });
  }

  /** All rows of a query, exact values. */
  List<List<SqlValue>> select(Bound query, Evaluation evaluation) throws SQLException {
    PreparedStatement shadow = statement.shadows().get(query.sql());
    bind(shadow, evaluation.values(query));
    return statement.running(
        shadow,
        () -> {
          try (ResultSet rows = shadow.executeQuery()) {
            return read(rows);
          }
        });
  }

  private List<List<SqlValue>> read(ResultSet result) throws SQLException {
    return read(result, result.getMetaData().getColumnCount());
  }

  /** The last columns of all rows. */
  List<List<SqlValue>> read(ResultSet result, int columns) throws SQLException {
    LastColumns last = new LastColumns(result, columns);
    List<List<SqlValue>> rows = new ArrayList<>();
    while (result.next()) {
      rows.add(last.row());
    }
    return rows;
  }

  LastColumns lastColumns(ResultSet result, int columns) throws SQLException {
    return new LastColumns(result, columns);
  }

  /** Exact values of the last columns, row by row. */
  final class LastColumns {
    private final ResultSet result;
    private final int skipped;
    private final int[] types;

    private LastColumns(ResultSet result, int columns) throws SQLException {
      ResultSetMetaData metadata = result.getMetaData();
      this.result = result;
      this.skipped = metadata.getColumnCount() - columns;
      this.types = new int[columns];
      for (int i = 0; i < columns; i++) {
        types[i] = metadata.getColumnType(skipped + i + 1);
      }
    }

    List<SqlValue> row() throws SQLException {
      List<SqlValue> row = new ArrayList<>(types.length);
      for (int i = 0; i < types.length; i++) {
        row.add(dialect.read(result, skipped + i + 1, types[i]));
      }
      return row;
    }
  }

  void bind(PreparedStatement shadow, List<SqlValue> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      dialect.bind(shadow, i + 1, values.get(i));
    }
  }
}
