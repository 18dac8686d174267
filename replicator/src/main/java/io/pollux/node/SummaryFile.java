package io.pollux.node;

import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Stamp;
import io.pollux.env.Disk;
import io.pollux.log.LogSummary;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What is remembered of records that were purged from the statement log, in a file beside its
 * segments; docs/log-format.md has its form. It is durable before the first segment goes.
 */
final class SummaryFile {
  static final String NAME = "summary";
  private static final String SLOT = "slot.";
  private static final String CHECK = "crc32c=";

  private SummaryFile() {}

  static void write(Disk disk, LogSummary.Remembered remembered) throws IOException {
    StringBuilder text = new StringBuilder("highest=" + remembered.highest() + "\n");
    remembered
        .lastStamps()
        .forEach(
            (slot, stamp) ->
                text.append(SLOT)
                    .append(slot.node())
                    .append('.')
                    .append(slot.number())
                    .append('=')
                    .append(stamp)
                    .append('\n'));
    remembered
        .reign()
        .ifPresent(
            reign ->
                text.append("reign.epoch=" + reign.epoch() + "\n")
                    .append("reign.boot=" + reign.boot() + "\n")
                    .append("reign.node=" + reign.node() + "\n")
                    .append("reign.at=" + reign.at() + "\n"));
    String check = CHECK + check(text.toString()) + "\n";
    text.append(check);
    DurableFile.write(disk, NAME, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String check(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }

  /**
   * Nothing if nothing was purged.
   *
   * @throws PolluxException LOG_DAMAGED if the file is not as it was written
   */
  static LogSummary.Remembered read(Disk disk) throws PolluxException {
    try {
      Optional<byte[]> content = DurableFile.read(disk, NAME);
      return content.isEmpty()
          ? LogSummary.Remembered.NOTHING
          : parse(new String(content.orElseThrow(), StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new PolluxException(
          Reason.LOG_DAMAGED,
          "can't read '"
              + NAME
              + "' in "
              + disk
              + ", which tells of purged records: "
              + e.getMessage()
              + "; nothing was changed; set the node up again with 'pollux join'",
          e);
    }
  }

  private static LogSummary.Remembered parse(String text) throws IOException {
    int end = text.lastIndexOf(CHECK);
    if (end < 0 || !text.substring(end).equals(CHECK + check(text.substring(0, end)) + "\n")) {
      throw new IOException("its checksum is wrong");
    }
    Properties values = new Properties();
    values.load(new StringReader(text.substring(0, end)));
    SortedMap<LogSummary.Slot, Stamp> stamps = new TreeMap<>();
    for (String name : values.stringPropertyNames()) {
      if (name.startsWith(SLOT)) {
        int number = name.lastIndexOf('.');
        stamps.put(
            new LogSummary.Slot(
                name.substring(SLOT.length(), number),
                Integer.parseInt(name.substring(number + 1))),
            Stamp.parse(values.getProperty(name)));
      }
    }
    Stamp highest = Stamp.parse(required(values, "highest"));
    return new LogSummary.Remembered(stamps, reign(values), highest);
  }

  private static Optional<LogRecord.Reign> reign(Properties values) {
    return values.containsKey("reign.node")
        ? Optional.of(
            new LogRecord.Reign(
                new Epoch(Long.parseLong(required(values, "reign.epoch"))),
                Long.parseLong(required(values, "reign.boot")),
                required(values, "reign.node"),
                "purged",
                Instant.parse(required(values, "reign.at"))))
        : Optional.empty();
  }

  private static String required(Properties values, String name) {
    String value = values.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }
}
