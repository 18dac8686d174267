package io.pollux.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.pollux.codec.wire.Exact;
import io.pollux.codec.wire.LocalStamp;
import io.pollux.codec.wire.NativeDatum;
import io.pollux.codec.wire.SqlDatum;
import io.pollux.codec.wire.ZonedStamp;
import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/** One value, exact to the last bit. */
final class ValueCodec {
  /** PostgreSQL's NUMERIC, the widest, has 147,455 digits. */
  private static final int MAX_UNSCALED_BYTES = 64 << 10;

  private static final int MAX_SCALE = 200_000;

  private ValueCodec() {}

  /** The value as a record carries it: within the bounds that {@link #decode} asks for. */
  static SqlDatum carried(SqlValue value) throws CodecException {
    if (value instanceof SqlValue.Exact exact) {
      int bytes = exact.value().unscaledValue().bitLength() / 8 + 1;
      requireExact(bytes, exact.value().scale());
    }
    return encode(value);
  }

  static SqlDatum encode(SqlValue value) {
    SqlDatum.Builder datum = SqlDatum.newBuilder();
    if (value instanceof SqlValue.Whole whole) {
      datum.setWhole(whole.value());
    } else if (value instanceof SqlValue.Text text) {
      encodeText(datum, text.value());
    } else if (value instanceof SqlValue.Null none) {
      datum.setNullOfType(none.jdbcType());
    } else if (value instanceof SqlValue.Bool bool) {
      datum.setBool(bool.value());
    } else if (value instanceof SqlValue.Exact exact) {
      datum.setExact(encode(exact.value()));
    } else if (value instanceof SqlValue.Float32 number) {
      datum.setFloatBits(Float.floatToRawIntBits(number.value()));
    } else if (value instanceof SqlValue.Float64 number) {
      datum.setDoubleBits(Double.doubleToRawLongBits(number.value()));
    } else if (value instanceof SqlValue.Bytes bytes) {
      datum.setOctets(UnsafeByteOperations.unsafeWrap(bytes.value()));
    } else if (value instanceof SqlValue.Date date) {
      datum.setDate(date.value().toEpochDay());
    } else if (value instanceof SqlValue.Time time) {
      datum.setTime(time.value().toNanoOfDay());
    } else if (value instanceof SqlValue.Timestamp timestamp) {
      datum.setTimestamp(encode(timestamp.value()));
    } else if (value instanceof SqlValue.ZonedTimestamp zoned) {
      datum.setZonedTimestamp(encode(zoned.value()));
    } else if (value instanceof SqlValue.Native own) {
      datum.setNative(NativeDatum.newBuilder().setType(own.type()).setText(own.text()));
    } else {
      throw new IllegalStateException("a value without encoding: " + value);
    }
    return datum.build();
  }

  private static void encodeText(SqlDatum.Builder datum, String text) {
    if (isWellFormed(text)) {
      datum.setText(text);
    } else {
      datum.setTextUnits(UnsafeByteOperations.unsafeWrap(utf16(text)));
    }
  }

  private static Exact encode(BigDecimal value) {
    byte[] unscaled = value.unscaledValue().toByteArray();
    return Exact.newBuilder()
        .setUnscaled(UnsafeByteOperations.unsafeWrap(unscaled))
        .setScale(value.scale())
        .build();
  }

  private static LocalStamp encode(LocalDateTime value) {
    return LocalStamp.newBuilder()
        .setSeconds(value.toEpochSecond(ZoneOffset.UTC))
        .setNanos(value.get(ChronoField.NANO_OF_SECOND))
        .build();
  }

  private static ZonedStamp encode(OffsetDateTime value) {
    return ZonedStamp.newBuilder()
        .setLocal(encode(value.toLocalDateTime()))
        .setOffsetSeconds(value.getOffset().getTotalSeconds())
        .build();
  }

  static SqlValue decode(SqlDatum datum) throws CodecException {
    return switch (datum.getKindCase()) {
      case NULL_OF_TYPE -> new SqlValue.Null(datum.getNullOfType());
      case BOOL -> new SqlValue.Bool(datum.getBool());
      case WHOLE -> new SqlValue.Whole(datum.getWhole());
      case EXACT -> new SqlValue.Exact(decode(datum.getExact()));
      case FLOAT_BITS -> new SqlValue.Float32(Float.intBitsToFloat(datum.getFloatBits()));
      case DOUBLE_BITS -> new SqlValue.Float64(Double.longBitsToDouble(datum.getDoubleBits()));
      case TEXT -> new SqlValue.Text(datum.getText());
      case TEXT_UNITS -> new SqlValue.Text(text(datum.getTextUnits()));
      case OCTETS -> new SqlValue.Bytes(datum.getOctets().toByteArray());
      case DATE -> new SqlValue.Date(LocalDate.ofEpochDay(datum.getDate()));
      case TIME -> new SqlValue.Time(LocalTime.ofNanoOfDay(datum.getTime()));
      case TIMESTAMP -> new SqlValue.Timestamp(decode(datum.getTimestamp()));
      case ZONED_TIMESTAMP -> new SqlValue.ZonedTimestamp(decode(datum.getZonedTimestamp()));
      case NATIVE -> new SqlValue.Native(datum.getNative().getType(), datum.getNative().getText());
      case KIND_NOT_SET -> throw new CodecException("a value of a kind that is not known here");
    };
  }

  /** A number of few bytes may have a billion digits, and an engine would write them down. */
  private static void requireExact(int bytes, int scale) throws CodecException {
    RecordCodec.require(
        bytes <= MAX_UNSCALED_BYTES && Math.abs((long) scale) <= MAX_SCALE,
        "a decimal number of " + bytes + " bytes and scale " + scale);
  }

  private static BigDecimal decode(Exact exact) throws CodecException {
    requireExact(exact.getUnscaled().size(), exact.getScale());
    return new BigDecimal(new BigInteger(exact.getUnscaled().toByteArray()), exact.getScale());
  }

  private static LocalDateTime decode(LocalStamp stamp) {
    return LocalDateTime.ofEpochSecond(stamp.getSeconds(), stamp.getNanos(), ZoneOffset.UTC);
  }

  private static OffsetDateTime decode(ZonedStamp stamp) {
    return OffsetDateTime.of(
        decode(stamp.getLocal()), ZoneOffset.ofTotalSeconds(stamp.getOffsetSeconds()));
  }

  /** Whether every surrogate has its partner, so that UTF-8 can carry the text. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        boolean paired =
            Character.isHighSurrogate(unit)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!paired) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** By hand: the charset of the JDK would replace what is not well-formed. */
  private static byte[] utf16(String text) {
    byte[] bytes = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      bytes[2 * i] = (byte) (text.charAt(i) >> 8);
      bytes[2 * i + 1] = (byte) text.charAt(i);
    }
    return bytes;
  }

  private static String text(ByteString units) throws CodecException {
    if (units.size() % 2 != 0) {
      throw new CodecException("UTF-16 text of " + units.size() + " bytes");
    }
    char[] text = new char[units.size() / 2];
    for (int i = 0; i < text.length; i++) {
      text[i] = (char) (((units.byteAt(2 * i) & 0xff) << 8) | (units.byteAt(2 * i + 1) & 0xff));
    }
    return new String(text);
  }
}
