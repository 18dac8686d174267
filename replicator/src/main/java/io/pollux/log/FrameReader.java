package io.pollux.log;

import io.pollux.env.Disk.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Reads the frames of a file as it was when the reader was made, one after the other. */
final class FrameReader {
  private static final int WINDOW_BYTES = 64 << 10;

  private final StoredFile file;
  private final int salt;
  private final long size;
  private byte[] window = new byte[0];
  private long windowAt;
  private long offset;

  FrameReader(StoredFile file, int salt, long offset) throws IOException {
    this.file = file;
    this.salt = salt;
    this.offset = offset;
    size = file.size();
  }

  /** Of the frame that comes next, or of the spot where there is none. */
  long offset() {
    return offset;
  }

  /** The frame at the offset; empty, and the offset stays, if there is no intact one. */
  Optional<Frame> next() throws IOException {
    Optional<Frame> frame = at(offset);
    frame.ifPresent(found -> offset = found.end());
    return frame;
  }

  private Optional<Frame> at(long start) throws IOException {
    if (size - start <= Frame.HEADER_BYTES) {
      return Optional.empty();
    }
    byte[] header = fetch(start, Frame.HEADER_BYTES);
    int length = Frame.bodyLength(header);
    if (length <= 0
        || length > Frame.MAX_BODY_BYTES
        || length > size - start - Frame.HEADER_BYTES) {
      return Optional.empty();
    }
    byte[] body = fetch(start + Frame.HEADER_BYTES, length);
    return Frame.isIntact(header, body, salt, start)
        ? Optional.of(Frame.of(header, body, start))
        : Optional.empty();
  }

  private byte[] fetch(long from, int count) throws IOException {
    if (count >= WINDOW_BYTES) {
      return load(from, count);
    }
    if (from < windowAt || from + count > windowAt + window.length) {
      window = load(from, (int) Math.min(WINDOW_BYTES, size - from));
      windowAt = from;
    }
    int start = (int) (from - windowAt);
    return Arrays.copyOfRange(window, start, start + count);
  }

  private byte[] load(long from, int count) throws IOException {
    byte[] bytes = new byte[count];
    // Fewer bytes: the file was cut meanwhile, and zeros are no frame.
    int unused = file.read(ByteBuffer.wrap(bytes), from);
    return bytes;
  }

  /** Whether nothing but zeros follows. */
  boolean isAtEnd() throws IOException {
    for (long at = offset; at < size; at += WINDOW_BYTES) {
      byte[] bytes = load(at, (int) Math.min(WINDOW_BYTES, size - at));
      for (byte b : bytes) {
        if (b != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether anywhere behind the offset an intact frame says that {@code position} had been durable
   * when it was written. If so, what is missing here was there: this is damage, not a torn write.
   */
  boolean isProvenDurable(long position) throws IOException {
    long mostRecords = (size - offset) / (Frame.HEADER_BYTES + 1);
    long at = offset;
    while (size - at > Frame.HEADER_BYTES) {
      ByteBuffer bytes = ByteBuffer.wrap(load(at, (int) Math.min(WINDOW_BYTES, size - at)));
      int starts = bytes.limit() - Frame.HEADER_BYTES + 1;
      for (int i = 0; i < starts; i++) {
        boolean candidate =
            bytes.getInt(i) > 0
                && bytes.getLong(i + 16) >= position
                && bytes.getLong(i + 8) > position
                && bytes.getLong(i + 8) - position <= mostRecords;
        if (candidate && at(at + i).isPresent()) {
          return true;
        }
      }
      at += starts;
    }
    return false;
  }
}
