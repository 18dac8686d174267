package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/** The bytes of a segment; docs/log-format.md describes each of them. Numbers are big endian. */
final class LogFormat {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 128;
  static final int FRAME_BYTES = 4 + 4 + 8 + LogEntry.HASH_BYTES;
  static final int LONGEST_BODY = 64 << 20;

  private static final byte[] MAGIC = "POLLUXLG".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DOMAIN = "pollux-log-1".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_GROUP = 64;

  private LogFormat() {}

  /** A segment's first bytes. */
  record Header(String group, LogHead base) {}

  /** A record's frame without its body. */
  record Frame(int length, int crc, Position position, byte[] hash) {}

  static String fileName(Position first) {
    return String.format(java.util.Locale.ROOT, "%020d.log", first.index());
  }

  static boolean isSegment(String name) {
    return name.matches("[0-9]{20}\\.log");
  }

  static ByteBuffer header(Header header) {
    byte[] group = header.group().getBytes(StandardCharsets.UTF_8);
    if (group.length > LONGEST_GROUP) {
      throw new IllegalArgumentException("a group id has at most 64 bytes: " + header.group());
    }
    ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES);
    buffer.put(MAGIC).putInt(VERSION).putInt(group.length);
    buffer.put(Arrays.copyOf(group, LONGEST_GROUP));
    buffer.putLong(header.base().position().index()).put(header.base().hash());
    buffer.position(HEADER_BYTES - 4);
    buffer.putInt(crc(buffer.array(), 0, HEADER_BYTES - 4));
    return buffer.flip();
  }

  /** What is wrong with the bytes is told without a file name; the caller knows it. */
  static Header header(ByteBuffer buffer) throws PolluxException {
    if (buffer.remaining() < HEADER_BYTES) {
      throw new PolluxException(Reason.LOG_DAMAGED, "its header is incomplete");
    }
    byte[] bytes = buffer.array();
    if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new PolluxException(Reason.LOG_DAMAGED, "it is not a segment of a statement log");
    }
    int version = buffer.getInt(8);
    if (version != VERSION) {
      throw new PolluxException(
          Reason.LOG_DAMAGED,
          "it has format " + version + ", this program reads " + VERSION + "; use a newer one");
    }
    if (buffer.getInt(HEADER_BYTES - 4) != crc(bytes, 0, HEADER_BYTES - 4)) {
      throw new PolluxException(Reason.LOG_DAMAGED, "the checksum of its header is wrong");
    }
    int length = Math.min(Math.max(buffer.getInt(12), 0), LONGEST_GROUP);
    String group = new String(bytes, 16, length, StandardCharsets.UTF_8);
    byte[] hash = Arrays.copyOfRange(bytes, 88, 88 + LogEntry.HASH_BYTES);
    return new Header(group, new LogHead(new Position(buffer.getLong(80)), hash));
  }

  static void put(ByteBuffer buffer, LogEntry entry) {
    int start = buffer.position();
    byte[] body = entry.body().value();
    buffer.putInt(body.length).putInt(0);
    buffer.putLong(entry.position().index()).put(entry.hash().value()).put(body);
    buffer.putInt(start + 4, crc(buffer.array(), start + 8, buffer.position() - start - 8));
  }

  /** Empty if these can't be the first bytes of a record. */
  static Optional<Frame> frame(ByteBuffer buffer) {
    int length = buffer.getInt(0);
    long index = buffer.getLong(8);
    if (length < 0 || length > LONGEST_BODY || index < 1) {
      return Optional.empty();
    }
    byte[] hash = new byte[LogEntry.HASH_BYTES];
    buffer.get(16, hash);
    return Optional.of(new Frame(length, buffer.getInt(4), new Position(index), hash));
  }

  static boolean matches(Frame frame, byte[] body) {
    CRC32C crc = new CRC32C();
    ByteBuffer head = ByteBuffer.allocate(8 + LogEntry.HASH_BYTES);
    head.putLong(frame.position().index()).put(frame.hash());
    crc.update(head.array());
    crc.update(body);
    return (int) crc.getValue() == frame.crc();
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  static byte[] chain(byte[] previous, Position position, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(DOMAIN);
      digest.update(previous);
      digest.update(ByteBuffer.allocate(8).putLong(position.index()).array());
      digest.update(body);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
