package io.pollux.sim;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** One of a node's worker threads: tasks one at a time, in order, each when the world likes. */
final class SimWorker implements Executor {
  final String name;
  final boolean mayWait;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean busy;
  private boolean dead;

  /**
   * @param mayWait whether its tasks wait for rows or for others; then each gets a fiber
   */
  SimWorker(String name, boolean mayWait) {
    this.name = name;
    this.mayWait = mayWait;
  }

  @Override
  public void execute(Runnable task) {
    if (dead) {
      throw new Died();
    }
    tasks.add(task);
  }

  boolean isDue() {
    return !busy && !tasks.isEmpty();
  }

  /** The next task; nothing else starts until it has run. */
  Runnable take() {
    Runnable task = tasks.remove();
    busy = true;
    return () -> {
      try {
        task.run();
      } finally {
        busy = false;
      }
    };
  }

  void die() {
    dead = true;
    tasks.clear();
  }
}
