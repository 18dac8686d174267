package io.pollux.samples;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of a table as a multiset of digests, in which those of two databases cancel out. */
final class RowBag {
  private static final int FETCH_ROWS = 1000;

  private final String table;
  private final Map<String, Integer> surplus = new HashMap<>();

  /** {@code table} is quoted as SQL needs it. */
  RowBag(String table) {
    this.table = table;
  }

  /** Counts each row as {@code weight}; returns the number of rows. */
  long add(Connection connection, int weight) throws SQLException {
    long rows = 0;
    try (Statement statement = connection.createStatement();
        ResultSet result = select(statement)) {
      while (result.next()) {
        rows++;
        surplus.merge(ExactRow.read(result).digest(), weight, RowBag::sumOrNothing);
      }
    }
    return rows;
  }

  /** Up to {@code limit} rows of which this database, counted as {@code weight}, has more. */
  List<String> examples(Connection connection, int weight, int limit) throws SQLException {
    List<String> found = new ArrayList<>();
    if (surplus.values().stream().noneMatch(count -> count * weight > 0)) {
      return found;
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = select(statement)) {
      while (found.size() < limit && result.next()) {
        ExactRow row = ExactRow.read(result);
        if (surplus.getOrDefault(row.digest(), 0) * weight > 0) {
          found.add(row.text());
        }
      }
    }
    return found;
  }

  private ResultSet select(Statement statement) throws SQLException {
    statement.setFetchSize(FETCH_ROWS);
    return statement.executeQuery("SELECT * FROM " + table);
  }

  /** A sum of zero leaves the map: the row is in both. */
  @SuppressWarnings("NullAway")
  private static Integer sumOrNothing(int left, int right) {
    int sum = left + right;
    return sum == 0 ? null : Integer.valueOf(sum);
  }
}
