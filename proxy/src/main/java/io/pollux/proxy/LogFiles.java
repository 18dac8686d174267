package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.FileDisk;
import io.pollux.log.LogHead;
import io.pollux.log.LogReader;
import io.pollux.log.LogReader.Fault;
import io.pollux.log.LogReader.Finding;
import io.pollux.log.LogReader.Located;
import io.pollux.log.LogReader.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The statement log in a node's directory, and what is said of its state. */
final class LogFiles {
  private static final RecordCodec CODEC = new RecordCodec();

  private LogFiles() {}

  /** Empty if the node has never run. */
  static Optional<LogReader> open(Path directory) throws PolluxException {
    Path log = directory.resolve("log");
    if (!Files.isDirectory(log)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new LogReader(new FileDisk(log)));
    } catch (IOException e) {
      throw new PolluxException(
          Reason.DISK_ERROR, "can't read " + log + ": " + e.getMessage() + "; check its rights", e);
    }
  }

  /** A write under way is no damage. */
  static Optional<Finding> damage(Report report) {
    return report.finding().filter(finding -> finding.fault() != Fault.UNFINISHED_TAIL);
  }

  /** Where the last {@code count} records begin. */
  static Position tail(LogReader log, int count) throws PolluxException {
    long end =
        log.read(new Position(Long.MAX_VALUE), record -> true)
            .head()
            .map(LogHead::position)
            .orElse(Position.NONE)
            .index();
    return new Position(Math.max(1, end - count + 1));
  }

  static String text(Finding finding) {
    return "BROKEN at record "
        + finding.position().index()
        + ", "
        + finding.file()
        + " at byte "
        + finding.offset()
        + ": "
        + finding.text();
  }

  /** What a verification found. */
  record Verdict(boolean isIntact, ObjectNode document, String text) {}

  static Verdict verify(Path directory) throws PolluxException {
    Optional<LogReader> log = open(directory);
    ObjectNode document = Output.MAPPER.createObjectNode();
    if (log.isEmpty()) {
      document.put("intact", true).put("records", 0);
      return new Verdict(true, document, "no log yet: the node has never run");
    }
    Unreadable unreadable = new Unreadable();
    Report report = log.orElseThrow().read(Position.NONE, unreadable);
    Optional<Finding> finding = unreadable.found.or(report::finding);
    boolean intact = unreadable.found.isEmpty() && damage(report).isEmpty();
    document.put("intact", intact).put("records", report.records());
    document.put("first", report.first().index());
    report.head().map(LogHead::position).ifPresent(last -> document.put("last", last.index()));
    finding.ifPresent(it -> document.set("finding", json(it)));
    String sum =
        "chain verified, "
            + report.records()
            + " records"
            + report
                .head()
                .filter(head -> report.records() > 0)
                .map(head -> " (" + report.first() + " to " + head.position() + ")")
                .orElse("");
    String text =
        intact
            ? finding.map(tail -> sum + "; " + tail.text() + ", as after a crash").orElse(sum)
            : text(finding.orElseThrow());
    return new Verdict(intact, document, text);
  }

  static ObjectNode json(Finding finding) {
    return Output.MAPPER
        .createObjectNode()
        .put("fault", finding.fault().name())
        .put("file", finding.file())
        .put("offset", finding.offset())
        .put("position", finding.position().index())
        .put("text", finding.text());
  }

  /** A record may be stored soundly and still not be one that this program reads. */
  private static final class Unreadable implements LogReader.Sink {
    private Optional<Finding> found = Optional.empty();

    @Override
    public boolean accept(Located record) {
      try {
        CODEC.decode(record.entry().body().value());
        return true;
      } catch (CodecException e) {
        found =
            Optional.of(
                new Finding(
                    Fault.DAMAGED,
                    record.file(),
                    record.offset(),
                    record.entry().position(),
                    String.valueOf(e.getMessage())));
        return false;
      }
    }
  }
}
