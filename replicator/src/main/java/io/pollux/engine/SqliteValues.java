package io.pollux.engine;

import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Values as they are stored: their class belongs to the value, not to the column. */
final class SqliteValues {
  /** What the driver stores as a text, whatever type the application names. */
  private static final Set<Class<?>> TEXTS =
      Set.of(BigDecimal.class, BigInteger.class, Byte.class, Character.class, String.class);

  private SqliteValues() {}

  static SqlValue read(ResultSet result, int column) throws SQLException {
    Object value = result.getObject(column);
    if (value == null) {
      return new SqlValue.Null(Types.NULL);
    } else if (value instanceof Integer || value instanceof Long) {
      return new SqlValue.Whole(((Number) value).longValue());
    } else if (value instanceof Double real) {
      return new SqlValue.Float64(real);
    } else if (value instanceof String text) {
      return new SqlValue.Text(text);
    } else if (value instanceof byte[] bytes) {
      return new SqlValue.Bytes(bytes);
    }
    throw PlainValues.unsupported("a " + value.getClass().getName());
  }

  static void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    if (value instanceof SqlValue.Null) {
      statement.setNull(index, Types.NULL);
    } else if (!PlainValues.bind(statement, index, value)) {
      throw PlainValues.unsupported(value.getClass().getSimpleName());
    }
  }

  /** As the driver stores it; a date is stored as milliseconds, in no zone. */
  static Optional<SqlValue> parameter(Object value) {
    if (value instanceof Date moment) {
      return Optional.of(new SqlValue.Whole(moment.getTime()));
    } else if (value != null
        && (TEXTS.contains(value.getClass())
            || value.getClass().getPackageName().startsWith("java.time")
            || value instanceof UUID)) {
      return Optional.of(new SqlValue.Text(value.toString()));
    } else if (value instanceof Short || value instanceof Integer || value instanceof Long) {
      return Optional.of(new SqlValue.Whole(((Number) value).longValue()));
    } else if (value instanceof Boolean truth) {
      return Optional.of(new SqlValue.Whole(truth ? 1 : 0));
    } else if (value instanceof Float || value instanceof Double) {
      return Optional.of(real(((Number) value).doubleValue()));
    }
    return Optional.empty();
  }

  /** What is not a number is stored as NULL. */
  private static SqlValue real(double value) {
    return Double.isNaN(value) ? new SqlValue.Null(Types.NULL) : new SqlValue.Float64(value);
  }
}
