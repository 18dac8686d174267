package io.pollux.env;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * An event loop on one daemon thread of its own. It sleeps while there is nothing to do. When a
 * task throws, the failure handler is told once, on the loop's thread, nothing runs any more, and
 * further tasks are refused with {@link RejectedExecutionException}.
 */
public final class ThreadLoop implements EventLoop, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ThreadLoop.class.getName());
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private enum State {
    OPEN,
    CLOSING,
    FAILED
  }

  private final Clock clock;
  private final Consumer<Throwable> failureHandler;
  private final Thread thread;

  /** Guards all that follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Waiting> timers = new PriorityQueue<>(Waiting.ORDER);
  private long scheduled;
  private State state = State.OPEN;

  /**
   * Starts the thread.
   *
   * @param name of the thread
   * @param failureHandler is told what a task threw
   */
  public ThreadLoop(String name, Clock clock, Consumer<Throwable> failureHandler) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.failureHandler = Objects.requireNonNull(failureHandler, "failureHandler");
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    lock.lock();
    try {
      refuseUnlessOpen();
      tasks.add(task);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Objects.requireNonNull(task, "task");
    lock.lock();
    try {
      refuseUnlessOpen();
      Waiting waiting = new Waiting(clock.nanos() + delay.toNanos(), scheduled++, task);
      timers.add(waiting);
      changed.signal();
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  private void refuseUnlessOpen() {
    if (state != State.OPEN) {
      throw new RejectedExecutionException(
          "event loop " + thread.getName() + " takes no task: it is " + state);
    }
  }

  /** Whether the caller is on the loop's thread. */
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /**
   * Takes no more tasks, runs those handed over before, drops the timers that wait, and ends the
   * thread. Waits for the end for at most ten seconds, not at all when called on the loop.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.CLOSING;
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (!isCurrent()) {
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      thread.join(CLOSE_LIMIT.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.log(System.Logger.Level.WARNING, "Thread {0} has not ended yet", thread.getName());
    }
  }

  private void run() {
    try {
      Runnable task = next();
      while (task != null) {
        task.run();
        task = next();
      }
    } catch (Throwable failure) {
      stop();
      failureHandler.accept(failure);
    }
  }

  private void stop() {
    lock.lock();
    try {
      state = State.FAILED;
      tasks.clear();
      timers.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next task; null at the end. */
  private Runnable next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        long untilTimer = takeDueTimers();
        Runnable task = tasks.poll();
        if (task != null) {
          return task;
        }
        if (state != State.OPEN) {
          return null;
        }
        if (untilTimer < 0) {
          changed.await();
        } else {
          // The loop asks the clock again, whatever the wait says about the time that is left.
          long unused = changed.awaitNanos(untilTimer);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the nanoseconds until the next timer, negative if there is none. */
  private long takeDueTimers() {
    while (!timers.isEmpty() && state == State.OPEN) {
      long left = timers.peek().dueNanos - clock.nanos();
      if (left > 0) {
        return left;
      }
      tasks.add(timers.poll());
    }
    return -1;
  }

  private final class Waiting implements Timer, Runnable {
    /** By difference, because nanoseconds may wrap around. */
    static final Comparator<Waiting> ORDER =
        (a, b) -> {
          int byTime = Long.signum(a.dueNanos - b.dueNanos);
          return byTime != 0 ? byTime : Long.compare(a.number, b.number);
        };

    private final long dueNanos;
    private final long number;
    private final Runnable task;
    private volatile boolean cancelled;

    Waiting(long dueNanos, long number, Runnable task) {
      this.dueNanos = dueNanos;
      this.number = number;
      this.task = task;
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      lock.lock();
      try {
        timers.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
