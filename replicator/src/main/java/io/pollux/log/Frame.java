package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record as it lies in a file (docs/log-format.md).
 *
 * @param offset of the frame in its file
 * @param forced the last position that was known to be durable when this frame was written
 */
record Frame(LogEntry entry, long offset, long forced) {
  static final int HEADER_BYTES = 56;

  /** No log takes a longer one, whatever its settings. */
  static final int MAX_BODY_BYTES = 64 << 20;

  private static final int HASH_AT = 24;

  static long bytes(LogEntry entry) {
    return HEADER_BYTES + (long) entry.body().value().length;
  }

  long position() {
    return entry.position().index();
  }

  long end() {
    return offset + bytes(entry);
  }

  /** What stands before the body. */
  byte[] header(int salt) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(entry.body().value().length).putInt(0);
    header.putLong(position()).putLong(forced).put(entry.hash().value());
    header.putInt(4, crc(salt, offset, header.array(), entry.body().value()));
    return header.array();
  }

  static int bodyLength(byte[] header) {
    return ByteBuffer.wrap(header).getInt(0);
  }

  static boolean isIntact(byte[] header, byte[] body, int salt, long offset) {
    ByteBuffer fields = ByteBuffer.wrap(header);
    return fields.getInt(4) == crc(salt, offset, header, body)
        && fields.getLong(8) > 0
        && fields.getLong(16) >= 0;
  }

  static Frame of(byte[] header, byte[] body, long offset) {
    ByteBuffer fields = ByteBuffer.wrap(header);
    byte[] hash = new byte[LogEntry.HASH_BYTES];
    fields.get(HASH_AT, hash);
    LogEntry entry =
        new LogEntry(
            new Position(fields.getLong(8)), new SqlValue.Bytes(hash), new SqlValue.Bytes(body));
    return new Frame(entry, offset, fields.getLong(16));
  }

  /** Over file, place and all bytes but itself: a frame that was copied elsewhere is no frame. */
  private static int crc(int salt, long offset, byte[] header, byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putInt(salt).putLong(offset).flip());
    crc.update(header, 0, 4);
    crc.update(header, 8, HEADER_BYTES - 8);
    crc.update(body);
    return (int) crc.getValue();
  }
}
