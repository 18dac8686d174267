package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads and verifies a statement log and changes nothing, also while a node writes it. Any thread;
 * methods block.
 */
public final class LogReader {
  private final Disk disk;

  public LogReader(Disk disk) {
    this.disk = disk;
  }

  /** A record and where it lies. */
  public record Located(LogEntry entry, String file, long offset) {}

  /** Takes one record after the other. */
  @FunctionalInterface
  public interface Sink {
    /** Returns whether to go on. */
    boolean accept(Located record) throws PolluxException;
  }

  /** What can be wrong with a log. */
  public enum Fault {
    /**
     * The last write was cut short, or is under way; nothing shows that it had ever been durable.
     */
    UNFINISHED_TAIL,
    /** What had been durable is not there, or is not what it was. */
    DAMAGED,
    /** A file belongs to another group. */
    FOREIGN,
    /** A file was written in a later version of the format. */
    NEWER_VERSION
  }

  /**
   * The first thing that is wrong.
   *
   * @param position of the record that is expected there
   * @param text for people
   */
  public record Finding(Fault fault, String file, long offset, Position position, String text) {}

  /**
   * What was read.
   *
   * @param group empty if there is no log
   * @param first position that is still kept
   * @param head of what was read and verified
   */
  public record Report(
      Optional<UUID> group,
      Position first,
      Optional<LogHead> head,
      long records,
      Optional<Finding> finding) {}

  /**
   * Hands over the records from {@code from} on and verifies on the way every checksum and every
   * hash, from the beginning of the file in which {@code from} lies. Ends at the first fault.
   */
  public Report read(Position from, Sink sink) throws PolluxException {
    LogScan scan = new LogScan(disk);
    long[] records = {0};
    try {
      scan.run(
          from,
          (segment, frame) -> {
            if (frame.entry().position().isBefore(from)) {
              return true;
            }
            records[0]++;
            return sink.accept(new Located(frame.entry(), segment.fileName(), frame.offset()));
          });
    } catch (IOException e) {
      throw new PolluxException(
          PolluxException.Reason.DISK_ERROR,
          "reading the statement log in " + disk + " failed: " + e.getMessage(),
          e);
    }
    return new Report(
        scan.segments().stream().findFirst().map(SegmentHeader::group),
        scan.segments().stream()
            .findFirst()
            .map(header -> new Position(header.first()))
            .orElse(Position.NONE.next()),
        scan.head(),
        records[0],
        scan.finding());
  }

  /** Verifies the whole log. */
  public Report verify() throws PolluxException {
    return read(Position.NONE, record -> true);
  }
}
