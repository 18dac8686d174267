package io.pollux.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.Epoch;
import io.pollux.core.KeyRange;
import io.pollux.core.LogRecord;
import io.pollux.core.RepairedRow;
import io.pollux.core.RowDigest;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class RecordCodecPropertyTest {
  private final RecordCodec codec = new RecordCodec();

  @Property
  void everyRecordComesBackAsItWas(@ForAll("records") LogRecord record) throws CodecException {
    assertEquals(record, codec.decode(codec.encode(record)));
  }

  @Example
  void noShapeIsForgotten() {
    TreeSet<String> tried = new TreeSet<>();
    records().sampleStream().limit(3000).forEach(record -> collect(record, tried));
    for (Class<?> family : List.of(LogRecord.class, Change.class, SqlValue.class)) {
      for (Class<?> shape : family.getPermittedSubclasses()) {
        assertEquals(true, tried.contains(shape.getName()), shape.getName());
      }
    }
  }

  private static void collect(LogRecord record, Set<String> tried) {
    tried.add(record.getClass().getName());
    if (record instanceof LogRecord.Decided decided) {
      for (Change change : decided.transaction().changes()) {
        tried.add(change.getClass().getName());
        if (change instanceof Change.Statement statement) {
          statement.sets().stream()
              .flatMap(set -> set.values().stream())
              .forEach(value -> tried.add(value.getClass().getName()));
        }
      }
    }
  }

  @Provide
  Arbitrary<LogRecord> records() {
    Arbitrary<Transaction> transactions = transactions();
    return Arbitraries.oneOf(
        transactions.map(LogRecord.Decided::new),
        transactions.map(LogRecord.Prepare::new),
        stamps().map(LogRecord.Commit::new),
        Combinators.combine(stamps(), words()).as(LogRecord.Abort::new),
        Combinators.combine(naturals().map(Epoch::new), naturals(), words(), words(), instants())
            .as(LogRecord.Reign::new),
        digests(),
        repairs(),
        Combinators.combine(words(), words(), instants()).as(LogRecord.Mark::new));
  }

  private static Arbitrary<LogRecord> digests() {
    Arbitrary<KeyRange> ranges =
        Combinators.combine(values(), values(), words())
            .as((after, upTo, key) -> new KeyRange(List.of(key), List.of(after), List.of(upTo)));
    Arbitrary<RowDigest> members =
        Combinators.combine(values().list().ofMaxSize(3), bytes()).as(RowDigest::new);
    return Combinators.combine(
            stamps(),
            tables(),
            naturals(),
            bytes(),
            Arbitraries.of(LogRecord.Subject.values()),
            Arbitraries.oneOf(Arbitraries.just(KeyRange.ALL), ranges),
            members.list().ofMaxSize(3))
        .as(LogRecord.Digest::new);
  }

  private static Arbitrary<LogRecord> repairs() {
    Arbitrary<RepairedRow> rows =
        Combinators.combine(values(), values(), Arbitraries.integers().between(0, 2))
            .as(
                (before, after, lacking) ->
                    new RepairedRow(
                        Optional.of(List.of(before)).filter(row -> lacking != 1),
                        Optional.of(List.of(after)).filter(row -> lacking != 2)));
    Arbitrary<Change.Generator> marks =
        Combinators.combine(
                Arbitraries.of(Change.GeneratorKind.values()), tables(), Arbitraries.longs())
            .as(Change.Generator::new);
    return Combinators.combine(
            Combinators.combine(stamps(), words(), instants(), words()).as(Tuple::of),
            Arbitraries.of(LogRecord.Scope.values()),
            tables(),
            Combinators.combine(words(), Arbitraries.integers().between(0, 1)).as(Tuple::of),
            rows.list().ofMaxSize(4),
            marks.list().ofMaxSize(2))
        .as(
            (head, scope, table, key, changed, generators) ->
                new LogRecord.Repair(
                    head.get1(),
                    head.get2(),
                    head.get3(),
                    head.get4(),
                    scope,
                    table,
                    List.of(key.get1()),
                    key.get2(),
                    changed,
                    generators));
  }

  private static Arbitrary<Transaction> transactions() {
    return Combinators.combine(
            stamps(),
            words(),
            Arbitraries.integers(),
            Combinators.combine(words(), words(), words()).as(Client::new),
            instants(),
            changes().list().ofMaxSize(5))
        .as(Transaction::new);
  }

  private static Arbitrary<Change> changes() {
    Arbitrary<Change.ParameterSet> sets =
        Combinators.combine(values().list().ofMaxSize(6), naturals()).as(Change.ParameterSet::new);
    return Arbitraries.oneOf(
        Combinators.combine(words(), tables(), words(), sets.list().ofMaxSize(3))
            .as(Change.Statement::new),
        rows(),
        Combinators.combine(words(), words()).as(Change.Ddl::new),
        Combinators.combine(
                Arbitraries.of(Change.GeneratorKind.values()), tables(), Arbitraries.longs())
            .as(Change.Generator::new));
  }

  private static Arbitrary<Change> rows() {
    return Arbitraries.integers()
        .between(0, 4)
        .flatMap(
            columns ->
                Combinators.combine(
                        tables(),
                        Arbitraries.of(Change.Action.values()),
                        words().list().ofSize(columns),
                        Arbitraries.integers().between(0, columns),
                        values().list().ofSize(columns).list().ofMaxSize(3))
                    .as(Change.Rows::new));
  }

  private static Arbitrary<SqlValue> values() {
    Arbitrary<LocalDate> dates =
        Arbitraries.longs()
            .between(LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay())
            .map(LocalDate::ofEpochDay);
    Arbitrary<LocalTime> times =
        Arbitraries.longs().between(0, LocalTime.MAX.toNanoOfDay()).map(LocalTime::ofNanoOfDay);
    Arbitrary<LocalDateTime> stamps = Combinators.combine(dates, times).as(LocalDateTime::of);
    Arbitrary<ZoneOffset> offsets =
        Arbitraries.integers().between(-64_800, 64_800).map(ZoneOffset::ofTotalSeconds);
    return Arbitraries.oneOf(
        Arbitraries.integers().map(SqlValue.Null::new),
        Arbitraries.of(true, false).map(SqlValue.Bool::new),
        Arbitraries.longs().map(SqlValue.Whole::new),
        Combinators.combine(
                Arbitraries.bigIntegers(), Arbitraries.integers().between(-200_000, 200_000))
            .as((BigInteger unscaled, Integer scale) -> new BigDecimal(unscaled, scale))
            .map(SqlValue.Exact::new),
        Arbitraries.integers().map(bits -> new SqlValue.Float32(Float.intBitsToFloat(bits))),
        Arbitraries.longs().map(bits -> new SqlValue.Float64(Double.longBitsToDouble(bits))),
        Arbitraries.strings().all().map(SqlValue.Text::new),
        bytes(),
        dates.map(SqlValue.Date::new),
        times.map(SqlValue.Time::new),
        stamps.map(SqlValue.Timestamp::new),
        Combinators.combine(stamps, offsets)
            .as(OffsetDateTime::of)
            .map(SqlValue.ZonedTimestamp::new),
        Combinators.combine(Arbitraries.strings().alpha(), Arbitraries.strings().ascii())
            .as((type, text) -> new SqlValue.Native(type, text)));
  }

  private static Arbitrary<SqlValue.Bytes> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(50).map(SqlValue.Bytes::new);
  }

  private static Arbitrary<Long> naturals() {
    return Arbitraries.longs().greaterOrEqual(0);
  }

  private static Arbitrary<Stamp> stamps() {
    return Combinators.combine(naturals(), naturals(), naturals()).as(Stamp::new);
  }

  private static Arbitrary<TableName> tables() {
    return Combinators.combine(words(), words()).as(TableName::new);
  }

  private static Arbitrary<String> words() {
    return Arbitraries.strings().all().ofMaxLength(20).filter(ValueCodec::isWellFormed);
  }

  private static Arbitrary<Instant> instants() {
    return Arbitraries.longs().map(Instant::ofEpochMilli);
  }
}
