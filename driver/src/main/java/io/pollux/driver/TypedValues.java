package io.pollux.driver;

import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.sql.JDBCType;
import java.sql.Types;
import java.util.Optional;

/**
 * {@code setObject} with a target type: the value after the conversion, where every driver converts
 * alike; otherwise nothing.
 */
final class TypedValues {
  /** No scale was given. */
  static final int ANY_SCALE = -1;

  private TypedValues() {}

  static Optional<SqlValue> of(Object value, int jdbcType, int scale) {
    if (value == null) {
      return Optional.of(new SqlValue.Null(jdbcType));
    }
    return JdbcValues.of(value).flatMap(natural -> converted(natural, jdbcType, scale));
  }

  private static Optional<SqlValue> converted(SqlValue value, int jdbcType, int scale) {
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> whole(value);
      case Types.DECIMAL, Types.NUMERIC -> exact(value, scale);
      case Types.DOUBLE, Types.FLOAT -> floating(value);
      case Types.REAL -> value instanceof SqlValue.Float32 ? Optional.of(value) : Optional.empty();
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR,
          Types.CLOB,
          Types.NCLOB ->
          text(value);
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB ->
          value instanceof SqlValue.Bytes ? Optional.of(value) : Optional.empty();
      case Types.BIT, Types.BOOLEAN ->
          value instanceof SqlValue.Bool ? Optional.of(value) : Optional.empty();
      default -> moment(value, jdbcType);
    };
  }

  private static Optional<SqlValue> whole(SqlValue value) {
    if (value instanceof SqlValue.Bool bool) {
      return Optional.of(new SqlValue.Whole(bool.value() ? 1 : 0));
    }
    if (value instanceof SqlValue.Exact exact && isLong(exact.value())) {
      return Optional.of(new SqlValue.Whole(exact.value().longValue()));
    }
    if (value instanceof SqlValue.Text text && text.value().matches("-?[0-9]{1,18}")) {
      return Optional.of(new SqlValue.Whole(Long.parseLong(text.value())));
    }
    return value instanceof SqlValue.Whole ? Optional.of(value) : Optional.empty();
  }

  private static boolean isLong(BigDecimal value) {
    return value.stripTrailingZeros().scale() <= 0 && value.toBigInteger().bitLength() < Long.SIZE;
  }

  private static Optional<SqlValue> exact(SqlValue value, int scale) {
    if (value instanceof SqlValue.Whole) {
      return Optional.of(value);
    }
    if (value instanceof SqlValue.Text text && text.value().matches("-?[0-9]+(\\.[0-9]+)?")) {
      return exact(new SqlValue.Exact(new BigDecimal(text.value())), scale);
    }
    boolean fits =
        value instanceof SqlValue.Exact exact
            && (scale == ANY_SCALE || exact.value().scale() <= scale);
    return fits ? Optional.of(value) : Optional.empty();
  }

  private static Optional<SqlValue> floating(SqlValue value) {
    if (value instanceof SqlValue.Whole whole) {
      return Optional.of(new SqlValue.Float64(whole.value()));
    }
    if (value instanceof SqlValue.Float32 narrow) {
      return Optional.of(new SqlValue.Float64(narrow.value()));
    }
    return value instanceof SqlValue.Float64 ? Optional.of(value) : Optional.empty();
  }

  private static Optional<SqlValue> text(SqlValue value) {
    if (value instanceof SqlValue.Whole whole) {
      return Optional.of(new SqlValue.Text(Long.toString(whole.value())));
    }
    return value instanceof SqlValue.Text ? Optional.of(value) : Optional.empty();
  }

  private static Optional<SqlValue> moment(SqlValue value, int jdbcType) {
    if (value instanceof SqlValue.Timestamp timestamp) {
      return switch (jdbcType) {
        case Types.TIMESTAMP -> Optional.of(value);
        case Types.DATE -> Optional.of(new SqlValue.Date(timestamp.value().toLocalDate()));
        case Types.TIME ->
            Optional.of(new SqlValue.Time(timestamp.value().toLocalTime().withNano(0)));
        default -> Optional.empty();
      };
    }
    boolean isSame =
        (jdbcType == Types.DATE && value instanceof SqlValue.Date)
            || (jdbcType == Types.TIME && value instanceof SqlValue.Time)
            || (jdbcType == Types.TIMESTAMP_WITH_TIMEZONE
                && value instanceof SqlValue.ZonedTimestamp)
            || (jdbcType == Types.JAVA_OBJECT && !(value instanceof SqlValue.Null));
    return isSame ? Optional.of(value) : textMoment(value, jdbcType);
  }

  /** The JDBC escape format of a date or time, which every driver reads alike. */
  private static Optional<SqlValue> textMoment(SqlValue value, int jdbcType) {
    if (!(value instanceof SqlValue.Text text)) {
      return Optional.empty();
    }
    try {
      return switch (jdbcType) {
        case Types.DATE -> Optional.of(JdbcValues.date(java.sql.Date.valueOf(text.value())));
        case Types.TIME -> Optional.of(JdbcValues.time(java.sql.Time.valueOf(text.value())));
        case Types.TIMESTAMP ->
            Optional.of(JdbcValues.timestamp(java.sql.Timestamp.valueOf(text.value())));
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String describe(Object value, int jdbcType) {
    String type =
        java.util.Arrays.stream(JDBCType.values())
            .filter(known -> known.getVendorTypeNumber() == jdbcType)
            .map(JDBCType::getName)
            .findFirst()
            .orElse(Integer.toString(jdbcType));
    return value.getClass().getName() + " as " + type;
  }
}
