package io.pollux.commit;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** The time in which a node takes commits under one epoch and boot. Any thread. */
final class Reign {
  private final SlotPool slots;
  private final CompletableFuture<Void> ending = new CompletableFuture<>();

  /** Guarded by this: how many commits are under way. */
  private int underWay;

  /** Guarded by this: complete while commits may begin. */
  private CompletableFuture<Void> passing = CompletableFuture.completedFuture(null);

  private boolean over;

  /** Guarded by this: completes when no commit begins any more and none is under way. */
  private CompletableFuture<Void> quiet = new CompletableFuture<>();

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
  CompletableFuture<Void> hold() {
    boolean none;
    CompletableFuture<Void> awaited;
    synchronized (this) {
      if (passing.isDone()) {
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

  /** Nothing happens if the reign is over. */
  synchronized void resume() {
    if (!over) {
      passing.complete(null);
    }
  }

  /** No commit begins any more; completes when none is under way. */
  CompletableFuture<Void> end() {
    synchronized (this) {
      over = true;
    }
    CompletableFuture<Void> none = hold();
    ending.complete(null);
    return none;
  }
}
