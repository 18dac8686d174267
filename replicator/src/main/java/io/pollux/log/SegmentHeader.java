package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The first bytes of a segment file (docs/log-format.md).
 *
 * @param version of the format
 * @param first position in the file
 * @param hashBefore chain hash of the record before it
 */
record SegmentHeader(int version, UUID group, long first, SqlValue.Bytes hashBefore) {
  static final int VERSION = 1;
  static final int BYTES = 76;

  private static final long MAGIC = 0x504f4c4c55584c47L; // POLLUXLG
  private static final int CRC_AT = 72;
  private static final String SUFFIX = ".log";
  private static final String LAST_NAME = Long.MAX_VALUE + SUFFIX;

  static SegmentHeader after(LogHead head, UUID group) {
    return new SegmentHeader(VERSION, group, head.position().index() + 1, head.hash());
  }

  static boolean isSegmentName(String name) {
    return name.matches("[0-9]{19}\\.log") && name.compareTo(LAST_NAME) <= 0;
  }

  /** Sorts as the positions do. */
  static String fileName(long first) {
    String digits = Long.toString(first);
    return "0".repeat(19 - digits.length()) + digits + SUFFIX;
  }

  static long first(String fileName) {
    return Long.parseLong(fileName.substring(0, fileName.length() - SUFFIX.length()));
  }

  String fileName() {
    return fileName(first);
  }

  LogHead before() {
    return new LogHead(new Position(first - 1), hashBefore);
  }

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(MAGIC).putInt(version).putInt(BYTES);
    bytes.putLong(group.getMostSignificantBits()).putLong(group.getLeastSignificantBits());
    bytes.putLong(first).put(hashBefore.value());
    bytes.putInt(crc(bytes));
    return bytes.flip();
  }

  /** Ties every frame of the file to this file. */
  int salt() {
    return encode().getInt(CRC_AT);
  }

  /** Empty if the bytes are no header. */
  static Optional<SegmentHeader> decode(ByteBuffer bytes) {
    boolean valid =
        bytes.remaining() == BYTES
            && bytes.getLong(0) == MAGIC
            && bytes.getInt(CRC_AT) == crc(bytes)
            && bytes.getLong(32) > 0;
    if (!valid) {
      return Optional.empty();
    }
    byte[] hash = new byte[LogEntry.HASH_BYTES];
    bytes.get(40, hash);
    return Optional.of(
        new SegmentHeader(
            bytes.getInt(8),
            new UUID(bytes.getLong(16), bytes.getLong(24)),
            bytes.getLong(32),
            new SqlValue.Bytes(hash)));
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(CRC_AT));
    return (int) crc.getValue();
  }
}
