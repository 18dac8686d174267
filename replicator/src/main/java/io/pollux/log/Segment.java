package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.env.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One file of the log: a header, then records that continue the chain of the file before it. */
final class Segment implements Closeable {
  /** Every so many records the offset of one is remembered. */
  private static final int INDEX_STEP = 64;

  private final String name;
  private final Disk.StoredFile file;
  private final LogHead base;

  /** Guarded by itself: the writer adds, readers look up. */
  private final TreeMap<Position, Long> offsets = new TreeMap<>();

  private volatile long writtenBytes;

  private Segment(String name, Disk.StoredFile file, LogHead base) {
    this.name = name;
    this.file = file;
    this.base = base;
  }

  static Segment create(Disk disk, String group, LogHead base) throws IOException {
    String name = LogFormat.fileName(base.position().next());
    Segment segment = new Segment(name, disk.open(name), base);
    segment.file.write(LogFormat.header(new LogFormat.Header(group, base)), 0);
    segment.file.force();
    disk.forceDirectory();
    segment.writtenBytes = LogFormat.HEADER_BYTES;
    return segment;
  }

  /** Opens an existing file; its records are not looked at yet. */
  static Segment open(Disk disk, String name, String group) throws IOException, PolluxException {
    Disk.StoredFile file = disk.open(name);
    ByteBuffer buffer = ByteBuffer.allocate(LogFormat.HEADER_BYTES);
    readFully(file, buffer, 0);
    LogFormat.Header header = LogFormat.header(buffer.flip());
    if (!header.group().equals(group)) {
      throw new PolluxException(
          Reason.LOG_FOREIGN,
          "it belongs to group "
              + header.group()
              + ", not to "
              + group
              + "; it was copied here from another node's directory");
    }
    return new Segment(name, file, header.base());
  }

  String name() {
    return name;
  }

  LogHead base() {
    return base;
  }

  Position first() {
    return base.position().next();
  }

  long bytes() {
    return writtenBytes;
  }

  /**
   * Reads and checks all records; the last segment's torn tail is cut. Returns the head behind the
   * last whole one.
   */
  LogHead recover(boolean isLast, Consumer<LogEntry> visitor) throws IOException, PolluxException {
    LogHead head = base;
    long offset = LogFormat.HEADER_BYTES;
    long size = file.size();
    while (offset < size) {
      Optional<LogEntry> entry = readAt(offset, size);
      if (entry.isEmpty() || !continues(head, entry.orElseThrow())) {
        if (!isLast || isAnythingValidAfter(offset + 1, size, head.position())) {
          throw new PolluxException(
              Reason.LOG_DAMAGED,
              "record "
                  + head.position().next()
                  + " at byte "
                  + offset
                  + " is damaged and others follow it; restore the file, or set the node up again"
                  + " as a backup of its peer");
        }
        file.truncate(offset);
        file.force();
        break;
      }
      LogEntry whole = entry.orElseThrow();
      remember(whole.position(), offset);
      head = new LogHead(whole.position(), whole.hash().value());
      offset += LogFormat.FRAME_BYTES + whole.body().value().length;
      visitor.accept(whole);
    }
    writtenBytes = offset;
    return head;
  }

  static boolean continues(LogHead head, LogEntry entry) {
    return entry.position().equals(head.position().next())
        && Arrays.equals(
            LogFormat.chain(head.hash(), entry.position(), entry.body().value()),
            entry.hash().value());
  }

  /**
   * A tear loses the end of what was written last; a whole record behind a bad one means damage.
   */
  private boolean isAnythingValidAfter(long from, long size, Position last) throws IOException {
    for (long offset = from; offset + LogFormat.FRAME_BYTES <= size; offset++) {
      Optional<LogEntry> entry = readAt(offset, size);
      if (entry.isPresent() && entry.orElseThrow().position().isAfter(last.next())) {
        return true;
      }
    }
    return false;
  }

  private Optional<LogEntry> readAt(long offset, long limit) throws IOException {
    if (offset + LogFormat.FRAME_BYTES > limit) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.allocate(LogFormat.FRAME_BYTES);
    readFully(file, buffer, offset);
    Optional<LogFormat.Frame> frame = LogFormat.frame(buffer);
    if (frame.isEmpty() || offset + LogFormat.FRAME_BYTES + frame.orElseThrow().length() > limit) {
      return Optional.empty();
    }
    byte[] body = new byte[frame.orElseThrow().length()];
    readFully(file, ByteBuffer.wrap(body), offset + LogFormat.FRAME_BYTES);
    if (!LogFormat.matches(frame.orElseThrow(), body)) {
      return Optional.empty();
    }
    return Optional.of(
        new LogEntry(
            frame.orElseThrow().position(),
            new SqlValue.Bytes(frame.orElseThrow().hash()),
            new SqlValue.Bytes(body)));
  }

  private static void readFully(Disk.StoredFile file, ByteBuffer target, long offset)
      throws IOException {
    long at = offset;
    while (target.hasRemaining()) {
      int read = file.read(target, at);
      if (read <= 0) {
        return; // Too short: the caller's checks fail on what is missing.
      }
      at += read;
    }
  }

  private void remember(Position position, long offset) {
    if ((position.index() - first().index()) % INDEX_STEP == 0) {
      synchronized (offsets) {
        offsets.put(position, offset);
      }
    }
  }

  /** Writes records behind the last one; does not force. The writer's thread. */
  void write(List<LogEntry> entries) throws IOException {
    int bytes = 0;
    for (LogEntry entry : entries) {
      bytes += LogFormat.FRAME_BYTES + entry.body().value().length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    for (LogEntry entry : entries) {
      remember(entry.position(), writtenBytes + buffer.position());
      LogFormat.put(buffer, entry);
    }
    file.write(buffer.flip(), writtenBytes);
    long end = writtenBytes + bytes;
    writtenBytes = end;
  }

  void force() throws IOException {
    file.force();
  }

  /**
   * Records from {@code from} on, at least one. Any thread, but not for what is still being
   * written.
   */
  List<LogEntry> read(Position from, int maxRecords, long maxBytes)
      throws IOException, PolluxException {
    Map.Entry<Position, Long> start;
    synchronized (offsets) {
      start = offsets.floorEntry(from);
    }
    List<LogEntry> entries = new ArrayList<>();
    long bytes = 0;
    long offset = start == null ? LogFormat.HEADER_BYTES : start.getValue();
    long limit = writtenBytes;
    while (offset < limit && entries.size() < maxRecords && bytes < maxBytes) {
      long at = offset;
      LogEntry entry =
          readAt(offset, limit)
              .orElseThrow(
                  () ->
                      new PolluxException(
                          Reason.LOG_DAMAGED,
                          "a record at byte " + at + " of " + name + " is damaged"));
      offset += LogFormat.FRAME_BYTES + entry.body().value().length;
      if (!entry.position().isBefore(from)) {
        entries.add(entry);
        bytes += entry.body().value().length;
      }
    }
    return entries;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
