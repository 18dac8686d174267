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

  /** A commit begins; false if the reign is over. {@link #leave} must follow a true. */
  synchronized boolean enter() {
    if (!over) {
      underWay++;
    }
    return !over;
  }

  /** A commit has touched its slot for the last time. */
  void leave() {
    boolean last;
    synchronized (this) {
      underWay--;
      last = over && underWay == 0;
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
