package io.pollux.apply;

import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import io.pollux.env.EventLoop;
import io.pollux.log.StatementLog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Executes decided records once, in the order of the log. Reads only what is forced here, so that
 * the database is never ahead of its own log. A record is executed if it is after the applied
 * marker and its stamp is above the one that its slot row in this database shows; the second half
 * makes one rule of redo after a crash, catching up behind a copy, and following for the first time
 * after having been active (FAULTS.md H5).
 *
 * <p>All methods are called on the event loop; the database works on {@code worker}, one group at a
 * time.
 */
public final class Applier {
  private static final int RECORDS_PER_GROUP = 500;
  private static final long BYTES_PER_GROUP = 4 << 20;
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

  private final RecordCodec codec = new RecordCodec();
  private final EventLoop loop;
  private final Executor worker;
  private final Supplier<StatementLog> log;
  private final Target target;
  private final Listener listener;

  private final Map<SlotKey, Stamp> slots = new HashMap<>();

  /** Outcomes of PREPARE records that are not applied yet, by the position of the PREPARE. */
  private final NavigableMap<Position, Boolean> decisions = new TreeMap<>();

  private final NavigableMap<Position, Stamp> undecided = new TreeMap<>();

  /** Decisions that are not forced here yet. */
  private final ArrayDeque<Heard> heard = new ArrayDeque<>();

  private Position applied;
  private boolean running;
  private boolean busy;
  private int groupLimit = RECORDS_PER_GROUP;
  private Duration retry = FIRST_RETRY;
  private Optional<String> trouble = Optional.empty();
  private Optional<Runnable> whenIdle = Optional.empty();
  private Optional<Waiter> waiter = Optional.empty();

  /** Who hears of progress, on the loop. */
  public interface Listener {
    void applied(Position position);

    void compared(Position position, LogRecord.Digest digest, Target.Verdict verdict);

    void repaired(Position position, LogRecord.Repair repair, Target.Verdict verdict);

    /** Apply stands still for good: {@code reason} says at which record and why. */
    void poisoned(Position position, String reason);
  }

  /** Whoever waits for a position; the latest one counts. */
  private record Waiter(Position position, Runnable done, Consumer<String> failed) {}

  private record Heard(Position position, LogRecord record) {}

  private record Group(List<LogEntry> entries, Position upTo) {}

  public Applier(
      EventLoop loop,
      Executor worker,
      Supplier<StatementLog> log,
      Target target,
      Listener listener) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.worker = Objects.requireNonNull(worker, "worker");
    this.log = Objects.requireNonNull(log, "log");
    this.target = Objects.requireNonNull(target, "target");
    this.listener = Objects.requireNonNull(listener, "listener");
    this.applied = Position.NONE;
  }

  /**
   * Begins behind the marker {@code from}; {@code databaseSlots} are the slot rows of this
   * database.
   */
  public void start(Position from, Map<SlotKey, Stamp> databaseSlots) {
    applied = from;
    slots.clear();
    slots.putAll(databaseSlots);
    trouble = Optional.empty();
    retry = FIRST_RETRY;
    decisions.headMap(from, true).clear();
    running = true;
    advance();
  }

  /** Starts no further group; {@code stopped} runs when none is under way. */
  public void stop(Runnable stopped) {
    running = false;
    if (busy) {
      whenIdle = Optional.of(stopped);
    } else {
      stopped.run();
    }
  }

  public Position applied() {
    return applied;
  }

  public boolean isRunning() {
    return running;
  }

  /**
   * Runs {@code done} once the database is at {@code position}, or {@code failed} with the trouble
   * if apply stands still.
   */
  public void whenApplied(Position position, Runnable done, Consumer<String> failed) {
    waiter = Optional.of(new Waiter(position, done, failed));
    tellWaiter();
  }

  private void tellWaiter() {
    if (waiter.isEmpty()) {
      return;
    }
    Waiter waiting = waiter.orElseThrow();
    if (trouble.isPresent()) {
      waiter = Optional.empty();
      waiting.failed().accept(trouble.orElseThrow());
    } else if (!applied.isBefore(waiting.position())) {
      waiter = Optional.empty();
      waiting.done().run();
    }
  }

  /** Why apply stands still; empty if it does not. */
  public Optional<String> trouble() {
    return trouble;
  }

  /**
   * Notes what a record says about outcomes. To be called for every record of the log, in order. It
   * counts once the record is forced here: this database must not show what a crash could make
   * undecided again.
   */
  public void learn(Position position, LogRecord record) {
    if (record instanceof LogRecord.Prepare prepare) {
      undecided.put(position, prepare.transaction().stamp());
    } else if (record instanceof LogRecord.Commit
        || record instanceof LogRecord.Abort
        || record instanceof LogRecord.Reign) {
      heard.add(new Heard(position, record));
    }
  }

  private void settle(Position forced) {
    while (!heard.isEmpty() && !heard.element().position().isAfter(forced)) {
      Heard next = heard.remove();
      if (next.record() instanceof LogRecord.Commit commit) {
        decide(commit.stamp(), true);
      } else if (next.record() instanceof LogRecord.Abort abort) {
        decide(abort.stamp(), false);
      } else {
        decideBefore(next.position());
      }
    }
  }

  /** A reign begins with the decision that what it found undecided is committed. */
  private void decideBefore(Position reign) {
    NavigableMap<Position, Stamp> found = undecided.headMap(reign, false);
    found.keySet().forEach(prepared -> decisions.put(prepared, true));
    found.clear();
  }

  /** Nothing was learned: the log is going to be read anew. */
  public void forget() {
    heard.clear();
    decisions.clear();
    undecided.clear();
  }

  private void decide(Stamp stamp, boolean committed) {
    for (Map.Entry<Position, Stamp> entry : undecided.entrySet()) {
      if (entry.getValue().equals(stamp)) {
        decisions.put(entry.getKey(), committed);
        undecided.remove(entry.getKey());
        return;
      }
    }
  }

  /** Looks for forced records that are not applied yet. */
  public void advance() {
    if (!running || busy || trouble.isPresent()) {
      return;
    }
    try {
      Optional<Group> group = nextGroup();
      if (group.isPresent()) {
        busy = true;
        Map<Position, Boolean> known = Map.copyOf(decisions);
        Map<SlotKey, Stamp> marks = Map.copyOf(slots);
        worker.execute(() -> work(group.get(), known, marks));
      }
    } catch (PolluxException e) {
      poison(applied.next(), e.getMessage());
    }
  }

  private Optional<Group> nextGroup() throws PolluxException {
    Position limit = log.get().forced();
    settle(limit);
    if (!undecided.isEmpty()) {
      Position wait = undecided.firstKey();
      limit = wait.isAfter(limit) ? limit : new Position(wait.index() - 1);
    }
    if (!applied.isBefore(limit)) {
      return Optional.empty();
    }
    if (applied.next().isBefore(log.get().first())) {
      throw new PolluxException(
          PolluxException.Reason.LOG_DAMAGED,
          "the database has nothing after record "
              + applied
              + " and the log begins at "
              + log.get().first()
              + ": the database is an older one; set the node up again from its peer");
    }
    long most = Math.min(groupLimit, limit.index() - applied.index());
    List<LogEntry> entries = log.get().read(applied.next(), (int) most, BYTES_PER_GROUP);
    return Optional.of(new Group(entries, entries.get(entries.size() - 1).position()));
  }

  /**
   * On the worker: up to the first digest or repair the records are one database transaction; a
   * digest is compared alone, and a repair is a transaction of its own.
   */
  private void work(Group group, Map<Position, Boolean> known, Map<SlotKey, Stamp> marks) {
    try {
      List<Target.Item> items = new ArrayList<>();
      for (LogEntry entry : group.entries()) {
        LogRecord record = codec.decode(entry.body().value());
        if (record instanceof LogRecord.Digest digest && isBeyond(digest.stamp(), marks)) {
          applyBefore(entry.position(), items);
          compare(entry.position(), digest);
          return;
        } else if (record instanceof LogRecord.Repair repair && isBeyond(repair.stamp(), marks)) {
          applyBefore(entry.position(), items);
          repair(entry.position(), repair);
          return;
        }
        transaction(entry.position(), record, known)
            .filter(t -> isMissing(t, marks))
            .ifPresent(t -> items.add(new Target.Item(entry.position(), t)));
      }
      target.apply(items, group.upTo());
      loop.execute(() -> done(group.upTo()));
    } catch (CodecException e) {
      loop.execute(() -> failed(group, ApplyException.Kind.POISON, e.getMessage()));
    } catch (ApplyException e) {
      loop.execute(() -> failed(group, e.kind(), e.getMessage()));
    }
  }

  /** What stands before a record that is alone goes into the database first. */
  private void applyBefore(Position at, List<Target.Item> before) throws ApplyException {
    if (!before.isEmpty()) {
      target.apply(before, new Position(at.index() - 1));
    }
  }

  private void compare(Position at, LogRecord.Digest digest) throws ApplyException {
    Target.Verdict verdict = target.compare(digest);
    target.apply(List.of(), at);
    loop.execute(
        () -> {
          listener.compared(at, digest, verdict);
          done(at);
        });
  }

  private void repair(Position at, LogRecord.Repair repair) throws ApplyException {
    Target.Verdict verdict = target.repair(repair, at);
    loop.execute(
        () -> {
          listener.repaired(at, repair, verdict);
          done(at);
        });
  }

  private static Optional<Transaction> transaction(
      Position at, LogRecord record, Map<Position, Boolean> known) {
    if (record instanceof LogRecord.Decided decided) {
      return Optional.of(decided.transaction());
    } else if (record instanceof LogRecord.Prepare prepare) {
      boolean committed = known.getOrDefault(at, false);
      return committed ? Optional.of(prepare.transaction()) : Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * Whether the database holds nothing later than this stamp but what was applied. One that began
   * as a copy, or was the active node's, has later transactions than the records say that it is
   * still given: what is compared there would differ, and what is repaired would go back.
   */
  private static boolean isBeyond(Stamp stamp, Map<SlotKey, Stamp> marks) {
    return marks.values().stream().allMatch(stamp::isAfter);
  }

  /**
   * Whether the database has a record beyond its applied position. Its slot row tells so only of
   * the reign that armed it: arming moves the applied position to the end of the log, so what an
   * earlier reign wrote and this log got later was never executed here.
   */
  private static boolean isMissing(Transaction transaction, Map<SlotKey, Stamp> marks) {
    Stamp mark =
        marks.getOrDefault(new SlotKey(transaction.node(), transaction.slot()), Stamp.NONE);
    return !transaction.stamp().isOfSameReign(mark) || transaction.stamp().isAfter(mark);
  }

  private void done(Position upTo) {
    busy = false;
    applied = upTo;
    decisions.headMap(upTo, true).clear();
    retry = FIRST_RETRY;
    groupLimit = RECORDS_PER_GROUP;
    listener.applied(upTo);
    tellWaiter();
    idleOrAdvance();
  }

  private void failed(Group group, ApplyException.Kind kind, String message) {
    busy = false;
    if (group.entries().size() > 1) {
      groupLimit = 1; // Finds the record that is to blame, and keeps what stands before it.
      idleOrAdvance();
    } else if (kind == ApplyException.Kind.TRANSIENT) {
      Duration wait = retry;
      retry = min(retry.multipliedBy(2), LONGEST_RETRY);
      busy = true;
      loop.schedule(
          wait,
          () -> {
            busy = false;
            idleOrAdvance();
          });
    } else {
      poison(group.upTo(), message);
      idleOrAdvance();
    }
  }

  private void poison(Position position, String message) {
    trouble = Optional.of("record " + position + " can't be applied: " + message);
    listener.poisoned(position, trouble.get());
    tellWaiter();
  }

  private void idleOrAdvance() {
    if (!running && whenIdle.isPresent()) {
      Runnable stopped = whenIdle.get();
      whenIdle = Optional.empty();
      stopped.run();
    } else {
      advance();
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
