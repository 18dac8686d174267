package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.env.Disk;
import io.pollux.env.Disk.StoredFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Where written records lie, and how to get them back. On the loop; reads block. */
final class SegmentIndex {
  private final Disk disk;
  private final NavigableMap<Long, SegmentHeader> segments = new TreeMap<>();
  private final NavigableMap<Long, Mark> marks = new TreeMap<>();

  /** Where the last read ended, so that the next one need not search. */
  private Optional<Mark> cursor = Optional.empty();

  SegmentIndex(Disk disk) {
    this.disk = disk;
  }

  void add(List<SegmentHeader> headers, List<Mark> newMarks) {
    headers.forEach(header -> segments.put(header.first(), header));
    newMarks.forEach(mark -> marks.put(mark.position(), mark));
  }

  SegmentHeader oldest() {
    return segments.firstEntry().getValue();
  }

  /** The first position of the oldest of the {@code newest} last files. */
  long startOfLast(int newest) {
    return segments.descendingKeySet().stream().limit(newest).min(Long::compare).orElseThrow();
  }

  boolean hasFilesBefore(long position) {
    return segments.size() > 1 && segments.higherKey(segments.firstKey()) <= position;
  }

  /** Takes the files out whose records all lie before {@code position}, never the last one. */
  List<String> removeBefore(long position) {
    List<String> files = new ArrayList<>();
    while (hasFilesBefore(position)) {
      files.add(segments.pollFirstEntry().getValue().fileName());
    }
    marks.headMap(segments.firstKey(), false).clear();
    cursor = Optional.empty();
    return files;
  }

  /** Takes out what comes after {@code position}. Returns the files of which nothing is left. */
  List<String> removeAfter(long position) {
    List<String> files = new ArrayList<>();
    while (segments.size() > 1 && segments.lastKey() > position + 1) {
      files.add(segments.pollLastEntry().getValue().fileName());
    }
    marks.tailMap(position, false).clear();
    cursor = Optional.empty();
    return files;
  }

  /** The last file, after {@link #removeAfter}. */
  SegmentHeader newest() {
    return segments.lastEntry().getValue();
  }

  /** Where the frame ends that holds {@code position}, or the header of an empty file. */
  long endOf(long position) throws PolluxException {
    SegmentHeader newest = newest();
    return position < newest.first() ? SegmentHeader.BYTES : frame(position).end();
  }

  Frame frame(long position) throws PolluxException {
    List<Frame> frames = new ArrayList<>();
    readInto(frames, position, position, 1, 0);
    return frames.get(0);
  }

  /** From {@code from} to at most {@code to}, at least one, all from one file. */
  List<LogEntry> read(long from, long to, int maxRecords, long maxBodyBytes)
      throws PolluxException {
    List<Frame> frames = new ArrayList<>();
    readInto(frames, from, to, maxRecords, maxBodyBytes);
    return frames.stream().map(Frame::entry).toList();
  }

  private void readInto(List<Frame> frames, long from, long to, int maxRecords, long maxBodyBytes)
      throws PolluxException {
    Mark start =
        cursor
            .filter(mark -> mark.position() == from)
            .orElseGet(() -> marks.floorEntry(from).getValue());
    SegmentHeader segment = segments.get(start.segmentFirst());
    Long nextSegment = segments.higherKey(segment.first());
    long last = nextSegment == null ? to : Math.min(to, nextSegment - 1);
    try (StoredFile file = disk.openToRead(segment.fileName())) {
      FrameReader reader = new FrameReader(file, segment.salt(), start.offset());
      long left = maxBodyBytes;
      for (long at = start.position(); at <= last && frames.size() < maxRecords; at++) {
        Frame frame = next(reader, segment, at);
        if (at >= from) {
          left -= frame.entry().body().value().length;
          if (left < 0 && !frames.isEmpty()) {
            return;
          }
          frames.add(frame);
          cursor = Optional.of(new Mark(at + 1, segment.first(), frame.end()));
        }
      }
      if (frames.get(frames.size() - 1).position() == last) {
        cursor = Optional.empty();
      }
    } catch (IOException e) {
      throw new PolluxException(
          PolluxException.Reason.DISK_ERROR,
          "reading position "
              + from
              + " from "
              + segment.fileName()
              + " in "
              + disk
              + " failed: "
              + e.getMessage(),
          e);
    }
  }

  private Frame next(FrameReader reader, SegmentHeader segment, long position)
      throws IOException, PolluxException {
    Optional<Frame> frame = reader.next();
    if (frame.isEmpty() || frame.get().position() != position) {
      throw new PolluxException(
          PolluxException.Reason.LOG_DAMAGED,
          "the statement log in "
              + disk
              + " is damaged since it was opened: "
              + segment.fileName()
              + ", offset "
              + reader.offset()
              + ", position "
              + position
              + "; stop the node, run 'pollux log verify', and repair the node from its peer");
    }
    return frame.get();
  }
}
