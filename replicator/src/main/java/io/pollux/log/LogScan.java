package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import io.pollux.env.Disk.StoredFile;
import io.pollux.log.LogReader.Fault;
import io.pollux.log.LogReader.Finding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One pass over the files of a log that verifies all it sees: the judge of what is a torn write,
 * which recovery cuts, and what is damage, which nobody cuts (FAULTS.md H19).
 */
final class LogScan {
  /** Takes the frames; returns whether to go on. */
  @FunctionalInterface
  interface Sink {
    boolean accept(SegmentHeader segment, Frame frame) throws PolluxException;
  }

  private final Disk disk;
  private final Chain chain = new Chain();
  private final List<SegmentHeader> segments = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private Optional<Finding> finding = Optional.empty();
  private LogHead head;
  private long end;
  private long batchOffset;
  private long batchForced;

  LogScan(Disk disk) {
    this.disk = disk;
  }

  /** Those that were read, in order. */
  List<SegmentHeader> segments() {
    return segments;
  }

  List<Mark> marks() {
    return marks;
  }

  Optional<Finding> finding() {
    return finding;
  }

  /** Of the last good record, or before the first one; empty if there is no file. */
  Optional<LogHead> head() {
    return Optional.ofNullable(head);
  }

  /** In the last file, behind the last good record. */
  long end() {
    return end;
  }

  /** In the last file, before the records that nothing shows to be durable. */
  long provenEnd() {
    return batchOffset;
  }

  static List<String> segmentFiles(Disk disk) throws IOException {
    return disk.list().stream().filter(SegmentHeader::isSegmentName).toList();
  }

  void run(Position from, Sink sink) throws IOException, PolluxException {
    Optional<String> file = startingFile(from);
    while (file.isPresent() && finding.isEmpty()) {
      if (!readSegment(file.get(), sink)) {
        return;
      }
      file = successor(file.get());
    }
  }

  private Optional<String> startingFile(Position from) throws IOException {
    List<String> files = segmentFiles(disk);
    return files.stream()
        .filter(file -> SegmentHeader.first(file) <= from.index())
        .reduce((a, b) -> b)
        .or(() -> files.stream().findFirst());
  }

  private Optional<String> successor(String file) throws IOException {
    return segmentFiles(disk).stream().filter(other -> other.compareTo(file) > 0).findFirst();
  }

  /** Returns whether to go on with the next file. */
  private boolean readSegment(String name, Sink sink) throws IOException, PolluxException {
    try (StoredFile file = disk.openToRead(name)) {
      Optional<SegmentHeader> header = header(file, name);
      if (header.isEmpty()) {
        return false;
      }
      segments.add(header.get());
      head = header.get().before();
      end = SegmentHeader.BYTES;
      batchOffset = end;
      batchForced = -1;
      return readFrames(file, header.get(), sink);
    }
  }

  private Optional<SegmentHeader> header(StoredFile file, String name) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
    int unused = file.read(bytes, 0);
    Optional<SegmentHeader> header = SegmentHeader.decode(bytes.flip());
    Optional<Finding> wrong =
        header.isEmpty()
            ? Optional.of(at(Fault.DAMAGED, name, 0, "the header of the file is damaged"))
            : check(header.get(), name);
    if (wrong.isPresent()) {
      finding = wrong;
      return Optional.empty();
    }
    return header;
  }

  private Optional<Finding> check(SegmentHeader header, String name) {
    if (header.version() != SegmentHeader.VERSION) {
      return Optional.of(
          at(
              Fault.NEWER_VERSION,
              name,
              0,
              "the file has format version "
                  + header.version()
                  + ", this program knows version "
                  + SegmentHeader.VERSION
                  + "; run the version of Pollux that wrote it, or a later one"));
    }
    if (!header.fileName().equals(name)) {
      return Optional.of(
          at(Fault.DAMAGED, name, 0, "the file was " + header.fileName() + " when it was written"));
    }
    if (head == null) {
      return Optional.empty();
    }
    if (!header.group().equals(segments.get(0).group())) {
      return Optional.of(at(Fault.FOREIGN, name, 0, "the file belongs to group " + header.group()));
    }
    if (!header.before().equals(head)) {
      String text =
          header.first() == head.position().index() + 1
              ? "the file does not continue the hash chain"
              : "the file starts at position " + header.first() + "; what lies between is missing";
      return Optional.of(at(Fault.DAMAGED, name, 0, text));
    }
    return Optional.empty();
  }

  /**
   * Reads to the end of the file. Whether it has a successor is asked first: if it has one, a
   * writer never touches it again, and everything in it was durable before the successor appeared.
   */
  private boolean readFrames(StoredFile file, SegmentHeader header, Sink sink)
      throws IOException, PolluxException {
    while (true) {
      boolean last = successor(header.fileName()).isEmpty();
      FrameReader reader = new FrameReader(file, header.salt(), end);
      Optional<Frame> frame = reader.next();
      while (frame.isPresent()) {
        if (!follows(frame.get(), header)) {
          return false;
        }
        if (!sink.accept(header, frame.get())) {
          return false;
        }
        frame = reader.next();
      }
      if (isJudged(file, header, reader, last)) {
        return !last && finding.isEmpty();
      }
    }
  }

  private boolean follows(Frame frame, SegmentHeader header) {
    LogEntry entry = frame.entry();
    Position expected = head.position().next();
    byte[] hash = chain.next(head.hash().value(), expected.index(), entry.body().value());
    if (!entry.position().equals(expected) || !Arrays.equals(hash, entry.hash().value())) {
      finding =
          Optional.of(
              at(
                  Fault.DAMAGED,
                  header.fileName(),
                  frame.offset(),
                  entry.position().equals(expected)
                      ? "the record does not continue the hash chain"
                      : "the record says that it is at position " + entry.position()));
      return false;
    }
    if (frame.forced() != batchForced) {
      batchForced = frame.forced();
      batchOffset = frame.offset();
    }
    Mark previous = marks.isEmpty() ? null : marks.get(marks.size() - 1);
    if (previous == null
        || previous.segmentFirst() != header.first()
        || frame.offset() - previous.offset() >= Mark.EVERY_BYTES) {
      marks.add(new Mark(frame.position(), header.first(), frame.offset()));
    }
    head = LogHead.of(entry);
    end = frame.end();
    return true;
  }

  /** Decides what it means that no record lies at the end; false if a writer has just put one. */
  private boolean isJudged(StoredFile file, SegmentHeader header, FrameReader reader, boolean last)
      throws IOException {
    String name = header.fileName();
    if (!last) {
      if (file.size() != end) {
        finding = Optional.of(at(Fault.DAMAGED, name, end, "the record is damaged"));
      }
      return true;
    }
    if (reader.isAtEnd()) {
      return true;
    }
    boolean proven = reader.isProvenDurable(head.position().index() + 1);
    // Read again: a writer that went on while we looked may have left the proof, and the record.
    if (new FrameReader(file, header.salt(), end).next().isPresent()) {
      return false;
    }
    finding =
        Optional.of(
            proven
                ? at(
                    Fault.DAMAGED,
                    name,
                    end,
                    "the record is damaged; later ones show that it had been written completely")
                : at(Fault.UNFINISHED_TAIL, name, end, "the last write is not complete"));
    return true;
  }

  private Finding at(Fault fault, String file, long offset, String text) {
    Position position =
        head == null ? new Position(SegmentHeader.first(file)) : head.position().next();
    return new Finding(fault, file, offset, position, text);
  }
}
