package io.pollux.node;

import io.pollux.apply.SlotKey;
import io.pollux.commit.CommitOrder;
import io.pollux.commit.SlotRows;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import io.pollux.env.FailPoints;
import io.pollux.node.NodeDatabase.Owner;
import io.pollux.node.NodeDatabase.SlotRow;
import io.pollux.pair.PairAction;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * How a node comes to accept writes: what its database has and its log lacks goes into the log,
 * what its log has and its database lacks goes into the database (FAULTS.md H5, H6), then the epoch
 * is made durable, the slots are armed and the reign is logged.
 */
final class Reigning {
  private final Parts parts;
  private final String node;

  /** Set on the loop; any thread may look. */
  private volatile Optional<CommitOrder> order = Optional.empty();

  /** Rises with every begin and end: what was begun under another number does not go on. */
  private long attempt;

  Reigning(Parts parts) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.node = parts.config.id();
  }

  /** The order of the reign under way; empty when this node does not reign. */
  Optional<CommitOrder> order() {
    return order;
  }

  /** Also ends a reign that is still being prepared: it must not open after the peer's began. */
  void end() {
    attempt++;
    order = Optional.empty();
  }

  private <T> Consumer<T> ifStill(long mine, Consumer<T> next) {
    return result -> {
      if (attempt == mine) {
        next.accept(result);
      }
    };
  }

  private Runnable ifStill(long mine, Runnable next) {
    return () -> {
      if (attempt == mine) {
        next.run();
      }
    };
  }

  private record Found(Map<SlotKey, SlotRow> slots, Position applied) {}

  void begin(PairAction.Reign reign, Runnable done) {
    long mine = ++attempt;
    parts.work.run(
        () -> new Found(parts.database.slots(), parts.database.applied()),
        ifStill(
            mine,
            found -> {
              FailPoints.hit("recovery.beforeDecide");
              try {
                drainSlots(found);
                decide(found.slots());
              } catch (PolluxException e) {
                parts.failed.accept(e);
                return;
              }
              parts.journal.whenForced(
                  parts.journal.end(),
                  ifStill(
                      mine,
                      () -> {
                        FailPoints.hit("recovery.afterDecide");
                        redo(found, () -> arm(reign, mine, done));
                      }));
            }));
  }

  /**
   * Appends each transaction whose stamp is in a slot row but not in the log, in the order of the
   * stamps.
   */
  private void drainSlots(Found found) throws PolluxException {
    List<SlotRow> missing =
        found.slots().values().stream()
            .filter(row -> row.key().node().equals(node) && row.stamp().counter() > 0)
            .filter(row -> row.stamp().isAfter(lastLogged(row.key().slot())))
            .sorted(Comparator.comparing(SlotRow::stamp))
            .toList();
    for (SlotRow row : missing) {
      byte[] body =
          row.payload()
              .orElseThrow(
                  () ->
                      new PolluxException(
                          Reason.LOG_DAMAGED,
                          "the database has transaction "
                              + row.stamp()
                              + " but the log in "
                              + parts.directory.logs()
                              + " does not: it was lost or is older than the database; restore it"
                              + " or set the node up again"));
      parts.journal.append(parts.journal.read(body));
    }
  }

  /**
   * What is prepared without a decision is committed (FAULTS.md H2). The log says so first: a
   * database that has it must not come back, after a crash, with a log that knows of no decision.
   * But what this node's own database lacks although it has later transactions was rolled back, and
   * those may have built upon that; nobody has executed it, and no client was told that it is
   * committed.
   */
  void decide(Map<SlotKey, SlotRow> slots) throws PolluxException {
    Stamp latest =
        slots.values().stream()
            .filter(row -> row.key().node().equals(node))
            .map(SlotRow::stamp)
            .max(Comparator.naturalOrder())
            .orElse(Stamp.NONE);
    for (Map.Entry<Stamp, Position> prepared :
        new TreeMap<>(parts.journal.summary().undecided()).entrySet()) {
      Stamp stamp = prepared.getKey();
      boolean rolledBack = latest.isAfter(stamp) && !isExecuted(prepared.getValue(), slots);
      parts.journal.append(
          rolledBack
              ? new LogRecord.Abort(stamp, "the database went on without it")
              : new LogRecord.Commit(stamp));
    }
  }

  private boolean isExecuted(Position prepare, Map<SlotKey, SlotRow> slots) throws PolluxException {
    LogRecord record = parts.journal.at(prepare);
    if (!(record instanceof LogRecord.Prepare prepared)) {
      throw new IllegalStateException("no PREPARE at " + prepare + " but " + record);
    }
    Transaction transaction = prepared.transaction();
    SlotRow row = slots.get(new SlotKey(transaction.node(), transaction.slot()));
    return !transaction.node().equals(node)
        || row != null && !transaction.stamp().isAfter(row.stamp());
  }

  private Stamp lastLogged(int slot) {
    return parts.journal.summary().lastStamp(node, slot).orElse(Stamp.NONE);
  }

  private void redo(Found found, Runnable done) {
    long mine = attempt;
    Map<SlotKey, Stamp> stamps = new HashMap<>();
    found.slots().forEach((key, row) -> stamps.put(key, row.stamp()));
    if (!parts.applier.isRunning()) {
      parts.applier.start(found.applied(), stamps);
    }
    parts.applier.whenApplied(
        parts.journal.end(),
        ifStill(mine, () -> parts.applier.stop(ifStill(mine, done))),
        ifStill(
            mine,
            trouble ->
                parts.failed.accept(
                    new PolluxException(Reason.LOG_DAMAGED, "recovery can't go on: " + trouble))));
  }

  /** The epoch is written on the loop, as every other one: a lower one never replaces a higher. */
  private void arm(PairAction.Reign reign, long mine, Runnable done) {
    parts.work.run(
        () -> {
          if (reign.fresh()) {
            parts.database.becomeActive();
          }
          return reign;
        },
        ifStill(mine, ready -> remember(ready, mine, done)));
  }

  private void remember(PairAction.Reign reign, long mine, Runnable done) {
    StoredState next = parts.stored.withEpoch(reign.epoch(), true);
    try {
      next.write(parts.files);
    } catch (IOException e) {
      parts.failed.accept(e);
      return;
    }
    parts.stored = next;
    Position end = parts.journal.end();
    parts.work.run(
        () -> {
          parts.database.markApplied(end);
          parts.database.rename(
              new Owner(
                  parts.config.group(), next.incarnation(), node, next.boot(), reign.epoch()));
          parts.database.arm(node, reign.epoch(), next.boot());
          FailPoints.hit("recovery.afterArm");
          return parts.database.slots();
        },
        ifStill(mine, slots -> log(reign, next, mine, () -> open(reign, next, slots, done))));
  }

  /**
   * The reign is durable in the log before its first commit: otherwise a power cut could leave a
   * log that seems to go on with what the peer wrote in the reign before.
   */
  private void log(PairAction.Reign reign, StoredState next, long mine, Runnable then) {
    Position position =
        parts.journal.append(
            parts.journal.encode(
                new LogRecord.Reign(
                    reign.epoch(), next.boot(), node, reign.reason(), parts.loop.clock().now())));
    parts.journal.whenForced(position, ifStill(mine, then));
  }

  private void open(
      PairAction.Reign reign, StoredState next, Map<SlotKey, SlotRow> slots, Runnable done) {
    FailPoints.hit("recovery.beforeOpen");
    TreeSet<Integer> armed = new TreeSet<>();
    slots.keySet().stream()
        .filter(key -> key.node().equals(node))
        .forEach(key -> armed.add(key.slot()));
    CommitOrder newOrder =
        new CommitOrder(reign.epoch(), next.boot(), parts.loop, parts.journal::append);
    order = Optional.of(newOrder);
    parts.gate.open(newOrder, rows(newOrder), armed);
    done.run();
  }

  private SlotRows rows(CommitOrder reignOrder) {
    return new SlotRows() {
      @Override
      public void create(int slot) throws SQLException {
        parts.database.createSlot(new SlotKey(node, slot), reignOrder.epoch(), reignOrder.boot());
      }

      @Override
      public Stamp lockedStamp(int slot) throws SQLException {
        return parts.database.lockedStamp(new SlotKey(node, slot));
      }
    };
  }
}
