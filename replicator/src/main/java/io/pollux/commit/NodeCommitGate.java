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
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * The gate of a node that has the database in its own process (DESIGN.md section 5). In async and
 * received the local commit comes first and the slot row carries the record until the log has it;
 * in durable and applied, and for records that a slot row can't take, the log carries it first as
 * PREPARE and a COMMIT or ABORT follows.
 */
public final class NodeCommitGate implements CommitGate {
  private final Settings settings;
  private final Clock clock;
  private final RecordLog log;
  private final Receipts receipts;
  private final Standing standing;

  private final RecordCodec codec = new RecordCodec();
  private final Queue<Unresolved> unresolved = new ConcurrentLinkedQueue<>();

  /** Positions of PREPARE records that no COMMIT or ABORT follows yet. */
  private final ConcurrentSkipListSet<Position> prepared = new ConcurrentSkipListSet<>();

  /**
   * Read-held by each commit from its first to its last touch of the slot; write-held to end a
   * reign.
   */
  private final ReentrantReadWriteLock underWay = new ReentrantReadWriteLock();

  private volatile Optional<Reign> reign = Optional.empty();

  /**
   * Fixed for the life of a node.
   *
   * @param writeSlot the statement that writes a slot row
   * @param maxPayloadBytes the longest record that a slot row takes; longer ones are forced to the
   *     log before the local commit
   */
  public record Settings(
      String node,
      CommitMode mode,
      Duration receiptTimeout,
      String writeSlot,
      int maxPayloadBytes) {
    public Settings {
      Objects.requireNonNull(node, "node");
      Objects.requireNonNull(mode, "mode");
      Objects.requireNonNull(receiptTimeout, "receiptTimeout");
      Objects.requireNonNull(writeSlot, "writeSlot");
    }
  }

  /** The log as the gate needs it. Any thread. */
  public interface RecordLog {
    /** Appends a record that decides about an earlier one; exceptionally if the log has stopped. */
    CompletableFuture<Position> decide(LogRecord decision);

    /** Completes when {@code position} is forced; exceptionally if the log has stopped. */
    CompletableFuture<Void> forced(Position position);

    /**
     * Whether new transactions may begin: false when the disk is nearly full or the log has
     * stopped.
     */
    boolean acceptsNew();
  }

  private record Reign(SlotPool slots) {}

  /** How this node stands to its group. Any thread. */
  public interface Standing {
    /** For people: what this node is now and which node is active. */
    String whereToWrite();

    /** Whether commits are taken while no backup follows (FAULTS.md H15). */
    boolean goesAlone();
  }

  public NodeCommitGate(
      Settings settings, Clock clock, RecordLog log, Receipts receipts, Standing standing) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.log = Objects.requireNonNull(log, "log");
    this.receipts = Objects.requireNonNull(receipts, "receipts");
    this.standing = Objects.requireNonNull(standing, "standing");
  }

  /**
   * From now on commits are taken under this order's epoch and boot. {@code armed}: the slots armed
   * for it.
   */
  public void open(CommitOrder order, SlotRows rows, Set<Integer> armed) {
    reign =
        Optional.of(
            new Reign(new SlotPool(order, rows, settings.node(), settings.writeSlot(), armed)));
  }

  /** Ends the reign: no commit begins after this, and none is under way when it returns. Blocks. */
  public void shut() {
    underWay.writeLock().lock();
    try {
      reign = Optional.empty();
    } finally {
      underWay.writeLock().unlock();
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
    Reign now = reign.orElseThrow(() -> notActive(""));
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
    underWay.readLock().lock();
    try {
      SlotPool.Lease lease = begin(slot, local);
      LocalStep step = new LocalStep(lease, lease.pool().order().open(), local);
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
      underWay.readLock().unlock();
    }
  }

  private void leaveOpen(LocalStep step, Consumer<Boolean> settle) {
    step.leaveOpen();
    unresolved.add(new Unresolved(step, settle));
  }

  /**
   * An error of this program between stamp and record: what the database then has without a record
   * is not replicated.
   */
  private void settleLost(LocalStep step, boolean committed) {
    if (committed) {
      throw new IllegalStateException(
          "transaction " + step.stamp() + " is committed but its record is lost");
    }
    step.nothing();
  }

  private void commit(LocalStep step, Draft draft, CommitMode mode) throws SQLException {
    Stamp stamp = step.stamp();
    Transaction transaction =
        new Transaction(
            stamp,
            settings.node(),
            step.lease().number(),
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
  private SlotPool.Lease begin(Slot slot, LocalCommit local) throws SQLException {
    boolean begun = false;
    try {
      Reign now = writable();
      if (!(slot instanceof SlotPool.Lease lease) || lease.pool() != now.slots()) {
        throw notActive("the transaction began in an earlier reign and is rolled back; ");
      }
      Waits.forLog(lease.forced());
      requireFollower();
      begun = true;
      return lease;
    } finally {
      if (!begun) {
        local.rollback();
      }
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
      leaveOpen(
          step,
          committed -> {
            CompletableFuture<Position> unused = settleDecided(step, record, committed);
          });
      throw e.reported();
    }
    CompletableFuture<Position> appended = settleDecided(step, record, true);
    boolean waits = receipts.isFollowing() || !standing.goesAlone();
    if (mode == CommitMode.RECEIVED && waits) {
      Position position = Waits.forLog(appended);
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
      step.lease().nextForced(appended.thenCompose(log::forced));
      step.decided(record, appended::complete);
    } else {
      step.nothing();
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
    boolean ready = false;
    boolean confirmed = true;
    Position position;
    try {
      position = Waits.forLog(appended);
      Waits.forLog(log.forced(position));
      if (isPeerFirst(mode)) {
        confirmed = isConfirmed(Receipts.Level.FORCED, position);
      }
      ready = true;
    } finally {
      if (!ready || !confirmed) {
        step.rollback();
      }
    }
    if (!confirmed) {
      Waits.forLog(log.forced(Waits.forLog(settlePrepared(step.stamp(), position, false))));
      throw LocalStep.unknown(
          step.stamp(),
          "it is rolled back here, but the backup may have its record, and keeps it if it takes over",
          null);
    }
    try {
      step.commit(Optional.empty());
    } catch (LocalStep.RolledBack e) {
      throw abort(step.stamp(), position, e);
    } catch (LocalStep.Unknown e) {
      leaveOpen(
          step,
          committed -> {
            CompletableFuture<Position> unused = settlePrepared(step.stamp(), position, committed);
          });
      throw e.reported();
    }
    CompletableFuture<Position> decision = settlePrepared(step.stamp(), position, true);
    if (mode == CommitMode.APPLIED) {
      receipts.confirm(Receipts.Level.APPLIED, Waits.forLog(decision), settings.receiptTimeout());
    } else if (mode == CommitMode.RECEIVED && receipts.isFollowing()) {
      receipts.confirm(Receipts.Level.WRITTEN, Waits.forLog(decision), settings.receiptTimeout());
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
    boolean followed = receipts.isFollowing();
    Position decision = Waits.forLog(settlePrepared(stamp, position, false));
    Waits.forLog(log.forced(decision));
    if (followed && !receipts.confirm(Receipts.Level.FORCED, decision, settings.receiptTimeout())) {
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
        open.settle().accept(committed.get());
      }
    }
  }

  /** How many commits have an outcome that only the database knows. */
  public int unknownOutcomes() {
    return unresolved.size();
  }

  private record Unresolved(LocalStep step, Consumer<Boolean> settle) {}
}
