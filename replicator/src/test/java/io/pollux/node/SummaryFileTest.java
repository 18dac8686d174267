package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Stamp;
import io.pollux.env.Disk;
import io.pollux.env.FileDisk;
import io.pollux.log.LogSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryFileTest {
  @TempDir Path directory;

  private static LogSummary.Remembered remembered() {
    TreeMap<LogSummary.Slot, Stamp> stamps = new TreeMap<>();
    stamps.put(new LogSummary.Slot("0af3", 1), new Stamp(1, 2, 300));
    stamps.put(new LogSummary.Slot("0af3", 12), new Stamp(1, 2, 7));
    stamps.put(new LogSummary.Slot("99", 1), new Stamp(3, 1, 1));
    LogRecord.Reign reign =
        new LogRecord.Reign(
            new Epoch(3), 4, "99", "purged", Instant.parse("2026-11-25T01:02:03.456Z"));
    return new LogSummary.Remembered(stamps, Optional.of(reign), new Stamp(3, 1, 9));
  }

  @Test
  void whatIsRememberedComesBack() throws Exception {
    Disk disk = new FileDisk(directory);
    assertEquals(LogSummary.Remembered.NOTHING, SummaryFile.read(disk));
    SummaryFile.write(disk, remembered());
    assertEquals(remembered(), SummaryFile.read(disk));
    LogSummary.Remembered less =
        new LogSummary.Remembered(new TreeMap<>(), Optional.empty(), new Stamp(1, 1, 1));
    SummaryFile.write(disk, less);
    assertEquals(less, SummaryFile.read(disk));
  }

  @Test
  void aFileThatIsNotAsItWasWrittenIsRefused() throws Exception {
    Disk disk = new FileDisk(directory);
    SummaryFile.write(disk, remembered());
    byte[] good = Files.readAllBytes(directory.resolve(SummaryFile.NAME));
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertRefused(disk, bad, "byte " + i + " was changed");
    }
    for (int length = 0; length < good.length; length++) {
      assertRefused(disk, java.util.Arrays.copyOf(good, length), "cut to " + length);
    }
  }

  private void assertRefused(Disk disk, byte[] content, String what) throws IOException {
    Files.write(directory.resolve(SummaryFile.NAME), content);
    PolluxException error = assertThrows(PolluxException.class, () -> SummaryFile.read(disk), what);
    assertEquals(PolluxException.Reason.LOG_DAMAGED, error.reason());
  }

  @Test
  void aSizeIsReadAndWrittenAsPeopleDo() {
    assertEquals(new ByteSize(10L << 30), ByteSize.parse("10GB"));
    assertEquals(new ByteSize(512L << 20), ByteSize.parse(" 512mb "));
    assertEquals("10GB", new ByteSize(10L << 30).toString());
    assertEquals("1536MB", new ByteSize(1536L << 20).toString());
    for (String bad : new String[] {"", "10", "GB", "-1GB", "0MB", "1.5GB", "9999999GB"}) {
      assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(bad), bad);
    }
  }
}
