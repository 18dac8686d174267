package io.pollux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.core.Client;
import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import io.pollux.log.LogSummary.Slot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogSummaryTest {
  private static final TableName TABLE = new TableName("APP", "T");

  private final LogSummary summary = new LogSummary(LogSummary.Remembered.NOTHING);
  private long next = 1;

  private void take(LogRecord record) {
    summary.accept(new Position(next++), record);
  }

  private static Stamp stamp(long counter) {
    return new Stamp(1, 1, counter);
  }

  private static Transaction transaction(String node, int slot, long counter) {
    return new Transaction(stamp(counter), node, slot, Client.UNKNOWN, Instant.EPOCH, List.of());
  }

  @Test
  void theLastStampOfEachSlotIsThatOfItsLastTransaction() {
    take(new LogRecord.Decided(transaction("a", 1, 5)));
    take(new LogRecord.Decided(transaction("a", 2, 3)));
    take(new LogRecord.Prepare(transaction("b", 1, 4)));
    take(new LogRecord.Abort(stamp(4), "constraint"));
    take(new LogRecord.Decided(transaction("a", 1, 9)));
    assertEquals(
        Map.of(new Slot("a", 1), stamp(9), new Slot("a", 2), stamp(3), new Slot("b", 1), stamp(4)),
        summary.lastStamps());
    assertEquals(Optional.of(stamp(9)), summary.lastStamp("a", 1));
    assertEquals(Optional.empty(), summary.lastStamp("b", 2));
  }

  @Test
  void aPrepareIsUndecidedUntilItsCommitOrAbort() {
    take(new LogRecord.Prepare(transaction("a", 1, 1)));
    take(new LogRecord.Prepare(transaction("a", 2, 2)));
    take(new LogRecord.Prepare(transaction("a", 3, 3)));
    take(new LogRecord.Abort(stamp(3), "x"));
    take(new LogRecord.Commit(stamp(1)));
    assertEquals(Map.of(stamp(2), new Position(2)), summary.undecided());
  }

  @Test
  void theHighestStampIsThatOfAnyRecord() {
    assertEquals(Stamp.NONE, summary.highest());
    take(new LogRecord.Decided(transaction("a", 1, 8)));
    take(new LogRecord.Decided(transaction("a", 2, 7)));
    assertEquals(stamp(8), summary.highest());
    take(new LogRecord.Digest(stamp(9), TABLE, 1, new SqlValue.Bytes(new byte[2])));
    assertEquals(stamp(9), summary.highest());
    LogRecord.Reign reign = new LogRecord.Reign(new Epoch(2), 1, "b", "promotion", Instant.EPOCH);
    take(reign);
    take(new LogRecord.Mark("b", "operator", Instant.EPOCH));
    assertEquals(new Stamp(2, 1, 0), summary.highest());
    assertEquals(Optional.of(reign), summary.reign());
    assertEquals(new Position(5), summary.position());
  }

  @Test
  void whatWasRememberedHoldsUntilARecordSaysMore() {
    take(new LogRecord.Decided(transaction("a", 1, 5)));
    take(new LogRecord.Decided(transaction("a", 2, 6)));
    LogRecord.Reign reign = new LogRecord.Reign(new Epoch(1), 1, "a", "promotion", Instant.EPOCH);
    take(reign);
    LogSummary later = new LogSummary(summary.remembered());
    assertEquals(
        Map.of(new Slot("a", 1), stamp(5), new Slot("a", 2), stamp(6)), later.lastStamps());
    assertEquals(Optional.of(reign), later.reign());
    assertEquals(stamp(6), later.highest());
    later.accept(new Position(2), new LogRecord.Decided(transaction("a", 2, 6)));
    later.accept(new Position(3), new LogRecord.Decided(transaction("a", 2, 8)));
    assertEquals(
        Map.of(new Slot("a", 1), stamp(5), new Slot("a", 2), stamp(8)), later.lastStamps());
  }

  @Test
  void positionsAreTakenWithoutGap() {
    next = 5; // as after a purge
    take(new LogRecord.Commit(stamp(1)));
    next = 7;
    assertThrows(IllegalArgumentException.class, () -> take(new LogRecord.Commit(stamp(2))));
  }
}
