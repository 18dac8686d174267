package io.pollux.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import io.pollux.env.FakeLoop;
import io.pollux.env.MemoryDisk;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A file of format version 1 as it must be readable, and must be written, for ever. */
class LogGoldenTest {
  private static final String FILE = "0000000000000000001.log";
  private static final Stamp STAMP = new Stamp(1, 2, 3);
  private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_123L);
  private static final TableName TABLE = new TableName("APP", "ORDERS");

  private final RecordCodec codec = new RecordCodec();

  private static List<SqlValue> values() {
    return List.of(
        new SqlValue.Null(4),
        new SqlValue.Bool(true),
        new SqlValue.Whole(-42),
        new SqlValue.Exact(new BigDecimal("-12.340")),
        new SqlValue.Float32(-0.0f),
        new SqlValue.Float64(1e300),
        new SqlValue.Text("Käse \uD83E\uDDC0"),
        new SqlValue.Text("half \uD83E"),
        new SqlValue.Bytes(new byte[] {0, 1, -1}),
        new SqlValue.Date(LocalDate.of(1, 1, 1)),
        new SqlValue.Time(LocalTime.of(23, 59, 59, 999_999_999)),
        new SqlValue.Timestamp(LocalDateTime.of(2024, 2, 29, 12, 0, 0, 5)),
        new SqlValue.ZonedTimestamp(OffsetDateTime.parse("2024-03-31T02:30:00.000000001-03:30")));
  }

  private static List<LogRecord> records() {
    Change statement =
        new Change.Statement(
            "APP",
            TABLE,
            "UPDATE ORDERS SET A = ? WHERE ID = ?",
            List.of(new Change.ParameterSet(values(), 1)));
    Change rows =
        new Change.Rows(
            TABLE,
            Change.Action.UPDATE,
            List.of("A", "ID"),
            1,
            List.of(List.of(new SqlValue.Text("x"), new SqlValue.Whole(1))));
    Transaction transaction =
        new Transaction(
            STAMP,
            "castor",
            7,
            new Client("app", "shop", "main"),
            AT,
            List.of(
                statement,
                rows,
                new Change.Ddl("APP", "CREATE TABLE T (A INT)"),
                new Change.Generator(Change.GeneratorKind.SEQUENCE, TABLE, -1)));
    return List.of(
        new LogRecord.Reign(new Epoch(1), 2, "castor", "first start", AT),
        new LogRecord.Decided(transaction),
        new LogRecord.Prepare(transaction),
        new LogRecord.Commit(STAMP),
        new LogRecord.Abort(STAMP, "23505"),
        new LogRecord.Digest(STAMP, TABLE, 12, new SqlValue.Bytes(new byte[] {1, 2, 3, 4})),
        new LogRecord.Mark("castor", "table repaired", AT));
  }

  private static byte[] golden() throws IOException {
    try (InputStream file = LogGoldenTest.class.getResourceAsStream("golden-v1.log")) {
      return file.readAllBytes();
    }
  }

  @Test
  void todayTheSameBytesAreWritten() throws Exception {
    LogFixture fixture = LogFixture.opened(LogSettings.defaults(LogFixture.GROUP));
    for (LogRecord record : records()) {
      fixture.log.append(codec.encode(record));
      fixture.loop.runUntilIdle();
    }
    fixture.close();
    byte[] written = fixture.disk.bytes(FILE);
    Path copy = Path.of("target", "golden-v1.log");
    Files.write(copy, written);
    assertArrayEquals(golden(), written, "what is written today is in " + copy);
    assertTrue(written.length < 2048);
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    MemoryDisk disk = new MemoryDisk();
    disk.put(FILE, golden());
    FakeLoop loop = new FakeLoop();
    List<LogRecord> read = new ArrayList<>();
    StatementLog log =
        StatementLog.open(
            disk,
            loop,
            loop,
            LogSettings.defaults(LogFixture.GROUP),
            (position, body) -> read.add(decode(body)),
            failure -> {
              throw new AssertionError(failure);
            });
    assertEquals(records(), read);
    assertEquals(7, log.forced().index());
  }

  private LogRecord decode(byte[] body) throws PolluxException {
    try {
      return codec.decode(body);
    } catch (CodecException e) {
      throw new PolluxException(Reason.LOG_DAMAGED, "no record", e);
    }
  }
}
