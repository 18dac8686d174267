package io.pollux.env;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets the thread sleep. An interrupt does not end a wait; it is kept for later. */
public final class ThreadPatience implements Patience {
  private final Clock clock;

  public ThreadPatience(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void await(CompletableFuture<?> future) {
    while (!await(future, Duration.ofDays(1))) {}
  }

  @Override
  public boolean await(CompletableFuture<?> future, Duration timeout) {
    boolean interrupted = false;
    long end = clock.nanos() + timeout.toNanos();
    try {
      while (true) {
        try {
          future.get(Math.max(0, end - clock.nanos()), TimeUnit.NANOSECONDS);
          return true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          return true; // Whoever asked reads how it ended.
        } catch (TimeoutException e) {
          return false;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
