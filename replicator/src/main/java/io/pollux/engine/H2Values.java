package io.pollux.engine;

import io.pollux.core.SqlValue;
import io.pollux.sql.Binding.ClockKind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Values to the last bit, dates and times as {@code java.time} has them. */
final class H2Values {
  private H2Values() {}

  static SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    Optional<SqlValue> plain = PlainValues.read(result, column, jdbcType);
    SqlValue value = plain.isPresent() ? plain.get() : readOther(result, column, jdbcType);
    return result.wasNull() ? new SqlValue.Null(jdbcType) : value;
  }

  private static SqlValue readOther(ResultSet result, int column, int jdbcType)
      throws SQLException {
    Optional<SqlValue> time = PlainValues.readTime(result, column, jdbcType);
    if (time.isPresent()) {
      return time.get();
    }
    if (result.getMetaData().getColumnTypeName(column).startsWith("ENUM")) {
      return PlainValues.text(result, column, new SqlValue.Null(jdbcType));
    }
    throw PlainValues.unsupported("a column of JDBC type " + jdbcType);
  }

  static void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    if (value instanceof SqlValue.Null) {
      statement.setNull(index, Types.NULL);
    } else if (!PlainValues.bind(statement, index, value)
        && !PlainValues.bindTime(statement, index, value)) {
      throw PlainValues.unsupported(value.getClass().getSimpleName());
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
}
