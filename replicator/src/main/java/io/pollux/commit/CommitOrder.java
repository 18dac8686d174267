package io.pollux.commit;

import io.pollux.codec.Encoded;
import io.pollux.core.Epoch;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.env.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Hands out stamps and lets records into the log in the order of their stamps, without a gap: a
 * record waits until the fate of every earlier stamp is known. A higher stamp in the log therefore
 * proves that no lower one will follow, which is what recovery by "slot stamp not in the log" rests
 * on (FAULTS.md H6). One for each boot; any thread; the monitor is held for a few instructions only
 * and no other lock is taken under it.
 */
public final class CommitOrder {
  private final Epoch epoch;
  private final long boot;
  private final EventLoop loop;
  private final Function<Encoded, Position> append;

  /** Guarded by this. The value is empty while the transaction is undecided. */
  private final TreeMap<Long, Optional<Fate>> open = new TreeMap<>();

  private long counter;
  private boolean drainScheduled;
  private boolean closed;

  /** What became of a stamp: a record for the log, or nothing. */
  private record Fate(Optional<Encoded> record, Consumer<Position> appended) {}

  private record Ready(Encoded record, Consumer<Position> appended) {}

  /**
   * @param append appends a record to the log; called on the loop
   */
  public CommitOrder(Epoch epoch, long boot, EventLoop loop, Function<Encoded, Position> append) {
    this.epoch = Objects.requireNonNull(epoch, "epoch");
    this.boot = boot;
    this.loop = Objects.requireNonNull(loop, "loop");
    this.append = Objects.requireNonNull(append, "append");
  }

  public Epoch epoch() {
    return epoch;
  }

  public long boot() {
    return boot;
  }

  /**
   * A new stamp. The caller must report its fate by {@link #decided} or {@link #nothing}, whatever
   * happens.
   */
  public synchronized Stamp open() {
    counter++;
    open.put(counter, Optional.empty());
    return new Stamp(epoch.number(), boot, counter);
  }

  /**
   * The transaction's record is {@code record}; {@code appended} hears its position, on the loop.
   */
  public void decided(Stamp stamp, Encoded record, Consumer<Position> appended) {
    resolve(stamp, new Fate(Optional.of(record), appended));
  }

  /** Runs {@code task}, on the loop, once the record of each fate told before is in the log. */
  public void whenAppended(Runnable task) {
    boolean now = true;
    synchronized (this) {
      for (Map.Entry<Long, Optional<Fate>> entry : open.descendingMap().entrySet()) {
        if (entry.getValue().filter(fate -> fate.record().isPresent()).isPresent()) {
          Fate last = entry.getValue().orElseThrow();
          Consumer<Position> then = last.appended().andThen(position -> task.run());
          open.put(entry.getKey(), Optional.of(new Fate(last.record(), then)));
          now = false;
          break;
        }
      }
    }
    if (now) {
      task.run();
    }
  }

  /** Nothing of the stamp is in the database, and nothing will be. */
  public void nothing(Stamp stamp) {
    resolve(stamp, new Fate(Optional.empty(), position -> {}));
  }

  /** How many stamps have no fate or wait for an earlier one. */
  public synchronized int waiting() {
    return open.size();
  }

  /** The reign is over, and no commit is under way: fates that are told now are void. */
  public synchronized void close() {
    closed = true;
  }

  private void resolve(Stamp stamp, Fate fate) {
    boolean schedule;
    synchronized (this) {
      if (closed) {
        return;
      }
      Optional<Fate> before = open.put(stamp.counter(), Optional.of(fate));
      if (before == null || before.isPresent()) {
        throw new IllegalStateException("stamp " + stamp + " has a fate already or is unknown");
      }
      schedule = !drainScheduled && open.firstEntry().getValue().isPresent();
      drainScheduled |= schedule;
    }
    if (schedule) {
      loop.execute(this::drain);
    }
  }

  private void drain() {
    for (Ready ready : takeReady()) {
      ready.appended().accept(append.apply(ready.record()));
    }
  }

  private synchronized List<Ready> takeReady() {
    drainScheduled = false;
    List<Ready> ready = new ArrayList<>();
    while (!open.isEmpty() && open.firstEntry().getValue().isPresent()) {
      Map.Entry<Long, Optional<Fate>> first = open.pollFirstEntry();
      Fate fate = first.getValue().orElseThrow();
      fate.record().ifPresent(record -> ready.add(new Ready(record, fate.appended())));
    }
    return ready;
  }
}
