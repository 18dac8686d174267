package io.pollux.log;

import java.util.Objects;
import java.util.UUID;

/**
 * Sizes of a statement log.
 *
 * @param group id of the group whose log it is; never changes
 * @param segmentBytes at which a new file is begun; only a record that is larger makes a file
 *     larger
 * @param preallocateBytes by which a file grows ahead of what is written; also the least room in
 *     which new work is accepted
 * @param reserveBytes kept in a file of their own, so that decisions can be recorded on a full disk
 * @param bufferBytes that may wait for the disk before new work is no longer accepted
 * @param tailBytes of the last records that are kept in memory for shipping and applying
 * @param maxBodyBytes of one record
 */
public record LogSettings(
    UUID group,
    long segmentBytes,
    int preallocateBytes,
    long reserveBytes,
    long bufferBytes,
    long tailBytes,
    int maxBodyBytes) {

  public LogSettings {
    Objects.requireNonNull(group, "group");
    if (segmentBytes < SegmentHeader.BYTES || preallocateBytes < 1 || reserveBytes < 0) {
      throw new IllegalArgumentException(
          "segments of " + segmentBytes + ", steps of " + preallocateBytes + " bytes");
    }
    if (bufferBytes < 1 || tailBytes < 0 || maxBodyBytes < 1) {
      throw new IllegalArgumentException("a buffer, tail or record without bytes");
    }
    if (maxBodyBytes > Frame.MAX_BODY_BYTES) {
      throw new IllegalArgumentException("records of " + maxBodyBytes + " bytes");
    }
  }

  /** 64 MiB segments that grow by 4 MiB, 16 MiB reserve, 64 MiB buffer, 8 MiB tail. */
  public static LogSettings defaults(UUID group) {
    return new LogSettings(group, 64L << 20, 4 << 20, 16L << 20, 64L << 20, 8L << 20, 64 << 20);
  }
}
