package io.pollux.log;

import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a node must know of its log without reading it again. It sees the records in order, first
 * while the log is opened, then as they are appended. A truncated log needs a new summary. Not
 * thread-safe.
 */
public final class LogSummary {
  private final TreeMap<Slot, Stamp> lastStamps = new TreeMap<>();
  private final TreeMap<Stamp, Position> undecided = new TreeMap<>();
  private Optional<LogRecord.Reign> reign;
  private Stamp highest;
  private Position position = Position.NONE;

  /** What stays true of records that are purged. */
  public record Remembered(
      SortedMap<Slot, Stamp> lastStamps, Optional<LogRecord.Reign> reign, Stamp highest) {
    /** Nothing was purged. */
    public static final Remembered NOTHING =
        new Remembered(new TreeMap<>(), Optional.empty(), Stamp.NONE);

    public Remembered {
      lastStamps = Collections.unmodifiableSortedMap(new TreeMap<>(lastStamps));
      Objects.requireNonNull(reign, "reign");
      Objects.requireNonNull(highest, "highest");
    }
  }

  /**
   * @param before of records that may be purged; it may also know of some that are not
   */
  public LogSummary(Remembered before) {
    lastStamps.putAll(before.lastStamps());
    reign = before.reign();
    highest = before.highest();
  }

  /** A row of {@code pollux_slot} as the node wrote it that executed the transaction. */
  public record Slot(String node, int number) implements Comparable<Slot> {
    public Slot {
      Objects.requireNonNull(node, "node");
    }

    @Override
    public int compareTo(Slot other) {
      int byNode = node.compareTo(other.node);
      return byNode != 0 ? byNode : Integer.compare(number, other.number);
    }
  }

  /** Takes the record at {@code at}, which follows the last one. */
  public void accept(Position at, LogRecord record) {
    if (!position.equals(Position.NONE) && !at.equals(position.next())) {
      throw new IllegalArgumentException("position " + at + " does not follow " + position);
    }
    position = at;
    record.accept(new Reader(at));
  }

  /** The last position that was taken. */
  public Position position() {
    return position;
  }

  /**
   * The stamp of the last transaction that a slot's log records tell of, decided or prepared. A
   * slot row in the database with a later one tells of a transaction that the log lacks (FAULTS.md
   * H6).
   */
  public Optional<Stamp> lastStamp(String node, int slot) {
    return Optional.ofNullable(lastStamps.get(new Slot(node, slot)));
  }

  /** As of now. It may be used once the records that it tells of are durable. */
  public Remembered remembered() {
    return new Remembered(lastStamps, reign, highest);
  }

  /** All of {@link #lastStamp}. */
  public SortedMap<Slot, Stamp> lastStamps() {
    return Collections.unmodifiableSortedMap(lastStamps);
  }

  /** The last reign that the log tells of. */
  public Optional<LogRecord.Reign> reign() {
    return reign;
  }

  /** PREPAREs that neither COMMIT nor ABORT has followed yet, by stamp. */
  public NavigableMap<Stamp, Position> undecided() {
    return Collections.unmodifiableNavigableMap(undecided);
  }

  /** The highest stamp in any record. */
  public Stamp highest() {
    return highest;
  }

  private final class Reader implements LogRecord.Handler<Void> {
    private final Position at;

    Reader(Position at) {
      this.at = at;
    }

    @Override
    public Void decided(LogRecord.Decided record) {
      return transaction(record.transaction());
    }

    @Override
    public Void prepare(LogRecord.Prepare record) {
      undecided.put(record.transaction().stamp(), at);
      return transaction(record.transaction());
    }

    private Void transaction(Transaction transaction) {
      lastStamps.merge(
          new Slot(transaction.node(), transaction.slot()), transaction.stamp(), LogSummary::later);
      return stamp(transaction.stamp());
    }

    @Override
    public Void commit(LogRecord.Commit record) {
      undecided.remove(record.stamp());
      return stamp(record.stamp());
    }

    @Override
    public Void abort(LogRecord.Abort record) {
      undecided.remove(record.stamp());
      return stamp(record.stamp());
    }

    @Override
    public Void reign(LogRecord.Reign record) {
      reign = Optional.of(record);
      return stamp(new Stamp(record.epoch().number(), record.boot(), 0));
    }

    @Override
    public Void digest(LogRecord.Digest record) {
      return stamp(record.stamp());
    }

    @Override
    public Void repair(LogRecord.Repair record) {
      return stamp(record.stamp());
    }

    @Override
    public Void mark(LogRecord.Mark record) {
      return null;
    }

    private Void stamp(Stamp stamp) {
      highest = later(highest, stamp);
      return null;
    }
  }

  private static Stamp later(Stamp a, Stamp b) {
    return a.isAfter(b) ? a : b;
  }
}
