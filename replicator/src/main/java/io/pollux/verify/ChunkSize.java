package io.pollux.verify;

import java.time.Duration;

/**
 * How many rows are read at once, so that it takes about {@link #TARGET}. Follows what the last
 * chunk took, by a factor of four at most.
 */
record ChunkSize(int rows) {
  static final Duration TARGET = Duration.ofMillis(250);
  static final ChunkSize FIRST = new ChunkSize(1_000);
  private static final int FEWEST = 100;
  private static final int MOST = 200_000;
  private static final int FASTEST = 4;

  /** After a chunk of {@code read} rows took so long. */
  ChunkSize after(long read, long nanos) {
    if (read < rows / 2) {
      return this; // The end of a table says little.
    }
    double fits = (double) read * TARGET.toNanos() / Math.max(1, nanos);
    double bounded = Math.min(Math.max(fits, rows / (double) FASTEST), (double) rows * FASTEST);
    return new ChunkSize((int) Math.min(Math.max(bounded, FEWEST), MOST));
  }
}
