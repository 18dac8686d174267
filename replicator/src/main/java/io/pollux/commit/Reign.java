package io.pollux.commit;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** The time in which a node takes commits under one epoch and boot. Any thread. */
final class Reign {
  private final SlotPool slots;
  private final CompletableFuture<Void> ending = new CompletableFuture<>();
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();

  /** Guarded by this. */
  private int underWay;

  private boolean over;

  /** Commits that want to begin wait for it; complete unless somebody holds the reign still. */
  private CompletableFuture<Void> moving = CompletableFuture.completedFuture(null);

  /** Completes when no commit is under way, while the reign is held still. */
  private CompletableFuture<Void> stillness = new CompletableFuture<>();

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

  /** Whether a commit that wants to begin may or has to wait. */
  enum Entry {
    /** {@link #leave} must follow. */
    ENTERED,
    /** Until {@link #moving} completes; then ask again. */
    HELD,
    OVER
  }

  /** A commit wants to begin. */
  synchronized Entry enter() {
    if (over) {
      return Entry.OVER;
    } else if (!moving.isDone()) {
      return Entry.HELD;
    }
    underWay++;
    return Entry.ENTERED;
  }

  /** Completes when the reign is not held still any more. */
  synchronized CompletableFuture<Void> moving() {
    return moving;
  }

  /**
   * No commit begins until {@link #move}; completes when none is under way. By one thread at a
   * time.
   */
  synchronized CompletableFuture<Void> hold() {
    moving = new CompletableFuture<>();
    stillness = new CompletableFuture<>();
    if (underWay == 0) {
      stillness.complete(null);
    }
    return stillness;
  }

  /** Ends {@link #hold}. */
  void move() {
    moving().complete(null);
  }

  /** A commit has touched its slot for the last time. */
  void leave() {
    boolean none;
    boolean last;
    CompletableFuture<Void> still;
    synchronized (this) {
      underWay--;
      none = underWay == 0;
      last = none && over;
      still = stillness;
    }
    if (none) {
      still.complete(null);
    }
    if (last) {
      quiet.complete(null);
    }
  }

  /** No commit begins any more; completes when none is under way. */
  CompletableFuture<Void> end() {
    boolean none;
    synchronized (this) {
      over = true;
      none = underWay == 0;
    }
    ending.complete(null);
    if (none) {
      quiet.complete(null);
    }
    return quiet;
  }
}
