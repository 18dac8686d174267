package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.Position;
import java.util.Objects;

/** A position and the hash there: all that is needed to continue a log. The array is not copied. */
@SuppressWarnings("ArrayRecordComponent")
public record LogHead(Position position, byte[] hash) {
  /** Before the first record of a new group. */
  public static final LogHead GENESIS = new LogHead(Position.NONE, new byte[LogEntry.HASH_BYTES]);

  public LogHead {
    Objects.requireNonNull(position, "position");
    if (hash.length != LogEntry.HASH_BYTES) {
      throw new IllegalArgumentException("a hash of " + hash.length + " bytes");
    }
  }
}
