package io.pollux.env;

import java.time.Instant;

/** Time as the core sees it. */
public interface Clock {
  /** Monotonic nanoseconds, for durations only. */
  long nanos();

  /** Wall clock, for people and for values that the application asks for; never for order. */
  Instant now();
}
