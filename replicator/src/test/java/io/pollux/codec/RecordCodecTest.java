package io.pollux.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.DecisionRecord;
import io.pollux.codec.wire.LogBody;
import io.pollux.codec.wire.SqlDatum;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.LogRecord;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private static final TableName TABLE = new TableName("APP", "T");

  private final RecordCodec codec = new RecordCodec();

  static LogRecord decided(Change... changes) {
    return new LogRecord.Decided(
        new Transaction(
            new Stamp(3, 2, 1), "a", 7, Client.UNKNOWN, Instant.EPOCH, List.of(changes)));
  }

  static LogRecord decided(SqlValue... values) {
    return decided(
        new Change.Statement(
            "APP",
            TABLE,
            "INSERT INTO T VALUES (?)",
            List.of(new Change.ParameterSet(List.of(values), 1))));
  }

  private static SqlValue onlyValue(LogRecord record) {
    Change change = ((LogRecord.Decided) record).transaction().changes().get(0);
    return ((Change.Statement) change).sets().get(0).values().get(0);
  }

  private SqlValue roundTrip(SqlValue value) throws CodecException {
    return onlyValue(codec.decode(codec.encode(decided(value))));
  }

  @Test
  void valuesAtTheEdgesComeBackAsTheyWere() throws CodecException {
    List<SqlValue> values =
        List.of(
            new SqlValue.Null(java.sql.Types.OTHER),
            new SqlValue.Null(java.sql.Types.LONGNVARCHAR),
            new SqlValue.Bool(false),
            new SqlValue.Whole(Long.MIN_VALUE),
            new SqlValue.Whole(0),
            new SqlValue.Exact(new BigDecimal("1.500")),
            new SqlValue.Exact(new BigDecimal("-0.00")),
            new SqlValue.Exact(new BigDecimal(BigInteger.TEN.pow(500).negate(), -30)),
            new SqlValue.Exact(new BigDecimal(BigInteger.ONE, -200_000)),
            new SqlValue.Float32(-0.0f),
            new SqlValue.Float64(-0.0),
            new SqlValue.Float64(Double.MIN_VALUE),
            new SqlValue.Float64(Double.NEGATIVE_INFINITY),
            new SqlValue.Text(""),
            new SqlValue.Text("\0 ä € \uD83D\uDE00 \uFFFF"),
            new SqlValue.Bytes(new byte[0]),
            new SqlValue.Bytes(new byte[] {0, -1, 127}),
            new SqlValue.Date(LocalDate.MIN),
            new SqlValue.Date(LocalDate.MAX),
            new SqlValue.Time(LocalTime.MAX),
            new SqlValue.Time(LocalTime.MIDNIGHT),
            new SqlValue.Timestamp(LocalDateTime.MIN),
            new SqlValue.Timestamp(LocalDateTime.MAX),
            new SqlValue.Timestamp(LocalDateTime.of(1582, 10, 10, 2, 30, 0, 123_456_789)),
            new SqlValue.ZonedTimestamp(OffsetDateTime.MIN),
            new SqlValue.ZonedTimestamp(OffsetDateTime.MAX),
            new SqlValue.ZonedTimestamp(
                OffsetDateTime.of(1969, 12, 31, 23, 59, 59, 1, ZoneOffset.ofTotalSeconds(-1))));
    for (SqlValue value : values) {
      assertEquals(value, roundTrip(value));
    }
  }

  @Test
  void everyBitOfANaNSurvives() throws CodecException {
    for (long bits : new long[] {0x7ff0000000000001L, 0xfff8dead_beef0000L, -1L}) {
      SqlValue.Float64 back =
          (SqlValue.Float64) roundTrip(new SqlValue.Float64(Double.longBitsToDouble(bits)));
      assertEquals(bits, Double.doubleToRawLongBits(back.value()));
    }
    for (int bits : new int[] {0x7fc00001, 0xffc0beef, -1}) {
      SqlValue.Float32 back =
          (SqlValue.Float32) roundTrip(new SqlValue.Float32(Float.intBitsToFloat(bits)));
      assertEquals(bits, Float.floatToRawIntBits(back.value()));
    }
  }

  @Test
  void halfASurrogatePairSurvivesAsAValue() throws CodecException {
    for (String text : List.of("\uD83D", "\uDE00", "a\uDE00\uD83Db", "\uD83D\uD83D\uDE00")) {
      assertEquals(new SqlValue.Text(text), roundTrip(new SqlValue.Text(text)));
    }
  }

  @Test
  void halfASurrogatePairInAStatementIsRefused() {
    LogRecord ddl = decided(new Change.Ddl("APP", "COMMENT '\uD83D'"));
    String message = assertThrows(CodecException.class, () -> codec.encode(ddl)).getMessage();
    assertTrue(message.contains("surrogate"), message);
    LogRecord mark = new LogRecord.Mark("a", "\uDE00", Instant.EPOCH);
    assertThrows(CodecException.class, () -> codec.encode(mark));
  }

  @Test
  void aRecordAboveTheBoundIsRefusedInBothDirections() throws CodecException {
    LogRecord record = decided(new SqlValue.Bytes(new byte[1000]));
    byte[] bytes = codec.encode(record);
    RecordCodec exact = new RecordCodec(bytes.length);
    assertEquals(record, exact.decode(exact.encode(record)));
    RecordCodec small = new RecordCodec(bytes.length - 1);
    assertThrows(CodecException.class, () -> small.encode(record));
    assertThrows(CodecException.class, () -> small.decode(bytes));
  }

  @Test
  void aTimeBeyondMillisecondsIsRefused() {
    LogRecord mark = new LogRecord.Mark("a", "x", Instant.MAX);
    assertThrows(CodecException.class, () -> codec.encode(mark));
  }

  @Test
  void recordsThatMeanNothingAreRefused() {
    for (LogBody body :
        List.of(
            LogBody.getDefaultInstance(),
            LogBody.newBuilder().setCommit(DecisionRecord.getDefaultInstance()).build())) {
      assertThrows(CodecException.class, () -> codec.decode(body.toByteArray()), body.toString());
    }
  }

  @Test
  void valuesThatMeanNothingAreRefused() {
    for (SqlDatum datum :
        List.of(
            SqlDatum.getDefaultInstance(),
            SqlDatum.newBuilder().setDate(Long.MAX_VALUE).build(),
            SqlDatum.newBuilder().setTime(86_400_000_000_000L).build(),
            SqlDatum.newBuilder().setTextUnits(ByteString.copyFrom(new byte[3])).build(),
            SqlDatum.newBuilder()
                .setExact(io.pollux.codec.wire.Exact.getDefaultInstance())
                .build())) {
      LogBody.Builder body = LogBody.newBuilder();
      body.getTransactionBuilder().getStampBuilder();
      body.getTransactionBuilder().getClientBuilder();
      body.getTransactionBuilder()
          .addChangesBuilder()
          .getStatementBuilder()
          .addSetsBuilder()
          .addValues(datum);
      body.getTransactionBuilder().getChangesBuilder(0).getStatementBuilder().getTableBuilder();
      byte[] bytes = body.build().toByteArray();
      assertThrows(CodecException.class, () -> codec.decode(bytes), datum.toString());
    }
  }

  @Test
  void deepNestingIsRefusedBeforeItCostsAnything() {
    byte[] groups = new byte[100_000];
    Arrays.fill(groups, (byte) (15 << 3 | 3)); // field 15, start of a group
    assertThrows(CodecException.class, () -> codec.decode(groups));
  }

  @Test
  void whateverTheBytesTheAnswerIsARecordOrARefusal() throws CodecException {
    byte[] good =
        codec.encode(
            decided(
                new SqlValue.Text("abc"),
                new SqlValue.Exact(BigDecimal.TEN),
                new SqlValue.ZonedTimestamp(OffsetDateTime.MAX)));
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = good.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
      try {
        codec.decode(bytes);
      } catch (CodecException expected) {
        refused++;
      }
    }
    assertTrue(refused > 10_000, refused + " refused");
  }

  @Test
  void sameRecordsHaveTheSameBytes() throws CodecException {
    assertArrayEquals(
        codec.encode(decided(new SqlValue.Text("a"))),
        codec.encode(decided(new SqlValue.Text("a"))));
  }
}
