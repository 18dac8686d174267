package io.pollux.engine;

import io.pollux.core.SqlValue;
import io.pollux.sql.Binding.ClockKind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.Locale;
import java.util.Optional;

/** Values to the last bit, dates and times as {@code java.time} has them. */
final class HsqldbValues {
  private static final LocalDate REFORM = LocalDate.of(1582, 10, 15);

  private static final DateTimeFormatter TEXT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.nnnnnnnnn", Locale.ROOT);

  private HsqldbValues() {}

  static SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    Optional<SqlValue> value = PlainValues.read(result, column, jdbcType);
    if (value.isEmpty()) {
      value = PlainValues.readTime(result, column, jdbcType);
    }
    if (value.isEmpty()) {
      throw PlainValues.unsupported("a column of JDBC type " + jdbcType);
    }
    return result.wasNull() ? new SqlValue.Null(jdbcType) : value.get();
  }

  static void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    Optional<String> former = former(value);
    if (value instanceof SqlValue.Null) {
      statement.setNull(index, Types.NULL);
    } else if (former.isPresent()) {
      statement.setString(index, former.get());
    } else if (!PlainValues.bind(statement, index, value)
        && !PlainValues.bindTime(statement, index, value)) {
      throw PlainValues.unsupported(value.getClass().getSimpleName());
    }
  }

  /** A day before the reform as text: the driver would count it in another calendar. */
  private static Optional<String> former(SqlValue value) {
    if (value instanceof SqlValue.Date date && date.value().isBefore(REFORM)) {
      return Optional.of(date.value().toString());
    }
    if (value instanceof SqlValue.Timestamp moment && isFormer(moment.value())) {
      return Optional.of(text(moment.value()));
    }
    if (value instanceof SqlValue.ZonedTimestamp moment
        && isFormer(moment.value().toLocalDateTime())) {
      OffsetDateTime zoned = moment.value();
      return Optional.of(
          text(zoned.toLocalDateTime())
              + (zoned.getOffset().equals(ZoneOffset.UTC) ? "+00:00" : zoned.getOffset()));
    }
    return Optional.empty();
  }

  private static boolean isFormer(LocalDateTime moment) {
    return moment.toLocalDate().isBefore(REFORM);
  }

  private static String text(LocalDateTime moment) {
    return TEXT.format(moment);
  }

  /** Refuses what the driver would store as another day. */
  static Optional<SqlValue> parameter(Object value) throws SQLException {
    if (value instanceof Temporal moment
        && moment.isSupported(ChronoField.EPOCH_DAY)
        && LocalDate.from(moment).isBefore(REFORM)) {
      throw PlainValues.unsupported(
          "the day of the "
              + value.getClass().getSimpleName()
              + " "
              + value
              + ", before "
              + REFORM
              + ",");
    }
    return Optional.empty();
  }

  /** The engine's clock is the process's, in microseconds and in its time zone. */
  static SqlValue clock(ClockKind kind, Instant now) {
    LocalDateTime local =
        LocalDateTime.ofInstant(now.truncatedTo(ChronoUnit.MICROS), ZoneId.systemDefault());
    return switch (kind) {
      case DATE -> new SqlValue.Date(local.toLocalDate());
      case TIME -> new SqlValue.Time(local.toLocalTime().truncatedTo(ChronoUnit.SECONDS));
      case TIMESTAMP -> new SqlValue.Timestamp(local);
    };
  }
}
