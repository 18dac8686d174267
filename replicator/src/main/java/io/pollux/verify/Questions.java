package io.pollux.verify;

import io.pollux.codec.wire.DigestResult;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Reads something, logs what was read, and waits for what the backup says of it. A loose reading
 * takes no locks and disturbs nobody: what it finds equal is equal, what it finds different may
 * only have moved. An exact one is of the very moment of its stamp. On the loop.
 */
final class Questions {
  private static final int ATTEMPTS = 20;
  private static final Duration STEP = Duration.ofMillis(50);
  private static final Duration LONGEST_HOLD = Duration.ofMillis(50);
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

  private final ActiveNode node;
  private final Set<CompletableFuture<Answer>> open = new HashSet<>();
  private final TreeMap<Position, Asked> asked = new TreeMap<>();

  /** What the backup said. */
  record Answer(LogRecord record, DigestResult result, long readNanos) {
    Position position() {
      return new Position(result.getPosition());
    }
  }

  /** Reads, and says what is to be logged. On the worker. */
  @FunctionalInterface
  interface Reading {
    Function<Stamp, LogRecord> read(Connection connection) throws SQLException;
  }

  /** How a reading stands to those who write. */
  private enum Kind {
    LOOSE,
    EXACT
  }

  private record Asked(LogRecord record, long readNanos, CompletableFuture<Answer> answer) {}

  Questions(ActiveNode node) {
    this.node = Objects.requireNonNull(node, "node");
  }

  CompletableFuture<Answer> loose(Reading reading) {
    return ask(reading, Kind.LOOSE);
  }

  CompletableFuture<Answer> exact(Reading reading) {
    return ask(reading, Kind.EXACT);
  }

  private CompletableFuture<Answer> ask(Reading reading, Kind kind) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    open.add(answer);
    attempt(reading, kind, answer, 1);
    return answer;
  }

  private void attempt(Reading reading, Kind kind, CompletableFuture<Answer> answer, int attempt) {
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(() -> attemptNow(reading, kind, answer, attempt), node.worker())
            .exceptionally(
                defect -> {
                  node.loop().execute(() -> fail(answer, "a defect of Pollux: " + defect));
                  return null;
                });
  }

  /** On the worker. */
  private void attemptNow(
      Reading reading, Kind kind, CompletableFuture<Answer> answer, int attempt) {
    try {
      if (!read(reading, kind, answer)) {
        retry(reading, kind, answer, attempt, "the application commits without a pause");
      }
    } catch (SQLException e) {
      if (node.dialect().isTransient(e)) {
        retry(reading, kind, answer, attempt, e.getMessage());
      } else {
        node.loop().execute(() -> fail(answer, e.getMessage()));
      }
    }
  }

  private void retry(
      Reading reading, Kind kind, CompletableFuture<Answer> answer, int attempt, String why) {
    node.loop()
        .schedule(
            STEP.multipliedBy(attempt),
            () -> {
              if (attempt == ATTEMPTS) {
                fail(answer, why);
              } else if (!answer.isDone()) {
                attempt(reading, kind, answer, attempt + 1);
              }
            });
  }

  /** On the worker. False if there was no moment to read in. */
  private boolean read(Reading reading, Kind kind, CompletableFuture<Answer> answer)
      throws SQLException {
    try (Connection connection = node.connect()) {
      connection.setAutoCommit(false);
      boolean locks = node.dialect().readsHoldStill(connection);
      boolean exact = kind == Kind.EXACT;
      connection.setTransactionIsolation(
          !locks
              ? Connection.TRANSACTION_READ_COMMITTED
              : exact
                  ? Connection.TRANSACTION_SERIALIZABLE
                  : Connection.TRANSACTION_READ_UNCOMMITTED);
      node.dialect().giveWay(connection);
      try {
        if (locks || !exact) {
          read(connection, reading, answer);
          return true;
        }
        return node.holdStill(LONGEST_HOLD, () -> read(connection, reading, answer));
      } finally {
        connection.rollback();
      }
    }
  }

  private void read(Connection connection, Reading reading, CompletableFuture<Answer> answer)
      throws SQLException {
    long begin = node.loop().clock().nanos();
    Function<Stamp, LogRecord> record = reading.read(connection);
    long nanos = node.loop().clock().nanos() - begin;
    AtomicReference<LogRecord> logged = new AtomicReference<>();
    node.log(
        stamp -> {
          logged.set(record.apply(stamp));
          return logged.get();
        },
        position -> await(position, new Asked(logged.get(), nanos, answer)));
  }

  private void await(Position position, Asked question) {
    asked.put(position, question);
    node.loop()
        .schedule(
            LONGEST_SILENCE,
            () -> {
              if (!question.answer().isDone()) {
                expired(position, question);
              }
            });
  }

  private void expired(Position position, Asked question) {
    if (node.applied().isBefore(position)) {
      await(position, question); // The backup is behind.
    } else {
      asked.remove(position);
      fail(question.answer(), "the backup passed record " + position + " without an answer");
    }
  }

  /** The backup has compared or repaired. */
  void answered(DigestResult result) {
    Asked question = asked.remove(new Position(result.getPosition()));
    if (question != null) {
      open.remove(question.answer());
      question.answer().complete(new Answer(question.record(), result, question.readNanos()));
    }
  }

  /** What the backup has not answered it never will. */
  void abandon(String reason) {
    asked.clear();
    List<CompletableFuture<Answer>> left = new ArrayList<>(open);
    open.clear();
    left.forEach(answer -> fail(answer, reason));
  }

  private void fail(CompletableFuture<Answer> answer, String reason) {
    open.remove(answer);
    answer.completeExceptionally(new NoAnswer(reason));
  }
}
