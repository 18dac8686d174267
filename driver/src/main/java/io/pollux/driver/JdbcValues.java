package io.pollux.driver;

import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Calendar;
import java.util.Optional;

/** From the objects of JDBC to exact values: dates and times become the local fields stored. */
final class JdbcValues {
  private static final int NANOS_PER_MILLI = 1_000_000;

  private JdbcValues() {}

  static SqlValue text(String value) {
    return value == null ? new SqlValue.Null(Types.VARCHAR) : new SqlValue.Text(value);
  }

  static SqlValue bytes(byte[] value) {
    return value == null ? new SqlValue.Null(Types.VARBINARY) : new SqlValue.Bytes(value.clone());
  }

  static SqlValue exact(BigDecimal value) {
    return value == null ? new SqlValue.Null(Types.DECIMAL) : new SqlValue.Exact(value);
  }

  static SqlValue date(Date value) {
    return value == null ? new SqlValue.Null(Types.DATE) : new SqlValue.Date(value.toLocalDate());
  }

  static SqlValue time(Time value) {
    return value == null ? new SqlValue.Null(Types.TIME) : new SqlValue.Time(value.toLocalTime());
  }

  static SqlValue timestamp(Timestamp value) {
    return value == null
        ? new SqlValue.Null(Types.TIMESTAMP)
        : new SqlValue.Timestamp(value.toLocalDateTime());
  }

  static SqlValue date(Date value, Calendar zone) {
    return value == null || zone == null
        ? date(value)
        : new SqlValue.Date(fields(value, zone).toLocalDate());
  }

  static SqlValue time(Time value, Calendar zone) {
    return value == null || zone == null
        ? time(value)
        : new SqlValue.Time(fields(value, zone).toLocalTime().withNano(0));
  }

  static SqlValue timestamp(Timestamp value, Calendar zone) {
    return value == null || zone == null
        ? timestamp(value)
        : new SqlValue.Timestamp(fields(value, zone).withNano(value.getNanos()));
  }

  /** What a calendar shows at a moment, as the driver computes it (JDBC 4.3, setTimestamp). */
  private static LocalDateTime fields(java.util.Date moment, Calendar zone) {
    Calendar calendar = (Calendar) zone.clone();
    calendar.setTime(moment);
    return LocalDateTime.of(
        calendar.get(Calendar.YEAR),
        calendar.get(Calendar.MONTH) + 1,
        calendar.get(Calendar.DAY_OF_MONTH),
        calendar.get(Calendar.HOUR_OF_DAY),
        calendar.get(Calendar.MINUTE),
        calendar.get(Calendar.SECOND),
        calendar.get(Calendar.MILLISECOND) * NANOS_PER_MILLI);
  }

  /** Empty for a class whose stored form is not known. */
  static Optional<SqlValue> of(Object value) {
    if (value == null) {
      return Optional.of(new SqlValue.Null(Types.NULL));
    }
    if (value instanceof String text) {
      return Optional.of(text(text));
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof Boolean bool) {
      return Optional.of(new SqlValue.Bool(bool));
    }
    return value instanceof byte[] bytes ? Optional.of(bytes(bytes)) : moment(value);
  }

  private static Optional<SqlValue> number(Number value) {
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte) {
      return Optional.of(new SqlValue.Whole(value.longValue()));
    }
    if (value instanceof BigDecimal exact) {
      return Optional.of(exact(exact));
    }
    if (value instanceof BigInteger whole) {
      return Optional.of(exact(new BigDecimal(whole)));
    }
    if (value instanceof Double wide) {
      return Optional.of(new SqlValue.Float64(wide));
    }
    return value instanceof Float narrow
        ? Optional.of(new SqlValue.Float32(narrow))
        : Optional.empty();
  }

  private static Optional<SqlValue> moment(Object value) {
    if (value instanceof Timestamp timestamp) {
      return Optional.of(timestamp(timestamp));
    }
    if (value instanceof Date date) {
      return Optional.of(date(date));
    }
    if (value instanceof Time time) {
      return Optional.of(time(time));
    }
    if (value instanceof java.util.Date date) {
      return Optional.of(timestamp(Timestamp.from(date.toInstant())));
    }
    if (value instanceof Calendar calendar) {
      return Optional.of(timestamp(new Timestamp(calendar.getTimeInMillis())));
    }
    return javaTime(value);
  }

  private static Optional<SqlValue> javaTime(Object value) {
    if (value instanceof LocalDate date) {
      return Optional.of(new SqlValue.Date(date));
    }
    if (value instanceof LocalTime time) {
      return Optional.of(new SqlValue.Time(time));
    }
    if (value instanceof LocalDateTime timestamp) {
      return Optional.of(new SqlValue.Timestamp(timestamp));
    }
    return value instanceof OffsetDateTime zoned
        ? Optional.of(new SqlValue.ZonedTimestamp(zoned))
        : Optional.empty();
  }
}
