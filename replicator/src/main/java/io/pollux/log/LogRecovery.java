package io.pollux.log;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import io.pollux.log.LogReader.Fault;
import io.pollux.log.LogReader.Finding;
import java.io.IOException;
import java.util.List;

/** Opens the files of a log: verifies all, cuts a torn tail, refuses everything else. */
final class LogRecovery {
  private static final System.Logger LOG = System.getLogger(LogRecovery.class.getName());

  private final Disk disk;
  private final LogSettings settings;

  LogRecovery(Disk disk, LogSettings settings) {
    this.disk = disk;
    this.settings = settings;
  }

  /** A log that is ready to be continued. All of it is durable. */
  record Recovered(
      LogWriter writer, LogWriter.Space space, SegmentIndex index, Tail tail, LogHead head) {}

  Recovered run(StatementLog.Visitor visitor) throws IOException, PolluxException {
    LogWriter.clean(disk);
    LogWriter writer = new LogWriter(disk, settings);
    boolean succeeded = false;
    try {
      Recovered recovered =
          LogScan.segmentFiles(disk).isEmpty()
              ? begin(writer, LogHead.origin(settings.group()))
              : resume(writer, visitor);
      succeeded = true;
      return recovered;
    } finally {
      if (!succeeded) {
        writer.abandon();
      }
    }
  }

  /** A log whose first record will follow {@code before}. */
  void create(LogHead before) throws IOException, PolluxException {
    if (!LogScan.segmentFiles(disk).isEmpty()) {
      throw new PolluxException(
          Reason.DIRECTORY_EXISTS,
          "a statement log after position "
              + before.position()
              + " can't be created in "
              + disk
              + ": there is one already; move its files away first");
    }
    LogWriter.clean(disk);
    LogWriter writer = new LogWriter(disk, settings);
    try {
      writer.begin(before);
    } finally {
      writer.abandon();
    }
  }

  private Recovered begin(LogWriter writer, LogHead before) throws IOException {
    SegmentHeader header = writer.begin(before);
    SegmentIndex index = new SegmentIndex(disk);
    index.add(List.of(header), List.of());
    Tail tail = new Tail(settings.tailBytes(), before.position().index());
    return new Recovered(writer, writer.measure(), index, tail, before);
  }

  private Recovered resume(LogWriter writer, StatementLog.Visitor visitor)
      throws IOException, PolluxException {
    LogScan scan = new LogScan(disk);
    Tail[] tail = new Tail[1];
    scan.run(
        Position.NONE,
        (segment, frame) -> {
          if (tail[0] == null) {
            refuseForeign(segment);
            tail[0] = new Tail(settings.tailBytes(), frame.position() - 1);
          }
          tail[0].add(frame.entry());
          tail[0].evict(frame.position());
          visitor.record(frame.entry().position(), frame.entry().body().value());
          return true;
        });
    if (!scan.segments().isEmpty()) {
      refuseForeign(scan.segments().get(0));
    }
    if (scan.finding().isPresent()) {
      judge(scan.finding().get());
    }
    LogHead head = scan.head().orElseThrow();
    SegmentHeader last = scan.segments().get(scan.segments().size() - 1);
    writer.resume(last, head, scan.provenEnd(), scan.end());
    SegmentIndex index = new SegmentIndex(disk);
    index.add(scan.segments(), scan.marks());
    Tail kept = tail[0] == null ? new Tail(settings.tailBytes(), head.position().index()) : tail[0];
    return new Recovered(writer, writer.measure(), index, kept, head);
  }

  private void refuseForeign(SegmentHeader header) throws PolluxException {
    if (!header.group().equals(settings.group())) {
      throw new PolluxException(
          Reason.LOG_FOREIGN,
          "the statement log in "
              + disk
              + " belongs to group "
              + header.group()
              + ", this node to group "
              + settings.group()
              + "; point the node at its own directory");
    }
  }

  private void judge(Finding finding) throws PolluxException {
    String place =
        finding.file() + ", offset " + finding.offset() + ", position " + finding.position();
    switch (finding.fault()) {
      case UNFINISHED_TAIL ->
          LOG.log(
              System.Logger.Level.WARNING,
              "The statement log in {0} ends in an unfinished write ({1}); it is cut there",
              disk,
              place);
      case NEWER_VERSION ->
          throw new PolluxException(
              Reason.LOG_FOREIGN,
              "the statement log in "
                  + disk
                  + " can't be opened: "
                  + place
                  + ": "
                  + finding.text());
      case DAMAGED, FOREIGN ->
          throw new PolluxException(
              finding.fault() == Fault.FOREIGN ? Reason.LOG_FOREIGN : Reason.LOG_DAMAGED,
              "the statement log in "
                  + disk
                  + " can't be opened: "
                  + place
                  + ": "
                  + finding.text()
                  + "; nothing was changed; repair the node from its peer");
    }
  }
}
