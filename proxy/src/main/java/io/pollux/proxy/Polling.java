package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.env.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks again and again, with a bound. */
final class Polling {
  private static final long EVERY_MILLIS = 100;

  private Polling() {}

  /** A question whose answer may change. */
  @FunctionalInterface
  interface Question {
    boolean isAnswered() throws PolluxException;
  }

  /** Whether the answer was yes within {@code timeout}; asks at least once. */
  static boolean until(Clock clock, Duration timeout, Question question) throws PolluxException {
    long start = clock.nanos();
    while (!question.isAnswered()) {
      if (clock.nanos() - start >= timeout.toNanos()) {
        return false;
      }
      new CompletableFuture<>().completeOnTimeout(true, EVERY_MILLIS, TimeUnit.MILLISECONDS).join();
    }
    return true;
  }
}
