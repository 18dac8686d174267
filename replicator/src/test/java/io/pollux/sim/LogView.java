package io.pollux.sim;

import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.core.Change;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import io.pollux.log.StatementLog;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which of the application's transactions a node's log holds, and where. */
final class LogView {
  private static final RecordCodec CODEC = new RecordCodec();

  private final TreeMap<Long, Position> positions = new TreeMap<>();
  private final Set<Stamp> aborted = new HashSet<>();
  private final TreeMap<Long, Stamp> stamps = new TreeMap<>();
  private StatementLog log;
  private Position seen = Position.NONE;

  /**
   * Reads what has come since.
   *
   * @return whether it is another log than before
   */
  boolean follow(StatementLog current) throws PolluxException {
    boolean another = log != current;
    if (another || current.head().position().isBefore(seen)) {
      forget();
      log = current;
      seen = new Position(current.first().index() - 1);
    }
    while (seen.isBefore(current.head().position())) {
      for (LogEntry entry : current.read(seen.next(), 100, 1 << 20)) {
        note(entry.position(), decode(entry.body().value()));
        seen = entry.position();
      }
    }
    return another;
  }

  void forget() {
    positions.clear();
    aborted.clear();
    stamps.clear();
    log = null;
    seen = Position.NONE;
  }

  private void note(Position at, LogRecord record) {
    if (record instanceof LogRecord.Abort abort) {
      aborted.add(abort.stamp());
    }
    transaction(record)
        .ifPresent(
            transaction -> {
              positions.put(number(transaction), at);
              stamps.put(number(transaction), transaction.stamp());
            });
  }

  static LogRecord decode(byte[] body) {
    try {
      return CODEC.decode(body);
    } catch (CodecException e) {
      throw new Violation("GARBAGE in a log", e);
    }
  }

  static Optional<Transaction> transaction(LogRecord record) {
    if (record instanceof LogRecord.Decided decided) {
      return Optional.of(decided.transaction());
    } else if (record instanceof LogRecord.Prepare prepare) {
      return Optional.of(prepare.transaction());
    }
    return Optional.empty();
  }

  /** The number that the transaction appended. */
  static long number(Transaction transaction) {
    Change.Statement first = (Change.Statement) transaction.changes().get(0);
    return ((SqlValue.Whole) first.sets().get(0).values().get(0)).value();
  }

  Optional<Position> position(long number) {
    return Optional.ofNullable(positions.get(number));
  }

  /** All that it holds. */
  Set<Long> known() {
    return positions.keySet();
  }

  /** Transactions that it holds and no ABORT takes back. */
  Set<Long> standing() {
    TreeSet<Long> numbers = new TreeSet<>();
    stamps.forEach(
        (number, stamp) -> {
          if (!aborted.contains(stamp)) {
            numbers.add(number);
          }
        });
    return numbers;
  }
}
