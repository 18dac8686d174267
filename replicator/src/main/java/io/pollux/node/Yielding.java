package io.pollux.node;

import io.pollux.commit.CommitOrder;
import io.pollux.commit.Receipts;
import io.pollux.core.Position;
import io.pollux.pair.PairEvent;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The active node's part of a switchover: first the peer catches up while commits go on, then they
 * are held back until it has every record. On the loop.
 */
final class Yielding {
  private static final Duration CATCH_UP = Duration.ofSeconds(30);

  /** How long commits are held back at most, if the peer does not take over. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private static final Duration AGAIN = Duration.ofMillis(5);

  private final Parts parts;
  private final Supplier<Optional<CommitOrder>> order;
  private final BooleanSupplier unfit;

  /** What was begun under another number does not go on. */
  private long attempt;

  private Consumer<PairEvent> report = event -> {};

  /**
   * @param unfit whether the peer waits for a copy, so that its database is no good
   */
  Yielding(Parts parts, Supplier<Optional<CommitOrder>> order, BooleanSupplier unfit) {
    this.unfit = Objects.requireNonNull(unfit, "unfit");
    this.parts = Objects.requireNonNull(parts, "parts");
    this.order = Objects.requireNonNull(order, "order");
  }

  /**
   * @param report hears {@link PairEvent.Yielded} or {@link PairEvent.YieldFailed}, once
   */
  void begin(Consumer<PairEvent> report) {
    this.report = report;
    long mine = ++attempt;
    deadline(mine, CATCH_UP, "the peer did not catch up within ");
    whenApplied(mine, parts.journal.end(), () -> hold(++attempt));
  }

  private void hold(long mine) {
    deadline(mine, PAUSE, "the peer did not apply the last records within ");
    CompletableFuture<Void> unused =
        parts
            .gate
            .hold()
            .thenRun(() -> parts.loop.execute(() -> ifStill(mine, () -> settle(mine))));
  }

  /**
   * No commit is under way; the log gets what still stands in the order, and the peer applies it.
   */
  private void settle(long mine) {
    boolean open = order.get().map(CommitOrder::waiting).orElse(0) > 0;
    if (open) {
      parts.loop.schedule(AGAIN, () -> ifStill(mine, () -> settle(mine)));
      return;
    }
    Position end = parts.journal.end();
    whenApplied(
        mine,
        end,
        () -> {
          if (end.equals(parts.journal.end())) {
            end(new PairEvent.Yielded());
          } else {
            settle(mine);
          }
        });
  }

  private void whenApplied(long mine, Position position, Runnable then) {
    CompletableFuture<Void> unused =
        parts
            .receipts
            .await(Receipts.Level.APPLIED, position)
            .thenAccept(
                answer -> parts.loop.execute(() -> ifStill(mine, () -> answered(answer, then))));
  }

  private void answered(Receipts.Answer answer, Runnable then) {
    if (answer != Receipts.Answer.CONFIRMED) {
      end(new PairEvent.YieldFailed("the peer does not follow"));
    } else if (unfit.getAsBoolean()) {
      end(new PairEvent.YieldFailed("the peer waits for a full copy"));
    } else {
      then.run();
    }
  }

  private void deadline(long mine, Duration time, String what) {
    parts.loop.schedule(
        time,
        () -> ifStill(mine, () -> end(new PairEvent.YieldFailed(what + time.toSeconds() + " s"))));
  }

  private void ifStill(long mine, Runnable then) {
    if (attempt == mine) {
      then.run();
    }
  }

  private void end(PairEvent event) {
    attempt++;
    report.accept(event);
  }

  /** It came to nothing: commits go on. */
  void cancel() {
    abandon();
    parts.gate.resume();
  }

  /** The reign is over: who is held back hears that when the gate is shut. */
  void abandon() {
    attempt++;
  }
}
