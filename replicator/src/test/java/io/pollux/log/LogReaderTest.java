package io.pollux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import io.pollux.env.FileDisk;
import io.pollux.env.SystemClock;
import io.pollux.env.ThreadLoop;
import io.pollux.log.LogReader.Fault;
import io.pollux.log.LogReader.Finding;
import io.pollux.log.LogReader.Report;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
  @TempDir private Path directory;

  @Test
  void aDirectoryWithoutLogIsAnEmptyReport() throws Exception {
    FileDisk disk = FileDisk.create(directory.resolve("empty"));
    Report report = new LogReader(disk).verify();
    assertEquals(Optional.empty(), report.group());
    assertEquals(Optional.empty(), report.head());
    assertEquals(Optional.empty(), report.finding());
    assertEquals(List.of(), disk.list());
  }

  @Test
  void recordsComeWithTheirPlaces() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(30);
    List<String> places = new ArrayList<>();
    Report report =
        new LogReader(fixture.disk)
            .read(
                new Position(12),
                record -> {
                  places.add(record.file() + "+" + record.offset());
                  return record.entry().position().index() < 14;
                });
    assertEquals(
        List.of(
            "0000000000000000001.log+" + (76 + 11 * 156),
            "0000000000000000013.log+76",
            "0000000000000000013.log+" + (76 + 156)),
        places);
    assertEquals(3, report.records());
    assertEquals(Optional.empty(), report.finding());
    Report all = new LogReader(fixture.disk).verify();
    assertEquals(Optional.of(LogFixture.GROUP), all.group());
    assertEquals(Optional.of(fixture.log.head()), all.head());
    assertEquals(new Position(1), all.first());
    assertEquals(30, all.records());
  }

  @Test
  void theGoodRecordsBeforeAFaultAreStillRead() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(30);
    fixture.disk.flipBit("0000000000000000013.log", 76 + 60, 0);
    List<Long> positions = new ArrayList<>();
    Report report =
        new LogReader(fixture.disk)
            .read(
                Position.NONE,
                record -> {
                  positions.add(record.entry().position().index());
                  return true;
                });
    Finding finding = report.finding().orElseThrow();
    assertEquals(Fault.DAMAGED, finding.fault());
    assertEquals(12, positions.size());
    assertEquals(12, report.records());
    assertEquals(12, report.head().orElseThrow().position().index());
  }

  /** A disk on which something happens before the n-th look at it. */
  private static final class Interrupted implements Disk {
    private final Disk disk;
    private final Runnable event;
    private int looksLeft;

    Interrupted(Disk disk, int looks, Runnable event) {
      this.disk = disk;
      this.event = event;
      looksLeft = looks;
    }

    private void look() {
      if (--looksLeft == 0) {
        event.run();
      }
    }

    @Override
    public List<String> list() throws IOException {
      look();
      return disk.list();
    }

    @Override
    public StoredFile openToRead(String name) throws IOException {
      StoredFile file = disk.openToRead(name);
      return new StoredFile() {
        @Override
        public long size() throws IOException {
          look();
          return file.size();
        }

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
          look();
          return file.read(target, offset);
        }

        @Override
        public void write(ByteBuffer source, long offset) {
          throw new AssertionError("a reader writes");
        }

        @Override
        public void truncate(long size) {
          throw new AssertionError("a reader truncates");
        }

        @Override
        public void force() {
          throw new AssertionError("a reader forces");
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }

    @Override
    public StoredFile open(String name) {
      throw new AssertionError("a reader opens for writing");
    }

    @Override
    public void rename(String from, String to) {
      throw new AssertionError("a reader renames");
    }

    @Override
    public void delete(String name) {
      throw new AssertionError("a reader deletes");
    }

    @Override
    public void forceDirectory() {
      throw new AssertionError("a reader forces");
    }

    @Override
    public long usableBytes() {
      throw new AssertionError("a reader needs no space");
    }
  }

  @Test
  void wheneverTheWriterGoesOnTheReaderSeesTheLogAsItWasOrAsItIs() throws Exception {
    for (int more : new int[] {1, 3, 30}) {
      boolean happened = true;
      for (int looks = 1; happened; looks++) {
        LogFixture fixture = LogFixture.opened();
        fixture.appendForced(15);
        boolean[] event = {false};
        Runnable goOn =
            () -> {
              event[0] = true;
              append(fixture, more);
            };
        Report report = new LogReader(new Interrupted(fixture.disk, looks, goOn)).verify();
        String when = more + " more at look " + looks;
        assertEquals(Optional.empty(), report.finding(), when);
        assertTrue(report.records() >= 15 && report.records() <= 15 + more, when);
        happened = event[0];
      }
    }
  }

  private static void append(LogFixture fixture, int records) {
    try {
      fixture.appendForced(records);
    } catch (PolluxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Timeout(60)
  void whileANodeWritesAReaderNeverSeesDamage() throws Exception {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    FileDisk disk = FileDisk.create(directory.resolve("log"));
    LogSettings settings =
        new LogSettings(new UUID(1, 2), 20_000, 5_000, 5_000, 1 << 20, 1000, 10_000);
    try (ThreadLoop loop = new ThreadLoop("loop", new SystemClock(), failures::add);
        ThreadLoop writer = new ThreadLoop("writer", new SystemClock(), failures::add)) {
      CompletableFuture<StatementLog> opened = new CompletableFuture<>();
      loop.execute(() -> opened.complete(open(disk, loop, writer, settings, failures)));
      StatementLog log = opened.get(10, TimeUnit.SECONDS);
      CompletableFuture<Void> written = new CompletableFuture<>();
      loop.execute(() -> appendAll(log, loop, 3000, written));
      long last = 0;
      int passes = 0;
      while (!written.isDone()) {
        Report report = new LogReader(disk).verify();
        report
            .finding()
            .ifPresent(
                finding -> assertEquals(Fault.UNFINISHED_TAIL, finding.fault(), "" + finding));
        long head = report.head().orElseThrow().position().index();
        assertTrue(head >= last, head + " after " + last);
        last = head;
        passes++;
      }
      assertTrue(passes > 2, passes + " passes");
      assertEquals(3000, new LogReader(disk).verify().records());
      assertTrue(failures.isEmpty(), failures.toString());
      CompletableFuture<Void> closed = new CompletableFuture<>();
      loop.execute(() -> log.close(() -> closed.complete(null)));
      closed.get(10, TimeUnit.SECONDS);
    }
    assertFalse(new LogReader(disk).verify().finding().isPresent());
  }

  private static StatementLog open(
      FileDisk disk,
      ThreadLoop loop,
      ThreadLoop writer,
      LogSettings settings,
      ConcurrentLinkedQueue<Throwable> failures) {
    try {
      return StatementLog.open(disk, loop, writer, settings, (position, body) -> {}, failures::add);
    } catch (PolluxException e) {
      throw new AssertionError(e);
    }
  }

  /** A few at a time, so that there are many batches. */
  private static void appendAll(
      StatementLog log, ThreadLoop loop, int left, CompletableFuture<Void> done) {
    try {
      int count = Math.min(left, 1 + left % 7);
      for (int i = 0; i < count; i++) {
        log.append(new byte[1 + (left * 31 + i * 17) % 3000]);
      }
      log.onForced(
          log.head().position(),
          () -> {
            if (left == count) {
              done.complete(null);
            } else {
              appendAll(log, loop, left - count, done);
            }
          });
    } catch (PolluxException e) {
      done.completeExceptionally(e);
    }
  }
}
