package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.env.Disk;
import io.pollux.env.Disk.StoredFile;
import io.pollux.env.FailPoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Puts records into files. On the writer's thread once the log is open. After an exception nothing
 * but {@link #abandon} may be called.
 */
final class LogWriter {
  private static final System.Logger LOG = System.getLogger(LogWriter.class.getName());
  private static final String UNFINISHED_SUFFIX = ".tmp";

  private final Disk disk;
  private final LogSettings settings;
  private final Reserve reserve;
  private final ByteBuffer staged;
  private StoredFile file;
  private SegmentHeader segment;
  private int salt;
  private LogHead head;

  /** Behind the last record, staged ones included. */
  private long end;

  /** Up to which the file holds zeros for what comes. */
  private long allocated;

  private long lastMark;
  private long forced;

  LogWriter(Disk disk, LogSettings settings) {
    this.disk = disk;
    this.settings = settings;
    reserve = new Reserve(disk, settings.reserveBytes(), 2L * settings.preallocateBytes());
    staged = ByteBuffer.allocateDirect((int) Math.min(1 << 20, settings.segmentBytes()));
  }

  /** What a batch added to the index. */
  record Written(List<SegmentHeader> segments, List<Mark> marks) {}

  /**
   * What the disk still takes.
   *
   * @param roomBytes without the reserve
   */
  record Space(long roomBytes, boolean reserved) {}

  /** Removes what a crash in {@link #begin} left behind, and makes durable what names there are. */
  static void clean(Disk disk) throws IOException {
    for (String name : disk.list()) {
      if (name.endsWith(UNFINISHED_SUFFIX)) {
        disk.delete(name);
      }
    }
    disk.forceDirectory();
  }

  /** The segments go first, the newest before all others: no gap, and what tells of them stays. */
  static void deleteAll(Disk disk) throws IOException {
    List<String> files = new ArrayList<>(disk.list());
    Collections.reverse(files);
    List<String> segments = files.stream().filter(SegmentHeader::isSegmentName).toList();
    files.removeAll(segments);
    for (String segment : segments) {
      disk.delete(segment);
      disk.forceDirectory();
    }
    for (String other : files) {
      disk.delete(other);
    }
    disk.forceDirectory();
  }

  /**
   * Begins a file. It gets its name only when its header is durable, and records only when its name
   * is: whoever finds a file finds a header in it.
   */
  SegmentHeader begin(LogHead before) throws IOException {
    segment = SegmentHeader.after(before, settings.group());
    salt = segment.salt();
    head = before;
    if (disk.usableBytes() < settings.preallocateBytes()) {
      reserve.giveUp();
    }
    String unfinished = segment.fileName() + UNFINISHED_SUFFIX;
    file = disk.open(unfinished);
    file.write(segment.encode(), 0);
    file.force();
    disk.rename(unfinished, segment.fileName());
    disk.forceDirectory();
    end = SegmentHeader.BYTES;
    allocated = end;
    forced = before.position().index();
    return segment;
  }

  /**
   * Goes on behind the last good record of a file and makes durable what is there. What is not
   * proven to be durable is written again: after a failed force the system may take bytes for clean
   * that never reached the disk.
   */
  void resume(SegmentHeader header, LogHead last, long provenEnd, long goodEnd) throws IOException {
    segment = header;
    salt = header.salt();
    head = last;
    file = disk.open(header.fileName());
    file.truncate(goodEnd);
    rewrite(provenEnd, goodEnd);
    file.force();
    end = goodEnd;
    allocated = goodEnd;
    lastMark = goodEnd - Mark.EVERY_BYTES;
    forced = last.position().index();
  }

  private void rewrite(long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      staged.clear().limit((int) Math.min(staged.capacity(), to - at));
      int count = file.read(staged, at);
      file.write(staged.flip(), at);
      at += count;
    }
    staged.clear();
  }

  /** Writes all of them; durable only after {@link #force}. */
  Written write(List<LogEntry> entries) throws IOException {
    List<SegmentHeader> begun = new ArrayList<>();
    List<Mark> marks = new ArrayList<>();
    for (LogEntry entry : entries) {
      long bytes = Frame.bytes(entry);
      if (end + bytes > settings.segmentBytes() && end > SegmentHeader.BYTES) {
        begun.add(roll());
      }
      allocate(end + bytes);
      if (end == SegmentHeader.BYTES || end - lastMark >= Mark.EVERY_BYTES) {
        marks.add(new Mark(entry.position().index(), segment.first(), end));
        lastMark = end;
      }
      stage(new Frame(entry, end, forced));
      head = LogHead.of(entry);
    }
    flush();
    return new Written(begun, marks);
  }

  void force() throws IOException {
    file.force();
    forced = head.position().index();
  }

  private SegmentHeader roll() throws IOException {
    flush();
    file.truncate(end);
    file.force();
    file.close();
    SegmentHeader begun = begin(head);
    FailPoints.hit("log.afterRoll");
    return begun;
  }

  private void stage(Frame frame) throws IOException {
    stage(frame.header(salt));
    stage(frame.entry().body().value());
  }

  private void stage(byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; ) {
      if (!staged.hasRemaining()) {
        flush();
      }
      int count = Math.min(staged.remaining(), bytes.length - at);
      staged.put(bytes, at, count);
      at += count;
      end += count;
    }
  }

  private void flush() throws IOException {
    staged.flip();
    if (staged.hasRemaining()) {
      file.write(staged, end - staged.remaining());
    }
    staged.clear();
  }

  /** Extends the file by zeros, so that writing records needs no space and little metadata. */
  private void allocate(long needed) throws IOException {
    if (needed <= allocated) {
      return;
    }
    long step = settings.preallocateBytes();
    long ahead = Math.min(settings.segmentBytes(), (needed + step - 1) / step * step);
    long usable = disk.usableBytes();
    long target = usable >= ahead - allocated + step ? Math.max(needed, ahead) : needed;
    if (usable < target - allocated + step) {
      reserve.giveUp();
    }
    try {
      Reserve.fill(file, allocated, target);
    } catch (IOException full) {
      // Others write to this disk too. Zeros before what they lead to may be written twice.
      LOG.log(
          System.Logger.Level.WARNING, "No space for the statement log; using the reserve", full);
      reserve.giveUp();
      Reserve.fill(file, allocated, target);
    }
    allocated = target;
  }

  /** Looks how much space there is, and takes the reserve back if there is enough. */
  Space measure() throws IOException {
    reserve.takeIfThereIsRoom();
    return new Space(disk.usableBytes() + allocated - end, reserve.isHeld());
  }

  /** Deletes the files one after the other, so that a crash leaves no hole between them. */
  void delete(List<String> files) throws IOException {
    for (String name : files) {
      disk.delete(name);
      disk.forceDirectory();
    }
  }

  /** Cuts the log; {@code files} is what is deleted, the last one first. */
  void truncate(List<String> files, SegmentHeader newest, LogHead last, long newEnd)
      throws IOException {
    file.close();
    delete(files);
    resume(newest, last, newEnd, newEnd);
  }

  /** Gives back what was allocated ahead, and closes the file. */
  void close() throws IOException {
    file.truncate(end);
    file.force();
    file.close();
  }

  /** Closes the file after a failure. */
  void abandon() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Closing the statement log failed", e);
    }
  }
}
