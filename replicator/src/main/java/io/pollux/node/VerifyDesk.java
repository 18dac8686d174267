package io.pollux.node;

import io.pollux.apply.TableDigest;
import io.pollux.codec.wire.DigestResult;
import io.pollux.commit.CommitOrder;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Compares all tables with the follower's at the same position of the log, while the application
 * writes. A table is read under locks that keep its rows still, and its digest gets a stamp before
 * they are released: so in the log it stands behind every transaction that it saw and before every
 * one that it did not.
 */
final class VerifyDesk {
  private static final int ATTEMPTS = 5;
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Parts parts;
  private final Workbench bench;
  private Optional<Run> run = Optional.empty();
  private Optional<NodeStatus.Verified> last = Optional.empty();

  /** One comparison under way. */
  private static final class Run {
    private final CompletableFuture<List<DigestResult>> answer = new CompletableFuture<>();
    private final Deque<TableName> left = new ArrayDeque<>();
    private final TreeMap<Position, TableName> sent = new TreeMap<>();
    private final List<DigestResult> results = new ArrayList<>();
  }

  /**
   * @param bench does the reading; not the one that applies
   */
  VerifyDesk(Parts parts, Workbench bench) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.bench = Objects.requireNonNull(bench, "bench");
  }

  Optional<NodeStatus.Verified> last() {
    return last;
  }

  /** Starts a comparison, or joins the one under way. */
  CompletableFuture<List<DigestResult>> begin(Optional<CommitOrder> order) {
    if (run.isPresent()) {
      return run.orElseThrow().answer;
    }
    Run begun = new Run();
    if (order.isEmpty() || !parts.receipts.isFollowing()) {
      begun.answer.completeExceptionally(
          new PolluxException(
              Reason.NOT_IN_SYNC,
              "can't compare: no backup follows this node now; see 'pollux status'"));
      return begun.answer;
    }
    run = Optional.of(begun);
    parts.loop.schedule(LONGEST, () -> fail(begun, "the backup did not answer in " + LONGEST));
    bench.run(
        parts.database::userTables,
        tables -> {
          begun.left.addAll(tables);
          next(begun, order.orElseThrow(), ATTEMPTS);
        },
        e -> fail(begun, e.getMessage()));
    return begun.answer;
  }

  private void next(Run current, CommitOrder order, int attempts) {
    if (current.answer.isDone()) {
      return;
    } else if (current.left.isEmpty()) {
      finishIfComplete(current);
      return;
    }
    TableName table = current.left.peek();
    bench.run(
        () -> digest(table, order, current),
        done -> {
          current.left.remove();
          next(current, order, ATTEMPTS);
        },
        e -> {
          boolean again =
              e instanceof SQLException sql
                  && parts.database.dialect().isTransient(sql)
                  && attempts > 1;
          if (again) {
            next(current, order, attempts - 1);
          } else {
            fail(current, "table " + table + " can't be read: " + e.getMessage());
          }
        });
  }

  private Stamp digest(TableName table, CommitOrder order, Run current) throws SQLException {
    try (Connection connection = parts.database.connect()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      try {
        TableDigest digest = TableDigest.of(connection, parts.database.dialect(), table);
        Stamp stamp = order.open();
        LogRecord.Digest record = new LogRecord.Digest(stamp, table, digest.rows(), digest.sum());
        order.decided(
            stamp, parts.journal.encode(record), position -> current.sent.put(position, table));
        return stamp;
      } finally {
        connection.rollback();
      }
    }
  }

  void result(DigestResult result) {
    run.ifPresent(
        current -> {
          if (current.sent.remove(new Position(result.getPosition())) != null) {
            current.results.add(result);
            finishIfComplete(current);
          }
        });
  }

  private void finishIfComplete(Run current) {
    if (!current.left.isEmpty() || !current.sent.isEmpty() || current.answer.isDone()) {
      return;
    }
    run = Optional.empty();
    boolean equal = current.results.stream().allMatch(DigestResult::getEqual);
    Instant now = parts.loop.clock().now();
    last =
        Optional.of(
            new NodeStatus.Verified(
                now,
                current.results.stream().mapToLong(DigestResult::getPosition).max().orElse(0),
                equal,
                current.results.size(),
                current.results.stream().mapToLong(DigestResult::getRows).sum()));
    current.answer.complete(List.copyOf(current.results));
  }

  /** The follower is gone: what it has not answered it never will. */
  void abandon(String reason) {
    run.ifPresent(current -> fail(current, reason));
  }

  private void fail(Run current, String reason) {
    if (run.filter(r -> r == current).isPresent()) {
      run = Optional.empty();
      current.answer.completeExceptionally(
          new PolluxException(Reason.NOT_IN_SYNC, "the comparison has no result: " + reason));
    }
  }
}
