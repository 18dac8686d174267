package io.pollux.commit;

import io.pollux.core.Stamp;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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
  /** Of one connection: so many commits may pass while the disk of the log forces once. */
  static final int MOST_ROWS = 32;

  private final CommitOrder order;
  private final SlotRows rows;
  private final SlotTexts texts;
  private final String node;

  /** Guarded by this. */
  private final TreeSet<Integer> free;

  private int created;

  /**
   * @param armed numbers of the rows that are armed already
   */
  SlotPool(CommitOrder order, SlotRows rows, String node, SlotTexts texts, Set<Integer> armed) {
    this.order = Objects.requireNonNull(order, "order");
    this.rows = Objects.requireNonNull(rows, "rows");
    this.node = Objects.requireNonNull(node, "node");
    this.texts = Objects.requireNonNull(texts, "texts");
    this.free = new TreeSet<>(armed);
    this.created = free.isEmpty() ? 0 : free.last();
  }

  CommitOrder order() {
    return order;
  }

  Lease lend() throws SQLException {
    Lease lease = new Lease();
    Row unused = lease.next(); // Fails here if it does, and not in a commit.
    return lease;
  }

  private int lendNumber() throws SQLException {
    Optional<Integer> number = take();
    if (number.isPresent()) {
      return number.get();
    }
    int fresh = next();
    rows.create(fresh);
    return fresh;
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

  /**
   * The slots in the hands of one connection. It takes another one while the record of its last
   * commit is on its way to the disk, so that a commit does not wait for the one before.
   */
  final class Lease implements Slot {
    private final List<Row> mine = new ArrayList<>();
    private Optional<PreparedStatement> statement = Optional.empty();
    private Optional<PreparedStatement> committing = Optional.empty();
    private int oldest;
    private boolean closed;

    SlotPool pool() {
      return SlotPool.this;
    }

    /** The slot for the next commit; it is free once {@link Row#forced} is complete. */
    Row next() throws SQLException {
      for (Row row : mine) {
        if (row.forced().isDone()) {
          return row;
        }
      }
      if (mine.size() < MOST_ROWS) {
        Row fresh = new Row(this, lendNumber());
        mine.add(fresh);
        return fresh;
      }
      oldest = (oldest + 1) % mine.size();
      return mine.get(oldest);
    }

    private PreparedStatement statement(Connection connection) throws SQLException {
      if (statement.isEmpty()) {
        statement = Optional.of(connection.prepareStatement(texts.write()));
      }
      return statement.orElseThrow();
    }

    private PreparedStatement committing(Connection connection, String text) throws SQLException {
      if (committing.isEmpty()) {
        committing = Optional.of(connection.prepareStatement(text));
      }
      return committing.orElseThrow();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        mine.forEach(Row::release);
      }
    }
  }

  /** One slot. Written by its connection's thread; its outcome may be asked for by any. */
  final class Row {
    private final Lease lease;
    private final int number;
    private CompletableFuture<Void> forced = CompletableFuture.completedFuture(null);

    private Row(Lease lease, int number) {
      this.lease = lease;
      this.number = number;
    }

    int number() {
      return number;
    }

    CommitOrder order() {
      return order;
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
    int write(Connection connection, Stamp stamp, Optional<byte[]> payload) throws SQLException {
      PreparedStatement write = lease.statement(connection);
      bind(write, stamp, payload);
      return write.executeUpdate();
    }

    /**
     * As {@link #write}, and commits in the same round trip.
     *
     * @return false if the engine has no such thing, and nothing was done
     * @throws SQLException {@link #isFenced} tells whether the slot is
     */
    boolean writeAndCommit(Connection connection, Stamp stamp, Optional<byte[]> payload)
        throws SQLException {
      if (texts.writeAndCommit().isEmpty()) {
        return false;
      }
      PreparedStatement write = lease.committing(connection, texts.writeAndCommit().get());
      bind(write, stamp, payload);
      boolean unused = write.execute();
      return true;
    }

    boolean isFenced(SQLException failure) {
      return texts.fenced().test(failure);
    }

    private void bind(PreparedStatement write, Stamp stamp, Optional<byte[]> payload)
        throws SQLException {
      write.setLong(1, stamp.counter());
      write.setBytes(2, payload.orElse(null));
      write.setString(3, node);
      write.setInt(4, number);
      write.setLong(5, stamp.epoch());
      write.setLong(6, stamp.boot());
    }

    Stamp lockedStamp() throws SQLException {
      return rows.lockedStamp(number);
    }

    private void release() {
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
