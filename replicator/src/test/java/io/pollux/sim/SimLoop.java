package io.pollux.sim;

import io.pollux.env.Clock;
import io.pollux.env.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** The event loop of one life of a node; the world runs a task when it likes. */
final class SimLoop implements EventLoop {
  private final SimClock clock;
  private final Consumer<Throwable> failed;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Waiting> timers =
      new PriorityQueue<>(
          Comparator.comparingLong(Waiting::dueNanos).thenComparingLong(Waiting::number));
  private long scheduled;
  private boolean dead;

  private record Waiting(long dueNanos, long number, Runnable task) {}

  SimLoop(SimClock clock, Consumer<Throwable> failed) {
    this.clock = clock;
    this.failed = failed;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void execute(Runnable task) {
    refuseIfDead();
    tasks.add(task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    refuseIfDead();
    Waiting waiting = new Waiting(clock.nanos() + delay.toNanos(), scheduled++, task);
    timers.add(waiting);
    return () -> timers.remove(waiting);
  }

  private void refuseIfDead() {
    if (dead) {
      throw new Died();
    }
  }

  boolean isDue() {
    return !tasks.isEmpty() || !timers.isEmpty() && timers.peek().dueNanos() <= clock.nanos();
  }

  /** When the next timer is due, in the world's time. */
  long nextTimer() {
    return timers.isEmpty() ? Long.MAX_VALUE : clock.worldTime(timers.peek().dueNanos());
  }

  /** Runs the next task that is due. What it throws stops the node, as in production. */
  void runOne() {
    while (!timers.isEmpty() && timers.peek().dueNanos() <= clock.nanos()) {
      tasks.add(timers.poll().task());
    }
    try {
      tasks.remove().run();
    } catch (Died died) {
      throw died;
    } catch (RuntimeException | Error failure) {
      failed.accept(failure);
    }
  }

  void die() {
    dead = true;
    tasks.clear();
    timers.clear();
  }
}
