package io.pollux.env;

import java.time.Duration;
import java.time.Instant;

/** A clock that moves only when told. */
public final class FakeClock implements Clock {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private long nanos;

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Instant now() {
    return START.plusNanos(nanos);
  }

  public synchronized void advance(Duration by) {
    nanos += by.toNanos();
  }
}
