package io.pollux.env;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Waiting for something that tells nobody when it happens, such as another process. Never on an
 * event loop.
 */
public final class Pause {
  private Pause() {}

  /** Returns after {@code time}, or earlier if the thread is interrupted. */
  public static void of(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
