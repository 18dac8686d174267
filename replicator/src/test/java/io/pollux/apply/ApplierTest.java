package io.pollux.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pollux.codec.RecordCodec;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import io.pollux.env.FakeLoop;
import io.pollux.env.MemoryDisk;
import io.pollux.log.LogHead;
import io.pollux.log.LogSettings;
import io.pollux.log.StatementLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private static final LogSettings SETTINGS = LogSettings.defaults(new UUID(1, 2));

  private final FakeLoop loop = new FakeLoop();
  private final RecordCodec codec = new RecordCodec();
  private final List<String> done = new ArrayList<>();
  private StatementLog log;
  private Applier applier;

  @BeforeEach
  void open() throws Exception {
    MemoryDisk disk = new MemoryDisk();
    StatementLog.create(disk, SETTINGS, LogHead.origin(new UUID(1, 2)));
    log =
        StatementLog.open(
            disk,
            loop,
            loop,
            SETTINGS,
            (position, body) -> {},
            failure -> {
              throw new AssertionError(failure);
            });
    applier = new Applier(loop, loop, () -> log, new Recorder(), new Silent());
    applier.start(Position.NONE, Map.of());
  }

  private final class Recorder implements Target {
    @Override
    public void apply(List<Item> items, Position upTo) {
      items.forEach(item -> done.add(item.transaction().stamp().toString()));
    }

    @Override
    public Verdict compare(LogRecord.Digest digest) {
      return new Verdict(true, 0, "", List.of(), false);
    }

    @Override
    public Verdict repair(LogRecord.Repair repair, Position at) {
      return new Verdict(true, 0, "", List.of(), false);
    }
  }

  private static final class Silent implements Applier.Listener {
    @Override
    public void applied(Position position) {}

    @Override
    public void compared(Position position, LogRecord.Digest digest, Target.Verdict verdict) {}

    @Override
    public void repaired(Position position, LogRecord.Repair repair, Target.Verdict verdict) {}

    @Override
    public void poisoned(Position position, String reason) {
      throw new AssertionError(reason);
    }
  }

  private void append(LogRecord record) throws Exception {
    Position position = log.appendDecision(codec.encode(record));
    applier.learn(position, record);
    log.onForced(position, applier::advance);
    loop.runUntilIdle();
  }

  private static Stamp stamp(long counter) {
    return new Stamp(1, 1, counter);
  }

  private static Transaction transaction(long counter) {
    return new Transaction(
        stamp(counter),
        "a",
        (int) counter,
        Client.UNKNOWN,
        Instant.EPOCH,
        List.of(new Change.Ddl("APP", "CREATE SCHEMA S" + counter)));
  }

  @Test
  void aPreparedTransactionWaitsForItsDecisionAndHoldsBackWhatFollows() throws Exception {
    append(new LogRecord.Prepare(transaction(1)));
    append(new LogRecord.Decided(transaction(2)));
    assertEquals(List.of(), done);
    append(new LogRecord.Commit(stamp(1)));
    assertEquals(List.of(stamp(1).toString(), stamp(2).toString()), done);
  }

  @Test
  void anAbortedTransactionIsNotExecuted() throws Exception {
    append(new LogRecord.Prepare(transaction(1)));
    append(new LogRecord.Abort(stamp(1), "rolled back"));
    append(new LogRecord.Decided(transaction(2)));
    assertEquals(List.of(stamp(2).toString()), done);
  }

  @Test
  void aReignDecidesWhatItsNodeFoundPreparedWhenItBegan() throws Exception {
    append(new LogRecord.Prepare(transaction(1)));
    append(new LogRecord.Reign(new Epoch(1), 2, "a", "restarted after kill -9", Instant.EPOCH));
    append(new LogRecord.Decided(transaction(2)));
    assertEquals(List.of(stamp(1).toString(), stamp(2).toString()), done);
  }
}
