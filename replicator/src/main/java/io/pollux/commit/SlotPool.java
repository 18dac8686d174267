package io.pollux.commit;

import io.pollux.core.Stamp;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Lends the slot rows of one reign to connections. A slot is lent again, and its row is
 * overwritten, only after the record of its last transaction is forced to the log: until then the
 * row is the only durable place that holds it.
 */
final class SlotPool {
  private final CommitOrder order;
  private final SlotRows rows;
  private final String writeSlot;
  private final String node;

  /** Guarded by this. */
  private final TreeSet<Integer> free;

  private int created;

  /**
   * @param writeSlot the statement that writes a slot row (SystemTables)
   * @param armed numbers of the rows that are armed already
   */
  SlotPool(CommitOrder order, SlotRows rows, String node, String writeSlot, Set<Integer> armed) {
    this.order = Objects.requireNonNull(order, "order");
    this.rows = Objects.requireNonNull(rows, "rows");
    this.node = Objects.requireNonNull(node, "node");
    this.writeSlot = Objects.requireNonNull(writeSlot, "writeSlot");
    this.free = new TreeSet<>(armed);
    this.created = free.isEmpty() ? 0 : free.last();
  }

  CommitOrder order() {
    return order;
  }

  Lease lend() throws SQLException {
    Optional<Integer> number = take();
    if (number.isPresent()) {
      return new Lease(number.get());
    }
    int fresh = next();
    rows.create(fresh);
    return new Lease(fresh);
  }

  private synchronized Optional<Integer> take() {
    return Optional.ofNullable(free.pollFirst());
  }

  private synchronized int next() {
    return ++created;
  }

  private synchronized void giveBack(int number) {
    free.add(number);
  }

  /** A slot in the hands of one connection. */
  final class Lease implements Slot {
    private final int number;
    private CompletableFuture<Void> forced = CompletableFuture.completedFuture(null);
    private Optional<PreparedStatement> statement = Optional.empty();
    private boolean closed;

    Lease(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }

    SlotPool pool() {
      return SlotPool.this;
    }

    /** Completes when the record of the last commit is forced to the log. */
    CompletableFuture<Void> forced() {
      return forced;
    }

    void nextForced(CompletableFuture<Void> next) {
      forced = next;
    }

    /**
     * Writes the row in the connection's transaction.
     *
     * @return 1, or 0 if the slot is fenced
     */
    int write(java.sql.Connection connection, Stamp stamp, Optional<byte[]> payload)
        throws SQLException {
      if (statement.isEmpty()) {
        statement = Optional.of(connection.prepareStatement(writeSlot));
      }
      PreparedStatement write = statement.orElseThrow();
      write.setLong(1, stamp.counter());
      write.setBytes(2, payload.orElse(null));
      write.setString(3, node);
      write.setInt(4, number);
      write.setLong(5, stamp.epoch());
      write.setLong(6, stamp.boot());
      return write.executeUpdate();
    }

    Stamp lockedStamp() throws SQLException {
      return rows.lockedStamp(number);
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      CompletableFuture<Void> unused =
          forced.whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  giveBack(number);
                }
              });
    }
  }
}
