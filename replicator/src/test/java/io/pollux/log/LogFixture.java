package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import io.pollux.env.FakeLoop;
import io.pollux.env.MemoryDisk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A log in memory, on a loop that is turned by hand. */
final class LogFixture {
  static final UUID GROUP = new UUID(0x0123456789abcdefL, 0x8899aabbccddeeffL);
  static final LogSettings SETTINGS =
      new LogSettings(GROUP, 2000, 600, 1500, 100_000, 700, 100_000);

  final MemoryDisk disk;
  final LogSettings settings;
  final List<PolluxException> failures = new ArrayList<>();

  /** What the log showed while it was opened. */
  final List<String> seen = new ArrayList<>();

  FakeLoop loop = new FakeLoop();
  StatementLog log;

  LogFixture(MemoryDisk disk, LogSettings settings) {
    this.disk = disk;
    this.settings = settings;
  }

  static LogFixture opened() throws PolluxException {
    return opened(SETTINGS);
  }

  static LogFixture opened(LogSettings settings) throws PolluxException {
    LogFixture fixture = new LogFixture(new MemoryDisk(), settings);
    fixture.open();
    return fixture;
  }

  void open() throws PolluxException {
    seen.clear();
    loop = new FakeLoop();
    log =
        StatementLog.open(
            disk,
            loop,
            loop,
            settings,
            (position, body) -> seen.add(position + "=" + text(body)),
            failures::add);
  }

  /** Closes the log in good order and opens it again. */
  void reopen() throws PolluxException {
    close();
    open();
  }

  void close() {
    boolean[] closed = {false};
    log.close(() -> closed[0] = true);
    loop.runUntilIdle();
    if (!closed[0]) {
      throw new AssertionError("the log did not close");
    }
  }

  Position append(String body) throws PolluxException {
    return log.append(bytes(body));
  }

  /** Appends records of 100 bytes, each a batch of its own. */
  void appendForced(int records) throws PolluxException {
    for (int i = 0; i < records; i++) {
      append(body(log.head().position().next().index()));
      loop.runUntilIdle();
    }
  }

  static String body(long position) {
    return "record " + position + " ".repeat(100 - 7 - Long.toString(position).length());
  }

  /** All that is kept, as {@code position=body}. */
  List<String> contents() throws PolluxException {
    List<String> result = new ArrayList<>();
    Position next = log.first();
    while (!next.isAfter(log.head().position())) {
      for (LogEntry entry : log.read(next, 3, 1000)) {
        result.add(entry.position() + "=" + text(entry.body().value()));
        next = entry.position().next();
      }
    }
    return result;
  }

  static List<String> segments(Disk disk) throws java.io.IOException {
    return LogScan.segmentFiles(disk);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
