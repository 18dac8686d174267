package io.pollux.sim;

import io.pollux.env.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/** A node's clock: the world's time, but it starts somewhere else and runs a little wrong. */
final class SimClock implements Clock {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long MILLION = 1_000_000;

  private final LongSupplier world;
  private final long offset;
  private final long partsPerMillion;
  private long wallJump;

  SimClock(LongSupplier world, long offset, long partsPerMillion) {
    this.world = world;
    this.offset = offset;
    this.partsPerMillion = partsPerMillion;
  }

  @Override
  public long nanos() {
    long now = world.getAsLong();
    return offset + now + now / MILLION * partsPerMillion;
  }

  /** The world's time at which this clock shows {@code nanos}. */
  long worldTime(long nanos) {
    long own = nanos - offset;
    long guess = own - own / MILLION * partsPerMillion;
    while (guess + guess / MILLION * partsPerMillion < own) {
      guess++;
    }
    return guess;
  }

  /** Somebody sets the wall clock. */
  void jump(long nanos) {
    wallJump += nanos;
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos() + wallJump);
  }
}
