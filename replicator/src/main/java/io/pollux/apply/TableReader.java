package io.pollux.apply;

import io.pollux.codec.RecordCodec;
import io.pollux.core.KeyRange;
import io.pollux.core.RowDigest;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.Column;
import io.pollux.sql.Table;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Reads ranges of a table in the connection's transaction and isolation. Both nodes of a pair read
 * with it, so that what they compare is made in the same way.
 */
public final class TableReader {
  private static final int FETCH_ROWS = 500;

  private final Connection connection;
  private final Dialect dialect;
  private final TableName table;
  private final List<String> key;
  private final List<String> columns;

  /** A row: its key, its digest over all columns, and the values that a repair writes. */
  public record Read(List<SqlValue> key, SqlValue.Bytes digest, List<SqlValue> row) {}

  /** Called for each row. */
  @FunctionalInterface
  private interface Visitor {
    void row(Read row) throws SQLException;
  }

  /** Of the table that the catalogue of this connection has now. */
  public static TableReader open(Connection connection, Dialect dialect, TableName name)
      throws SQLException {
    return dialect
        .catalogue(connection)
        .table(name)
        .map(definition -> new TableReader(connection, dialect, definition))
        .orElseThrow(() -> new SQLException("there is no table " + name, "42P01"));
  }

  /**
   * @param definition as the catalogue of this connection has it now
   */
  private TableReader(Connection connection, Dialect dialect, Table definition) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.table = definition.name();
    this.key = definition.keys().stream().findFirst().orElse(List.of());
    List<String> written = new ArrayList<>();
    definition.columns().stream()
        .filter(column -> !column.generated())
        .map(Column::name)
        .filter(column -> !key.contains(column))
        .forEach(written::add);
    written.addAll(key);
    this.columns = List.copyOf(written);
  }

  /** All rows. */
  public KeyRange all() {
    return KeyRange.all(key);
  }

  /** Names of what {@link Read#row} holds, the key's last. */
  public List<String> columns() {
    return columns;
  }

  public List<String> key() {
    return key;
  }

  /** The key of the last of the first {@code rows} of a range; empty if it has fewer. */
  public List<SqlValue> bound(KeyRange range, int rows) throws SQLException {
    if (key.isEmpty()) {
      return List.of();
    }
    String names = String.join(", ", key.stream().map(dialect::quote).toList());
    String query = "SELECT " + names + from(range) + " ORDER BY " + names;
    List<SqlValue> last = List.of();
    int read = 0;
    try (PreparedStatement statement = prepare(dialect.first(query, rows), range);
        ResultSet result = statement.executeQuery()) {
      ResultSetMetaData metadata = result.getMetaData();
      while (result.next()) {
        if (++read == rows) {
          last = new ArrayList<>();
          for (int i = 1; i <= key.size(); i++) {
            last.add(dialect.read(result, i, metadata.getColumnType(i)));
          }
        }
      }
    }
    return last;
  }

  /** The rows of a range as one number. */
  public TableDigest digest(KeyRange range) throws SQLException {
    TableDigest.Sum sum = new TableDigest.Sum();
    visit(range, false, row -> sum.add(row.digest()));
    return sum.digest();
  }

  /** Each row of a range, in no order. */
  public List<Read> rows(KeyRange range) throws SQLException {
    List<Read> rows = new ArrayList<>();
    visit(range, true, rows::add);
    return rows;
  }

  /** Each row of a range by its key, without its values. */
  public List<RowDigest> members(KeyRange range) throws SQLException {
    List<RowDigest> members = new ArrayList<>();
    visit(range, false, row -> members.add(new RowDigest(row.key(), row.digest())));
    return members;
  }

  private void visit(KeyRange range, boolean withValues, Visitor visitor) throws SQLException {
    try (PreparedStatement statement = prepare("SELECT *" + from(range), range)) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet result = statement.executeQuery()) {
        visit(result, withValues, visitor);
      }
    }
  }

  private void visit(ResultSet result, boolean withValues, Visitor visitor) throws SQLException {
    ResultSetMetaData metadata = result.getMetaData();
    Map<String, Integer> places = new TreeMap<>();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      places.put(dialect.normalize(dialect.quote(metadata.getColumnName(i))), i);
    }
    MessageDigest digest = sha256();
    Map<String, SqlValue> values = new TreeMap<>();
    while (result.next()) {
      values.clear();
      for (Map.Entry<String, Integer> place : places.entrySet()) {
        int index = place.getValue();
        SqlValue value = dialect.read(result, index, metadata.getColumnType(index));
        digest.update(RecordCodec.encodeValue(value));
        if (withValues || key.contains(place.getKey())) {
          values.put(place.getKey(), value);
        }
      }
      List<SqlValue> row = withValues ? columns.stream().map(values::get).toList() : List.of();
      visitor.row(
          new Read(
              key.stream().map(values::get).toList(), new SqlValue.Bytes(digest.digest()), row));
    }
  }

  private String from(KeyRange range) {
    List<String> conditions = new ArrayList<>();
    if (range.isOnly()) {
      key.forEach(column -> conditions.add(dialect.quote(column) + " = ?"));
    } else {
      if (!range.after().isEmpty()) {
        conditions.add(bound(">"));
      }
      if (!range.upTo().isEmpty()) {
        conditions.add(bound("<"));
      }
    }
    return " FROM "
        + dialect.quote(table)
        + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
  }

  /**
   * {@code A >= ? AND (A > ? OR A = ? AND (B > ?))}: the first condition is there so that an engine
   * begins where the range does; the upper bound ends with {@code <=}.
   */
  private String bound(String comparison) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < key.size(); i++) {
      String column = dialect.quote(key.get(i));
      boolean last = i == key.size() - 1;
      if (i == 0 && !last) {
        text.append(column).append(' ').append(comparison).append("= ? AND ");
      }
      text.append('(').append(column).append(' ').append(comparison);
      text.append(last && comparison.equals("<") ? "= ?" : " ?");
      if (!last) {
        text.append(" OR ").append(column).append(" = ? AND ");
      }
    }
    return text + ")".repeat(key.size());
  }

  private PreparedStatement prepare(String sql, KeyRange range) throws SQLException {
    if (!range.columns().equals(key) && !range.equals(KeyRange.ALL)) {
      throw new SQLException(
          "the key of " + table + " is " + key + " here and not " + range.columns(), "42000");
    }
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      int next = 1;
      if (range.isOnly()) {
        for (SqlValue value : range.upTo()) {
          dialect.bind(statement, next++, value);
        }
      } else {
        next = bind(statement, next, range.after());
        bind(statement, next, range.upTo());
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  /** In the order of {@link #bound(String)}. */
  private int bind(PreparedStatement statement, int first, List<SqlValue> values)
      throws SQLException {
    int next = first;
    for (int i = 0; i < values.size(); i++) {
      boolean last = i == values.size() - 1;
      if (i == 0 && !last) {
        dialect.bind(statement, next++, values.get(i));
      }
      dialect.bind(statement, next++, values.get(i));
      if (!last) {
        dialect.bind(statement, next++, values.get(i));
      }
    }
    return next;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
