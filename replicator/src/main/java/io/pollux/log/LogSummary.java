package io.pollux.log;

import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a node must know of the records of a log without reading them again. Fed with every record,
 * in order.
 */
public final class LogSummary {
  private record Source(String node, int slot) {}

  private final Map<Source, Stamp> lastStamps = new HashMap<>();
  private Optional<LogRecord.Reign> lastReign = Optional.empty();

  public void accept(Position position, LogRecord record) {
    if (record instanceof LogRecord.Decided decided) {
      transaction(decided.transaction());
    } else if (record instanceof LogRecord.Prepare prepare) {
      transaction(prepare.transaction());
    } else if (record instanceof LogRecord.Reign reign) {
      lastReign = Optional.of(reign);
    }
  }

  private void transaction(Transaction transaction) {
    lastStamps.merge(
        new Source(transaction.node(), transaction.slot()),
        transaction.stamp(),
        (a, b) -> a.isAfter(b) ? a : b);
  }

  /** The highest stamp that a slot of a node has in the log; {@link Stamp#NONE} if it has none. */
  public Stamp lastStamp(String node, int slot) {
    return lastStamps.getOrDefault(new Source(node, slot), Stamp.NONE);
  }

  public Optional<LogRecord.Reign> lastReign() {
    return lastReign;
  }
}
