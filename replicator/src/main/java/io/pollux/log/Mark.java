package io.pollux.log;

/** Where a record lies: one is kept for every {@link #EVERY_BYTES} of a file. */
record Mark(long position, long segmentFirst, long offset) {
  static final long EVERY_BYTES = 256 << 10;
}
