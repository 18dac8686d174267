package io.pollux.engine;

import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.postgresql.PGStatement;
import org.postgresql.util.PGobject;

/**
 * Values to the last bit. Numbers, bytes and moments are carried as such; all else as the text that
 * the engine itself writes and reads, which the place that takes it gives its type.
 */
final class PostgresValues {
  private static final Pattern FINITE = Pattern.compile("-?[0-9].*");
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9_]+");
  private static final Pattern ZONED = Pattern.compile(".*:.*[+-]\\d\\d(:\\d\\d)*( BC)?");

  /** As the driver writes what it is given: local fields, and where they are local. */
  private static final DateTimeFormatter TIME_WITH_OFFSET =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendOffset("+HH:mm:ss", "+00")
          .toFormatter(Locale.ROOT);

  private PostgresValues() {}

  static SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    String text =
        jdbcType == Types.BINARY || jdbcType == Types.VARBINARY ? "" : result.getString(column);
    if (text == null) {
      return new SqlValue.Null(Types.NULL);
    }
    return switch (jdbcType) {
      case Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          new SqlValue.Whole(result.getLong(column));
      case Types.REAL -> new SqlValue.Float32(result.getFloat(column));
      case Types.DOUBLE -> new SqlValue.Float64(result.getDouble(column));
      case Types.BINARY, Types.VARBINARY -> {
        byte[] bytes = result.getBytes(column);
        yield bytes == null ? new SqlValue.Null(Types.NULL) : new SqlValue.Bytes(bytes);
      }
      case Types.NUMERIC, Types.DECIMAL -> {
        yield FINITE.matcher(text).matches() ? new SqlValue.Exact(new BigDecimal(text)) : own(text);
      }
      case Types.DATE, Types.TIMESTAMP ->
          FINITE.matcher(text).matches() ? moment(result, column, jdbcType, text) : own(text);
      default -> own(text);
    };
  }

  private static SqlValue moment(ResultSet result, int column, int jdbcType, String text)
      throws SQLException {
    if (jdbcType == Types.DATE) {
      return new SqlValue.Date(result.getObject(column, LocalDate.class));
    }
    if (ZONED.matcher(text).matches()) {
      OffsetDateTime moment = result.getObject(column, OffsetDateTime.class);
      return new SqlValue.ZonedTimestamp(moment.withOffsetSameInstant(ZoneOffset.UTC));
    }
    return new SqlValue.Timestamp(result.getObject(column, LocalDateTime.class));
  }

  private static SqlValue own(String text) {
    return new SqlValue.Native("", text);
  }

  static void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    if (value instanceof SqlValue.Null none) {
      statement.setNull(index, none.jdbcType());
    } else if (value instanceof SqlValue.Native own) {
      bindOwn(statement, index, own);
    } else if (value instanceof SqlValue.Whole whole) {
      bindWhole(statement, index, whole.value());
    } else if (!PlainValues.bind(statement, index, value)
        && !PlainValues.bindTime(statement, index, value)) {
      throw PlainValues.unsupported(value.getClass().getSimpleName());
    }
  }

  /** An int where it fits: a function may have no other form. */
  private static void bindWhole(PreparedStatement statement, int index, long value)
      throws SQLException {
    if (value == (int) value) {
      statement.setInt(index, (int) value);
    } else {
      statement.setLong(index, value);
    }
  }

  private static void bindOwn(PreparedStatement statement, int index, SqlValue.Native own)
      throws SQLException {
    if (own.type().isEmpty()) {
      statement.setObject(index, own.text(), Types.OTHER);
      return;
    }
    PGobject object = new PGobject();
    object.setType(own.type());
    object.setValue(own.text());
    statement.setObject(index, object);
  }

  /** The driver sends these with their type, or with a time zone that the place may ignore. */
  static Optional<SqlValue> parameter(Object value, int jdbcType, ZoneId zone) throws SQLException {
    boolean free = jdbcType == Types.NULL || jdbcType == Types.OTHER;
    if (value instanceof Number number
        && (jdbcType == Types.BIGINT || (free && value instanceof Long))) {
      return Optional.of(new SqlValue.Native("int8", Long.toString(number.longValue())));
    }
    if (value instanceof Timestamp timestamp && (free || jdbcType == Types.TIMESTAMP)) {
      return Optional.of(own(text(timestamp, zone)));
    }
    if (value instanceof Time time && (free || jdbcType == Types.TIME)) {
      Instant moment = Instant.ofEpochMilli(time.getTime());
      return Optional.of(own(moment.atZone(zone).toOffsetDateTime().format(TIME_WITH_OFFSET)));
    }
    if (value instanceof Array array) {
      String element = array.getBaseTypeName();
      return Optional.of(
          new SqlValue.Native(
              PLAIN.matcher(element).matches() ? "_" + element : "", array.toString()));
    }
    return free ? ofOther(value, jdbcType) : Optional.empty();
  }

  private static Optional<SqlValue> ofOther(Object value, int jdbcType) {
    if (value instanceof UUID uuid) {
      return Optional.of(new SqlValue.Native("uuid", uuid.toString()));
    }
    if (value instanceof PGobject object && object.getValue() != null) {
      return Optional.of(new SqlValue.Native(object.getType(), object.getValue()));
    }
    return value instanceof String text && jdbcType == Types.OTHER
        ? Optional.of(own(text))
        : Optional.empty();
  }

  private static String text(Timestamp timestamp, ZoneId zone) {
    if (timestamp.getTime() == PGStatement.DATE_POSITIVE_INFINITY) {
      return "infinity";
    }
    if (timestamp.getTime() == PGStatement.DATE_NEGATIVE_INFINITY) {
      return "-infinity";
    }
    LocalDateTime local =
        zone.equals(ZoneId.systemDefault())
            ? timestamp.toLocalDateTime()
            : LocalDateTime.ofInstant(timestamp.toInstant(), zone);
    ZoneOffset offset = zone.getRules().getOffset(timestamp.toInstant());
    return DateTimeFormatter.ISO_LOCAL_DATE.format(local)
        + " "
        + local.atOffset(offset).format(TIME_WITH_OFFSET);
  }
}
