package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import java.util.Objects;
import java.util.UUID;

/** A position and the hash that vouches for it and all before it. */
public record LogHead(Position position, SqlValue.Bytes hash) {
  public LogHead {
    Objects.requireNonNull(position, "position");
    if (hash.value().length != LogEntry.HASH_BYTES) {
      throw new IllegalArgumentException("a hash of " + hash.value().length + " bytes");
    }
  }

  /** Before the first record of a group. */
  public static LogHead origin(UUID group) {
    return new LogHead(Position.NONE, new SqlValue.Bytes(new Chain().origin(group)));
  }

  static LogHead of(LogEntry entry) {
    return new LogHead(entry.position(), entry.hash());
  }
}
