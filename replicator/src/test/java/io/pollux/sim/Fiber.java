package io.pollux.sim;

import java.util.function.BooleanSupplier;

/** Something that may have to wait while the world goes on. */
final class Fiber {
  static final BooleanSupplier ALWAYS = () -> true;

  final String name;
  final Owner process;
  final Runnable body;

  /** What it waits for, and until when; the world's nanoseconds. */
  BooleanSupplier condition = ALWAYS;

  long deadline = Long.MAX_VALUE;
  boolean killed;
  Carrier carrier;
  private Runnable over = () -> {};

  Fiber(String name, Owner process, Runnable body) {
    this.name = name;
    this.process = process;
    this.body = body;
  }

  /** {@code task} runs when it has ended, one way or the other. */
  void whenOver(Runnable task) {
    over = task;
  }

  void over() {
    over.run();
  }

  boolean isReady(long now) {
    return now >= deadline || condition.getAsBoolean();
  }

  /** Whose fibers die together. */
  interface Owner {
    boolean isAlive();

    /** Not while its machine is paused. */
    boolean isRunning();
  }
}
