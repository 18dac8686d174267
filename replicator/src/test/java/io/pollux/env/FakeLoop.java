package io.pollux.env;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;

/**
 * An event loop that a test turns by hand, on one thread. Several share a clock by sharing the
 * loop. What a task throws comes out of the method that ran it; the loop then takes no more tasks.
 */
public final class FakeLoop implements EventLoop {
  private final FakeClock clock;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Waiting> timers =
      new PriorityQueue<>(
          Comparator.comparingLong(Waiting::dueNanos).thenComparingLong(Waiting::number));
  private long scheduled;
  private boolean stopped;

  public FakeLoop() {
    this(new FakeClock());
  }

  public FakeLoop(FakeClock clock) {
    this.clock = clock;
  }

  @Override
  public FakeClock clock() {
    return clock;
  }

  @Override
  public void execute(Runnable task) {
    refuseIfStopped();
    tasks.add(task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    refuseIfStopped();
    Waiting waiting = new Waiting(clock.nanos() + delay.toNanos(), scheduled++, task);
    timers.add(waiting);
    return () -> timers.remove(waiting);
  }

  private void refuseIfStopped() {
    if (stopped) {
      throw new RejectedExecutionException("the fake loop is stopped");
    }
  }

  /** Runs the next task that is due; false if there is none. */
  public boolean runOne() {
    if (tasks.isEmpty() && !timers.isEmpty() && timers.peek().dueNanos() <= clock.nanos()) {
      tasks.add(timers.poll().task());
    }
    Runnable task = tasks.poll();
    if (task == null) {
      return false;
    }
    boolean succeeded = false;
    try {
      task.run();
      succeeded = true;
    } finally {
      if (!succeeded) {
        stop();
      }
    }
    return true;
  }

  /** Runs tasks until none is due. Time stands still. */
  public void runUntilIdle() {
    int ran = 0;
    while (runOne()) {
      if (++ran > 10_000_000) {
        throw new AssertionError("the loop does not come to rest");
      }
    }
  }

  /** Lets time pass, from timer to timer, and runs all that is due on the way. */
  public void advance(Duration by) {
    long end = clock.nanos() + by.toNanos();
    runUntilIdle();
    while (!timers.isEmpty() && timers.peek().dueNanos() <= end) {
      clock.advance(Duration.ofNanos(Math.max(0, timers.peek().dueNanos() - clock.nanos())));
      runUntilIdle();
    }
    clock.advance(Duration.ofNanos(end - clock.nanos()));
  }

  /** As a process that dies: nothing that waits will run. */
  public void stop() {
    stopped = true;
    tasks.clear();
    timers.clear();
  }

  private record Waiting(long dueNanos, long number, Runnable task) {}
}
