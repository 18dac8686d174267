package io.pollux.env;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The one thread on which the core runs. Tasks run one at a time, in the order in which they were
 * handed over; a task that throws stops the node, because a broken invariant must not be followed
 * by another step.
 */
public interface EventLoop extends Executor {
  /** Any thread. */
  @Override
  void execute(Runnable task);

  /** Runs {@code task} on the loop after {@code delay}, unless cancelled before. Any thread. */
  Timer schedule(Duration delay, Runnable task);

  Clock clock();

  /** A task that waits for its time. */
  interface Timer {
    /** After this returns on the loop's thread, the task will not start. */
    void cancel();
  }
}
