package io.pollux.engine;

import io.pollux.core.SqlValue;
import io.pollux.sql.Binding.ClockKind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;

/**
 * Values to the last bit. Dates and times go through a UTC calendar without the gap of 1582: the
 * engine stores local fields, and the process's own calendar would move those that its time zone
 * skips.
 */
@SuppressWarnings({"JavaUtilDate", "JavaLocalDateTimeGetNano"}) // JDBC speaks in them here.
final class DerbyValues {
  private static final long MILLIS_OF_DAY = 86_400_000;

  private DerbyValues() {}

  static SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    Optional<SqlValue> plain = PlainValues.read(result, column, jdbcType);
    SqlValue value = plain.isPresent() ? plain.get() : readMoment(result, column, jdbcType);
    return result.wasNull() ? new SqlValue.Null(jdbcType) : value;
  }

  private static SqlValue readMoment(ResultSet result, int column, int jdbcType)
      throws SQLException {
    SqlValue none = new SqlValue.Null(jdbcType);
    return switch (jdbcType) {
      case Types.DATE -> {
        Date value = result.getDate(column, calendar());
        yield value == null ? none : new SqlValue.Date(day(value));
      }
      case Types.TIME -> {
        Date value = result.getTime(column, calendar());
        yield value == null ? none : new SqlValue.Time(timeOfDay(value));
      }
      case Types.TIMESTAMP -> {
        Timestamp value = result.getTimestamp(column, calendar());
        yield value == null ? none : new SqlValue.Timestamp(fields(value));
      }
      default -> throw PlainValues.unsupported("a column of JDBC type " + jdbcType);
    };
  }

  static void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    if (value instanceof SqlValue.Null none) {
      statement.setNull(index, nullType(statement, index, none.jdbcType()));
    } else if (value instanceof SqlValue.Date date) {
      long millis = date.value().toEpochDay() * MILLIS_OF_DAY;
      statement.setDate(index, new java.sql.Date(millis), calendar());
    } else if (value instanceof SqlValue.Time time) {
      long millis = time.value().toNanoOfDay() / 1_000_000;
      statement.setTime(index, new java.sql.Time(millis), calendar());
    } else if (value instanceof SqlValue.Timestamp timestamp) {
      statement.setTimestamp(index, moment(timestamp.value()), calendar());
    } else if (!PlainValues.bind(statement, index, value)) {
      throw PlainValues.unsupported(value.getClass().getSimpleName());
    }
  }

  /** The engine takes a null of no type by no name. */
  private static int nullType(PreparedStatement statement, int index, int jdbcType)
      throws SQLException {
    boolean typed = jdbcType != Types.NULL && jdbcType != Types.OTHER;
    return typed ? jdbcType : statement.getParameterMetaData().getParameterType(index);
  }

  /** The engine's clock is the process's, in milliseconds and in its time zone. */
  static SqlValue clock(ClockKind kind, Instant now) {
    LocalDateTime local =
        LocalDateTime.ofInstant(now.truncatedTo(ChronoUnit.MILLIS), ZoneId.systemDefault());
    return switch (kind) {
      case DATE -> new SqlValue.Date(local.toLocalDate());
      case TIME -> new SqlValue.Time(local.toLocalTime().truncatedTo(ChronoUnit.SECONDS));
      case TIMESTAMP -> new SqlValue.Timestamp(local);
    };
  }

  private static Calendar calendar() {
    GregorianCalendar calendar =
        new GregorianCalendar(TimeZone.getTimeZone(ZoneOffset.UTC), Locale.ROOT);
    calendar.setGregorianChange(new Date(Long.MIN_VALUE));
    return calendar;
  }

  private static LocalDate day(Date value) {
    return LocalDate.ofEpochDay(Math.floorDiv(value.getTime(), MILLIS_OF_DAY));
  }

  private static LocalTime timeOfDay(Date value) {
    return LocalTime.ofNanoOfDay(Math.floorMod(value.getTime(), MILLIS_OF_DAY) * 1_000_000);
  }

  private static LocalDateTime fields(Timestamp value) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(value.getTime(), 1000L), value.getNanos(), ZoneOffset.UTC);
  }

  private static Timestamp moment(LocalDateTime fields) {
    Timestamp moment = new Timestamp(fields.toEpochSecond(ZoneOffset.UTC) * 1000);
    moment.setNanos(fields.getNano());
    return moment;
  }
}
