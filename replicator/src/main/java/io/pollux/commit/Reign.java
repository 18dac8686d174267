package io.pollux.commit;

import io.pollux.env.FailPoints;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The time in which a node takes commits under one epoch and boot. Any thread. */
final class Reign {
  private final SlotPool slots;
  private final CompletableFuture<Void> ending = new CompletableFuture<>();

  /** Guarded by this: how many commits are under way. */
  private int underWay;

  /** Guarded by this: why commits are held back. */
  private final Set<Hold> holds = EnumSet.noneOf(Hold.class);

  /** Guarded by this: complete while commits may begin. */
  private CompletableFuture<Void> passing = CompletableFuture.completedFuture(null);

  /** Guarded by this: completes when no commit begins any more and none is under way. */
  private CompletableFuture<Void> quiet = new CompletableFuture<>();

  /** What commits wait for. */
  enum Hold {
    /** A handover, which may fail. */
    HANDOVER,
    /** A reading of what the log says. */
    READING,
    /** Nothing: the reign is over. */
    END
  }

  Reign(SlotPool slots) {
    this.slots = Objects.requireNonNull(slots, "slots");
  }

  SlotPool slots() {
    return slots;
  }

  /** Completes when the reign is over, though commits may still be under way. */
  CompletableFuture<Void> ending() {
    return ending;
  }

  /** Completes when commits are not held back any more. */
  synchronized CompletableFuture<Void> passing() {
    return passing;
  }

  /**
   * A commit begins; false if it is held back or the reign is over. {@link #leave} must follow a
   * true.
   */
  synchronized boolean enter() {
    boolean free = passing.isDone();
    if (free) {
      underWay++;
    }
    return free;
  }

  /** A commit has touched its slot for the last time. */
  void leave() {
    FailPoints.hit("commit.beforeAnswer");
    boolean last;
    CompletableFuture<Void> awaited;
    synchronized (this) {
      underWay--;
      awaited = quiet;
      last = underWay == 0 && !passing.isDone();
    }
    if (last) {
      awaited.complete(null);
    }
  }

  /** No commit begins until {@link #resume}; completes when none is under way. */
  CompletableFuture<Void> hold(Hold why) {
    boolean none;
    CompletableFuture<Void> awaited;
    synchronized (this) {
      if (holds.add(why) && holds.size() == 1) {
        passing = new CompletableFuture<>();
        quiet = new CompletableFuture<>();
      }
      awaited = quiet;
      none = underWay == 0;
    }
    if (none) {
      awaited.complete(null);
    }
    return awaited;
  }

  /** Commits may begin if nothing else holds them back. */
  synchronized void resume(Hold why) {
    if (holds.remove(why) && holds.isEmpty()) {
      passing.complete(null);
    }
  }

  /** No commit begins any more; completes when none is under way. */
  CompletableFuture<Void> end() {
    CompletableFuture<Void> none = hold(Hold.END);
    ending.complete(null);
    return none;
  }
}
