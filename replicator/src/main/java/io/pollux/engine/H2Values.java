package io.pollux.engine;

import io.pollux.core.SqlValue;
import io.pollux.sql.Binding.ClockKind;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

/** Values to the last bit, dates and times as {@code java.time} has them. */
final class H2Values {
  private H2Values() {}

  static SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    SqlValue value = readAny(result, column, jdbcType);
    return result.wasNull() ? new SqlValue.Null(jdbcType) : value;
  }

  private static SqlValue readAny(ResultSet result, int column, int jdbcType) throws SQLException {
    SqlValue none = new SqlValue.Null(jdbcType);
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          new SqlValue.Whole(result.getLong(column));
      case Types.REAL -> new SqlValue.Float32(result.getFloat(column));
      case Types.FLOAT, Types.DOUBLE -> new SqlValue.Float64(result.getDouble(column));
      case Types.BOOLEAN, Types.BIT -> new SqlValue.Bool(result.getBoolean(column));
      case Types.DECIMAL, Types.NUMERIC -> {
        BigDecimal value = result.getBigDecimal(column);
        yield value == null ? none : new SqlValue.Exact(value);
      }
      case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB -> text(result, column, none);
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> {
        byte[] value = result.getBytes(column);
        yield value == null ? none : new SqlValue.Bytes(value);
      }
      case Types.DATE -> read(result, column, LocalDate.class, SqlValue.Date::new, none);
      case Types.TIME -> read(result, column, LocalTime.class, SqlValue.Time::new, none);
      case Types.TIMESTAMP ->
          read(result, column, LocalDateTime.class, SqlValue.Timestamp::new, none);
      case Types.TIMESTAMP_WITH_TIMEZONE ->
          read(result, column, OffsetDateTime.class, SqlValue.ZonedTimestamp::new, none);
      default -> {
        if (result.getMetaData().getColumnTypeName(column).startsWith("ENUM")) {
          yield text(result, column, none);
        }
        throw unsupported("a column of JDBC type " + jdbcType);
      }
    };
  }

  private static SqlValue text(ResultSet result, int column, SqlValue none) throws SQLException {
    String value = result.getString(column);
    return value == null ? none : new SqlValue.Text(value);
  }

  private static <T> SqlValue read(
      ResultSet result, int column, Class<T> type, Function<T, SqlValue> wrap, SqlValue none)
      throws SQLException {
    T value = result.getObject(column, type);
    return value == null ? none : wrap.apply(value);
  }

  static void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    if (value instanceof SqlValue.Null) {
      statement.setNull(index, Types.NULL);
    } else if (value instanceof SqlValue.Bool bool) {
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
    } else if (value instanceof SqlValue.Date date) {
      statement.setObject(index, date.value());
    } else if (value instanceof SqlValue.Time time) {
      statement.setObject(index, time.value());
    } else if (value instanceof SqlValue.Timestamp timestamp) {
      statement.setObject(index, timestamp.value());
    } else if (value instanceof SqlValue.ZonedTimestamp timestamp) {
      statement.setObject(index, timestamp.value());
    } else {
      throw unsupported(value.getClass().getSimpleName());
    }
  }

  /** The engine's clock is the process's, in microseconds and in its time zone. */
  static SqlValue clock(ClockKind kind, Instant now) {
    LocalDateTime local =
        LocalDateTime.ofInstant(now.truncatedTo(ChronoUnit.MICROS), ZoneId.systemDefault());
    return switch (kind) {
      case DATE -> new SqlValue.Date(local.toLocalDate());
      case TIME -> new SqlValue.Time(rounded(local.toLocalTime()));
      case TIMESTAMP -> new SqlValue.Timestamp(local);
    };
  }

  /** To seconds, and not beyond the day. */
  private static LocalTime rounded(LocalTime time) {
    long seconds = Math.round(time.toNanoOfDay() / 1e9);
    return LocalTime.ofSecondOfDay(Math.min(seconds, 86_399));
  }

  private static SQLFeatureNotSupportedException unsupported(String what) {
    return new SQLFeatureNotSupportedException(
        what + " can't be carried exactly; use one of the types that the engine's page lists",
        "0A000");
  }
}
