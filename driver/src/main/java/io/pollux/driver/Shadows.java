package io.pollux.driver;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Statements that run beside the application's own one, where the plan needs other texts. Bounded:
 * when it is full, it starts anew.
 */
final class Shadows {
  private static final int MAX_STATEMENTS = 64;

  private final Connection inner;
  private final Map<Text, PreparedStatement> prepared = new LinkedHashMap<>();

  private record Text(String sql, List<String> keyColumns, boolean scrolls) {}

  Shadows(Connection inner) {
    this.inner = inner;
  }

  PreparedStatement get(String sql) throws SQLException {
    return get(new Text(sql, List.of(), false), KeyRequest.NONE);
  }

  /** For a query whose result is read and then shown from its beginning. */
  PreparedStatement scrolling(String sql) throws SQLException {
    return get(new Text(sql, List.of(), true), KeyRequest.NONE);
  }

  PreparedStatement returningKey(String sql, String column) throws SQLException {
    return returningKeys(sql, List.of(column));
  }

  PreparedStatement returningKeys(String sql, List<String> columns) throws SQLException {
    return get(
        new Text(sql, List.copyOf(columns), false),
        KeyRequest.names(columns.toArray(String[]::new)));
  }

  private PreparedStatement get(Text text, KeyRequest keys) throws SQLException {
    PreparedStatement known = prepared.get(text);
    if (known != null) {
      return known;
    }
    if (prepared.size() >= MAX_STATEMENTS) {
      close();
    }
    PreparedStatement fresh =
        text.scrolls()
            ? inner.prepareStatement(
                text.sql(), ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)
            : keys.prepare(inner, text.sql());
    prepared.put(text, fresh);
    return fresh;
  }

  void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
  }
}
