package io.pollux.log;

import java.util.Objects;

/**
 * Bounds of a log.
 *
 * @param group whose log it is; part of every segment's header
 * @param segmentBytes size after which a new segment begins
 * @param reserveBytes free space below which no new transactions are taken, so that decisions can
 *     still be recorded
 * @param tailBytes how much of what is forced is kept in memory for whoever follows
 */
public record LogSettings(String group, long segmentBytes, long reserveBytes, long tailBytes) {
  public LogSettings {
    Objects.requireNonNull(group, "group");
    if (segmentBytes < 1 || reserveBytes < 0 || tailBytes < 0) {
      throw new IllegalArgumentException("bounds of a log are positive");
    }
  }

  public static LogSettings of(String group) {
    return new LogSettings(group, 64L << 20, 64L << 20, 8L << 20);
  }
}
