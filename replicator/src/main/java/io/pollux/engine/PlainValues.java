package io.pollux.engine;

import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;

/** Values that every JDBC driver carries alike, and to the last bit. */
final class PlainValues {
  private PlainValues() {}

  /** The value of a column of a plain type; empty for any other type. */
  static Optional<SqlValue> read(ResultSet result, int column, int jdbcType) throws SQLException {
    SqlValue none = new SqlValue.Null(jdbcType);
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          Optional.of(new SqlValue.Whole(result.getLong(column)));
      case Types.REAL -> Optional.of(new SqlValue.Float32(result.getFloat(column)));
      case Types.FLOAT, Types.DOUBLE -> Optional.of(new SqlValue.Float64(result.getDouble(column)));
      case Types.BOOLEAN, Types.BIT -> Optional.of(new SqlValue.Bool(result.getBoolean(column)));
      case Types.DECIMAL, Types.NUMERIC -> {
        BigDecimal value = result.getBigDecimal(column);
        yield Optional.of(value == null ? none : new SqlValue.Exact(value));
      }
      case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB ->
          Optional.of(text(result, column, none));
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> {
        byte[] value = result.getBytes(column);
        yield Optional.of(value == null ? none : new SqlValue.Bytes(value));
      }
      default -> Optional.empty();
    };
  }

  static SqlValue text(ResultSet result, int column, SqlValue none) throws SQLException {
    String value = result.getString(column);
    return value == null ? none : new SqlValue.Text(value);
  }

  /** A date or time as {@code java.time} has it; empty for any other type. */
  static Optional<SqlValue> readTime(ResultSet result, int column, int jdbcType)
      throws SQLException {
    SqlValue none = new SqlValue.Null(jdbcType);
    return switch (jdbcType) {
      case Types.DATE -> read(result, column, LocalDate.class, SqlValue.Date::new, none);
      case Types.TIME -> read(result, column, LocalTime.class, SqlValue.Time::new, none);
      case Types.TIMESTAMP ->
          read(result, column, LocalDateTime.class, SqlValue.Timestamp::new, none);
      case Types.TIMESTAMP_WITH_TIMEZONE ->
          read(result, column, OffsetDateTime.class, SqlValue.ZonedTimestamp::new, none);
      default -> Optional.empty();
    };
  }

  private static <T> Optional<SqlValue> read(
      ResultSet result, int column, Class<T> type, Function<T, SqlValue> wrap, SqlValue none)
      throws SQLException {
    T value = result.getObject(column, type);
    return Optional.of(value == null ? none : wrap.apply(value));
  }

  /** Binds a value of a plain kind; false, and nothing done, for any other. */
  static boolean bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    if (value instanceof SqlValue.Bool bool) {
      statement.setBoolean(index, bool.value());
    } else if (value instanceof SqlValue.Whole whole) {
      statement.setLong(index, whole.value());
    } else if (value instanceof SqlValue.Exact exact) {
      statement.setBigDecimal(index, exact.value());
    } else if (value instanceof SqlValue.Float32 real) {
      statement.setFloat(index, real.value());
    } else if (value instanceof SqlValue.Float64 real) {
      statement.setDouble(index, real.value());
    } else if (value instanceof SqlValue.Text text) {
      statement.setString(index, text.value());
    } else if (value instanceof SqlValue.Bytes bytes) {
      statement.setBytes(index, bytes.value());
    } else {
      return false;
    }
    return true;
  }

  /** Binds a date or time as {@code java.time} has it; false, and nothing done, for any other. */
  static boolean bindTime(PreparedStatement statement, int index, SqlValue value)
      throws SQLException {
    if (value instanceof SqlValue.Date date) {
      statement.setObject(index, date.value());
    } else if (value instanceof SqlValue.Time time) {
      statement.setObject(index, time.value());
    } else if (value instanceof SqlValue.Timestamp timestamp) {
      statement.setObject(index, timestamp.value());
    } else if (value instanceof SqlValue.ZonedTimestamp timestamp) {
      statement.setObject(index, timestamp.value());
    } else {
      return false;
    }
    return true;
  }

  static SQLFeatureNotSupportedException unsupported(String what) {
    return new SQLFeatureNotSupportedException(
        what + " can't be carried exactly; use one of the types that the engine's page lists",
        "0A000");
  }
}
