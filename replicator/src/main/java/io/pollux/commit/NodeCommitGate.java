package io.pollux.commit;

import io.pollux.codec.CodecException;
import io.pollux.codec.Encoded;
import io.pollux.codec.RecordCodec;
import io.pollux.core.CommitMode;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import io.pollux.env.Clock;
import io.pollux.env.Patience;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The gate of a node that has the database in its own process (DESIGN.md section 5). In async and
 * received the local commit comes first and the slot row carries the record until the log has it;
 * in durable and applied, and for records that a slot row can't take, the log carries it first as
 * PREPARE and a COMMIT or ABORT follows.
 */
public final class NodeCommitGate implements CommitGate {
  private final Settings settings;
  private final Clock clock;
  private final Patience patience;
  private final Waits waits;
  private final RecordLog log;
  private final Receipts receipts;
  private final Standing standing;

  private final RecordCodec codec = new RecordCodec();
  private final Queue<Unresolved> unresolved = new ConcurrentLinkedQueue<>();

  /** Positions of PREPARE records that no COMMIT or ABORT follows yet. */
  private final ConcurrentSkipListSet<Position> prepared = new ConcurrentSkipListSet<>();

  private final AtomicReference<Optional<Reign>> reign = new AtomicReference<>(Optional.empty());

  /**
   * Fixed for the life of a node.
   *
   * @param maxPayloadBytes the longest record that a slot row takes; longer ones are forced to the
   *     log before the local commit
   */
  public record Settings(
      String node, CommitMode mode, Duration receiptTimeout, SlotTexts slots, int maxPayloadBytes) {
    public Settings {
      Objects.requireNonNull(node, "node");
      Objects.requireNonNull(mode, "mode");
      Objects.requireNonNull(receiptTimeout, "receiptTimeout");
      Objects.requireNonNull(slots, "slots");
    }
  }

  /** How this node stands to its group. Any thread. */
  public interface Standing {
    /** For people: what this node is now and which node is active. */
    String whereToWrite();

    /** Whether commits are taken while no backup follows (FAULTS.md H15). */
    boolean goesAlone();
  }

  public NodeCommitGate(
      Settings settings,
      Clock clock,
      Patience patience,
      RecordLog log,
      Receipts receipts,
      Standing standing) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.patience = Objects.requireNonNull(patience, "patience");
    this.log = Objects.requireNonNull(log, "log");
    this.waits = new Waits(patience, log.stopped());
    this.receipts = Objects.requireNonNull(receipts, "receipts");
    this.standing = Objects.requireNonNull(standing, "standing");
  }

  /**
   * From now on commits are taken under this order's epoch and boot. {@code armed}: the slots armed
   * for it.
   */
  public void open(CommitOrder order, SlotRows rows, Set<Integer> armed) {
    reign.set(
        Optional.of(
            new Reign(new SlotPool(order, rows, settings.node(), settings.slots(), armed))));
  }

  /**
   * Holds commits back until {@link #resume} or {@link #shut}. Any thread.
   *
   * @return completes when none is under way; at once if this node does not reign
   */
  public CompletableFuture<Void> hold() {
    return reign
        .get()
        .map(now -> now.hold(Reign.Hold.HANDOVER))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Lets the commits pass that are held back. Any thread. */
  public void resume() {
    reign.get().ifPresent(now -> now.resume(Reign.Hold.HANDOVER));
  }

  /**
   * Ends the reign: no commit begins after this, and none is under way when it returns. Blocks.
   * What the database then has and the log lacks, also of outcomes that are unknown now, is told by
   * the slot rows; whoever reads them waits for sessions that may still commit.
   */
  public void shut() {
    Optional<Reign> ended = reign.getAndSet(Optional.empty());
    if (ended.isPresent()) {
      patience.await(ended.orElseThrow().end());
      ended.orElseThrow().slots().order().close();
      unresolved.clear();
      prepared.clear();
    }
  }

  /** The first PREPARE whose outcome is open: a copy must begin before it. */
  public Optional<Position> firstUndecided() {
    return prepared.isEmpty() ? Optional.empty() : Optional.of(prepared.first());
  }

  @Override
  public Slot openSlot() throws SQLException {
    return writable().slots().lend();
  }

  private Reign writable() throws SQLException {
    Reign now = reign.get().orElseThrow(() -> notActive(""));
    if (!log.acceptsNew()) {
      throw new SQLException(
          "this node takes no new transactions: the disk of its statement log is full or has failed;"
              + " free some space or see 'pollux status'",
          "53100");
    }
    return now;
  }

  private SQLException notActive(String what) {
    return new SQLException(what + standing.whereToWrite(), "25006");
  }

  @Override
  public void commit(Slot slot, Draft draft, LocalCommit local) throws SQLException {
    commit(slot, draft, local, settings.mode());
  }

  /** This gate for connections that ask for another mode than the node's. */
  public CommitGate in(CommitMode mode) {
    return new CommitGate() {
      @Override
      public Slot openSlot() throws SQLException {
        return NodeCommitGate.this.openSlot();
      }

      @Override
      public void commit(Slot slot, Draft draft, LocalCommit local) throws SQLException {
        NodeCommitGate.this.commit(slot, draft, local, mode);
      }
    };
  }

  private void commit(Slot slot, Draft draft, LocalCommit local, CommitMode mode)
      throws SQLException {
    Begun begun = begin(slot, local);
    try {
      LocalStep step = new LocalStep(begun.row(), begun.row().order().open(), local);
      boolean settled = false;
      try {
        commit(step, draft, mode);
        settled = true;
      } catch (RejectedExecutionException e) {
        throw LocalStep.unknown(step.stamp(), "the node has stopped in the commit", e);
      } finally {
        if (!settled && !step.isSettled()) {
          leaveOpen(step, committed -> settleLost(step, committed));
        }
      }
    } finally {
      begun.reign().leave();
    }
  }

  private record Begun(Reign reign, SlotPool.Row row) {}

  /**
   * The slot stays lent until the outcome is known: a later stamp in its row would hide what became
   * of this one.
   */
  private void leaveOpen(LocalStep step, Function<Boolean, CompletableFuture<Void>> settle) {
    step.leaveOpen();
    CompletableFuture<Void> known = new CompletableFuture<>();
    step.row().nextForced(known);
    unresolved.add(new Unresolved(step, settle, known));
  }

  /**
   * An error of this program between stamp and record: what the database then has without a record
   * is not replicated.
   */
  private static CompletableFuture<Void> settleLost(LocalStep step, boolean committed) {
    if (committed) {
      throw new IllegalStateException(
          "transaction " + step.stamp() + " is committed but its record is lost");
    }
    step.nothing();
    return CompletableFuture.completedFuture(null);
  }

  private void commit(LocalStep step, Draft draft, CommitMode mode) throws SQLException {
    Stamp stamp = step.stamp();
    Transaction transaction =
        new Transaction(
            stamp,
            settings.node(),
            step.row().number(),
            draft.client(),
            clock.now(),
            draft.changes());
    Encoded decided = encode(step, new LogRecord.Decided(transaction));
    boolean tooLong = decided.body().length > settings.maxPayloadBytes();
    if (isPeerFirst(mode) || tooLong || step.isDefinition()) {
      commitPrepared(step, encode(step, new LogRecord.Prepare(transaction)), mode);
    } else {
      commitDecided(step, decided, mode);
    }
  }

  private Encoded encode(LocalStep step, LogRecord record) throws SQLException {
    try {
      return new Encoded(record, codec.encode(record));
    } catch (CodecException e) {
      step.nothing();
      step.rollback();
      throw new SQLException(
          "the transaction is rolled back, because its record can't be logged: "
              + e.getMessage()
              + "; commit in smaller steps",
          "54000",
          e);
    }
  }

  private static boolean isPeerFirst(CommitMode mode) {
    return mode == CommitMode.DURABLE || mode == CommitMode.APPLIED;
  }

  /** Nothing of the transaction is anywhere yet: whatever fails here rolls it back. */
  private Begun begin(Slot slot, LocalCommit local) throws SQLException {
    boolean begun = false;
    try {
      Reign now = writable();
      if (!(slot instanceof SlotPool.Lease lease) || lease.pool() != now.slots()) {
        throw notActive("the transaction began in an earlier reign and is rolled back; ");
      }
      // What waits in the order when the reign ends is never logged by it.
      SlotPool.Row row = lease.next();
      if (!row.forced().isDone()) {
        log.hurry();
      }
      waits.forLog(CompletableFuture.anyOf(row.forced(), now.ending()));
      requireFollower();
      while (!now.enter()) {
        waits.forLog(CompletableFuture.anyOf(now.passing(), now.ending()));
        if (now.ending().isDone()) {
          throw notActive("the reign ended before the commit, which is rolled back; ");
        }
      }
      begun = true;
      return new Begun(now, row);
    } finally {
      if (!begun) {
        local.rollback();
      }
    }
  }

  /** Work for which no commit may be under way. */
  @FunctionalInterface
  public interface Still {
    void run() throws SQLException;
  }

  /**
   * Runs {@code work} while no commit is under way and none begins: what it reads is what the log
   * says up to a stamp that it opens. Blocks; by one thread at a time.
   *
   * @param longest how long it waits for commits under way, while others wait for it
   * @return false, and nothing was done, if they took longer, or this node does not reign
   */
  public boolean holdStill(Duration longest, Still work) throws SQLException {
    Optional<Reign> now = reign.get();
    if (now.isEmpty()) {
      return false;
    }
    Reign held = now.orElseThrow();
    try {
      boolean still =
          patience.await(held.hold(Reign.Hold.READING), longest) && unresolved.isEmpty();
      if (still) {
        work.run();
      }
      return still;
    } finally {
      held.resume(Reign.Hold.READING);
    }
  }

  private void requireFollower() throws SQLException {
    if (!standing.goesAlone() && !receipts.awaitFollower(settings.receiptTimeout())) {
      throw new SQLException(
          "the transaction is rolled back: no backup follows this node within "
              + settings.receiptTimeout().toMillis()
              + " ms, and with 'availability: consistent' nothing is committed without it; bring the"
              + " backup back, or set another availability in pollux.yaml",
          "HYT00");
    }
  }

  /** The slot row carries the record; the log gets it after the local commit (async, received). */
  private void commitDecided(LocalStep step, Encoded record, CommitMode mode) throws SQLException {
    try {
      step.commit(Optional.of(record.body()));
    } catch (LocalStep.RolledBack e) {
      step.nothing();
      throw e.reported();
    } catch (LocalStep.Unknown e) {
      leaveOpen(step, committed -> settleDecided(step, record, committed).thenCompose(log::forced));
      throw e.reported();
    }
    CompletableFuture<Position> appended = settleDecided(step, record, true);
    boolean isPeerDue = receipts.isFollowing() || !standing.goesAlone();
    if (mode == CommitMode.RECEIVED && isPeerDue) {
      Position position = waits.forLog(appended);
      if (!isConfirmed(Receipts.Level.WRITTEN, position)) {
        throw LocalStep.unknown(
            step.stamp(),
            "it is committed here, but the backup has not confirmed that it has it, and takes over"
                + " without it if this node is lost",
            null);
      }
    }
  }

  /** Whether the follower has it, or is not needed. */
  private boolean isConfirmed(Receipts.Level level, Position position) {
    return receipts.confirm(level, position, settings.receiptTimeout()) || standing.goesAlone();
  }

  private CompletableFuture<Position> settleDecided(
      LocalStep step, Encoded record, boolean committed) {
    CompletableFuture<Position> appended = new CompletableFuture<>();
    if (committed) {
      step.row().nextForced(appended.thenCompose(log::forcedInTime));
      step.decided(record, appended::complete);
    } else {
      step.nothing();
      appended.complete(Position.NONE);
    }
    return appended;
  }

  /**
   * The log, and in the modes that ask for it the follower's log, carry the record before the local
   * commit.
   */
  private void commitPrepared(LocalStep step, Encoded record, CommitMode mode) throws SQLException {
    CompletableFuture<Position> appended = new CompletableFuture<>();
    step.decided(
        record,
        position -> {
          prepared.add(position);
          appended.complete(position);
        });
    boolean confirmed = true;
    Position position;
    try {
      position = waits.forLog(appended);
      waits.forLog(log.forced(position));
    } catch (SQLException e) {
      step.rollbackAfter(e); // What it says must not take the place of the unknown outcome.
      throw e;
    }
    if (isPeerFirst(mode)) {
      confirmed = isConfirmed(Receipts.Level.FORCED, position);
    }
    if (!confirmed) {
      SQLException unknown =
          LocalStep.unknown(
              step.stamp(),
              "it is rolled back here, but the backup may have its record, and keeps it if it takes"
                  + " over",
              null);
      step.rollbackAfter(unknown);
      waits.forLog(log.forced(waits.forLog(settlePrepared(step.stamp(), position, false))));
      throw unknown;
    }
    try {
      step.commit(Optional.empty());
    } catch (LocalStep.RolledBack e) {
      throw abort(step.stamp(), position, e);
    } catch (LocalStep.Unknown e) {
      leaveOpen(
          step,
          committed -> settlePrepared(step.stamp(), position, committed).thenCompose(log::forced));
      throw e.reported();
    }
    CompletableFuture<Position> decision = settlePrepared(step.stamp(), position, true);
    if (mode == CommitMode.APPLIED) {
      receipts.confirm(Receipts.Level.APPLIED, waits.forLog(decision), settings.receiptTimeout());
    } else if (mode == CommitMode.RECEIVED && receipts.isFollowing()) {
      receipts.confirm(Receipts.Level.WRITTEN, waits.forLog(decision), settings.receiptTimeout());
    }
  }

  private CompletableFuture<Position> settlePrepared(
      Stamp stamp, Position position, boolean committed) {
    return log.decide(
            committed
                ? new LogRecord.Commit(stamp)
                : new LogRecord.Abort(stamp, "rolled back by the database"))
        .whenComplete((decision, failure) -> prepared.remove(position));
  }

  /**
   * An error may be told as "rolled back" only when ABORT is wherever PREPARE went (FAULTS.md H3).
   */
  private SQLException abort(Stamp stamp, Position position, LocalStep.RolledBack rolledBack)
      throws SQLException {
    Position decision = waits.forLog(settlePrepared(stamp, position, false));
    waits.forLog(log.forced(decision));
    boolean confirmed =
        receipts.confirm(Receipts.Level.FORCED, decision, settings.receiptTimeout());
    if (!confirmed && receipts.mayBeAway(position)) {
      return LocalStep.unknown(
          stamp,
          "it is rolled back here, but the peer has its record and has not confirmed the rollback",
          rolledBack);
    }
    return rolledBack.reported();
  }

  /**
   * Asks the database once more for the outcomes that were unknown. Blocks; the node calls it from
   * time to time. Until it is known, no later record can enter the log.
   */
  public void resolve() {
    for (Unresolved open : List.copyOf(unresolved)) {
      Optional<Boolean> committed = open.step().ask();
      if (committed.isPresent() && unresolved.remove(open)) {
        open.settle(committed.get());
      }
    }
  }

  /** How many commits have an outcome that only the database knows. */
  public int unknownOutcomes() {
    return unresolved.size();
  }

  private record Unresolved(
      LocalStep step,
      Function<Boolean, CompletableFuture<Void>> settle,
      CompletableFuture<Void> known) {
    void settle(boolean committed) {
      CompletableFuture<Void> unused =
          settle
              .apply(committed)
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      known.complete(null);
                    } else {
                      known.completeExceptionally(failure);
                    }
                  });
    }
  }
}
