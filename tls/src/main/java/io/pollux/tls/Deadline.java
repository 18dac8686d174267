package io.pollux.tls;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ends a blocking conversation that takes too long, by closing its socket. A timeout per read would
 * not do: a peer that sends one byte now and then never reaches it.
 */
final class Deadline {
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private enum State {
    RUNNING,
    PASSED,
    MET
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private final Future<?> end;

  private Deadline(Duration limit, Runnable abort) {
    this.end =
        TIMER.schedule(
            () -> {
              if (state.compareAndSet(State.RUNNING, State.PASSED)) {
                abort.run();
              }
            },
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** {@code abort} must not block. */
  static Deadline start(Duration limit, Runnable abort) {
    return new Deadline(limit, abort);
  }

  /** Ends the watch; false if the deadline came first. */
  boolean isMet() {
    state.compareAndSet(State.RUNNING, State.MET);
    end.cancel(false);
    return state.get() == State.MET;
  }

  /** The one thread exists only while something is watched: a guest leaves no thread behind. */
  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "pollux-tls-deadline");
              thread.setDaemon(true);
              thread.setContextClassLoader(null);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(10, TimeUnit.MILLISECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }
}
