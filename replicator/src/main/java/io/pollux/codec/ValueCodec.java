package io.pollux.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.pollux.codec.wire.Exact;
import io.pollux.codec.wire.LocalStamp;
import io.pollux.codec.wire.SqlDatum;
import io.pollux.codec.wire.ZonedStamp;
import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/** One value to its message and back, to the last bit. */
final class ValueCodec {
  private ValueCodec() {}

  static SqlDatum encode(SqlValue value) {
    SqlDatum.Builder datum = SqlDatum.newBuilder();
    if (value instanceof SqlValue.Text text) {
      encodeText(datum, text.value());
    } else if (value instanceof SqlValue.Whole whole) {
      datum.setWhole(whole.value());
    } else if (value instanceof SqlValue.Null none) {
      datum.setNullOfType(none.jdbcType());
    } else if (value instanceof SqlValue.Bytes bytes) {
      datum.setOctets(UnsafeByteOperations.unsafeWrap(bytes.value()));
    } else if (value instanceof SqlValue.Bool bool) {
      datum.setBool(bool.value());
    } else if (value instanceof SqlValue.Exact exact) {
      datum.setExact(
          Exact.newBuilder()
              .setUnscaled(ByteString.copyFrom(exact.value().unscaledValue().toByteArray()))
              .setScale(exact.value().scale()));
    } else if (value instanceof SqlValue.Float32 real) {
      datum.setFloatBits(Float.floatToRawIntBits(real.value()));
    } else if (value instanceof SqlValue.Float64 real) {
      datum.setDoubleBits(Double.doubleToRawLongBits(real.value()));
    } else {
      encodeTime(datum, value);
    }
    return datum.build();
  }

  /** UTF-8 has no code for half a surrogate pair, so such a text travels as its UTF-16 units. */
  private static void encodeText(SqlDatum.Builder datum, String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      datum.setTextBytes(UnsafeByteOperations.unsafeWrap(bytes));
    } catch (CharacterCodingException e) {
      ByteBuffer units = ByteBuffer.allocate(text.length() * 2);
      units.asCharBuffer().put(text);
      datum.setUtf16(UnsafeByteOperations.unsafeWrap(units));
    }
  }

  private static void encodeTime(SqlDatum.Builder datum, SqlValue value) {
    if (value instanceof SqlValue.Date date) {
      datum.setDate(date.value().toEpochDay());
    } else if (value instanceof SqlValue.Time time) {
      datum.setTime(time.value().toNanoOfDay());
    } else if (value instanceof SqlValue.Timestamp timestamp) {
      datum.setTimestamp(local(timestamp.value()));
    } else if (value instanceof SqlValue.ZonedTimestamp zoned) {
      datum.setZonedTimestamp(
          ZonedStamp.newBuilder()
              .setLocal(local(zoned.value().toLocalDateTime()))
              .setOffsetSeconds(zoned.value().getOffset().getTotalSeconds()));
    } else {
      throw new IllegalStateException("a value of an unknown shape: " + value.getClass());
    }
  }

  private static LocalStamp local(LocalDateTime value) {
    return LocalStamp.newBuilder()
        .setSeconds(value.toEpochSecond(ZoneOffset.UTC))
        .setNanos(value.get(ChronoField.NANO_OF_SECOND))
        .build();
  }

  /**
   * Throws what the JDK throws on values out of range; {@link RecordCodec} turns it into a
   * CodecException.
   */
  static SqlValue decode(SqlDatum datum) throws CharacterCodingException {
    return switch (datum.getKindCase()) {
      case NULL_OF_TYPE -> new SqlValue.Null(datum.getNullOfType());
      case BOOL -> new SqlValue.Bool(datum.getBool());
      case WHOLE -> new SqlValue.Whole(datum.getWhole());
      case EXACT ->
          new SqlValue.Exact(
              new BigDecimal(
                  new BigInteger(datum.getExact().getUnscaled().toByteArray()),
                  datum.getExact().getScale()));
      case FLOAT_BITS -> new SqlValue.Float32(Float.intBitsToFloat(datum.getFloatBits()));
      case DOUBLE_BITS -> new SqlValue.Float64(Double.longBitsToDouble(datum.getDoubleBits()));
      case TEXT_BYTES ->
          new SqlValue.Text(
              StandardCharsets.UTF_8
                  .newDecoder()
                  .decode(datum.getTextBytes().asReadOnlyByteBuffer())
                  .toString());
      case UTF16 ->
          new SqlValue.Text(datum.getUtf16().asReadOnlyByteBuffer().asCharBuffer().toString());
      case OCTETS -> new SqlValue.Bytes(datum.getOctets().toByteArray());
      case DATE -> new SqlValue.Date(LocalDate.ofEpochDay(datum.getDate()));
      case TIME -> new SqlValue.Time(LocalTime.ofNanoOfDay(datum.getTime()));
      case TIMESTAMP -> new SqlValue.Timestamp(local(datum.getTimestamp()));
      case ZONED_TIMESTAMP ->
          new SqlValue.ZonedTimestamp(
              OffsetDateTime.of(
                  local(datum.getZonedTimestamp().getLocal()),
                  ZoneOffset.ofTotalSeconds(datum.getZonedTimestamp().getOffsetSeconds())));
      case KIND_NOT_SET ->
          throw new IllegalArgumentException("a value of a kind that this version does not know");
    };
  }

  private static LocalDateTime local(LocalStamp stamp) {
    return LocalDateTime.ofEpochSecond(stamp.getSeconds(), stamp.getNanos(), ZoneOffset.UTC);
  }
}
