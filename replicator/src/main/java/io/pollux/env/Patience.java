package io.pollux.env;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How a thread waits for what another one completes; the simulation has its own. Never on an event
 * loop.
 */
public interface Patience {
  /** Returns when the future is complete, however it ended. */
  void await(CompletableFuture<?> future);

  /** Returns when the future is complete or the time is over; whether it is complete. */
  boolean await(CompletableFuture<?> future, Duration timeout);
}
