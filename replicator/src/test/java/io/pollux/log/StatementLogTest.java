package io.pollux.log;

import static io.pollux.log.LogFixture.SETTINGS;
import static io.pollux.log.LogFixture.body;
import static io.pollux.log.LogFixture.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.env.MemoryDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatementLogTest {
  private static Position at(long index) {
    return new Position(index);
  }

  private static List<String> records(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(i -> i + "=" + body(i)).toList();
  }

  @Test
  void aRecordHasItsPlaceAtOnceAndReachesTheDiskLater() throws PolluxException {
    LogFixture fixture = LogFixture.opened();
    List<String> events = new ArrayList<>();
    assertEquals(at(1), fixture.append("a"));
    assertEquals(at(2), fixture.append("b"));
    assertEquals(at(2), fixture.log.head().position());
    assertEquals(Position.NONE, fixture.log.written());
    fixture.log.onForced(at(1), () -> events.add("forced 1 of " + fixture.log.forced()));
    fixture.log.onForced(at(2), () -> events.add("forced 2"));
    fixture.log.onWritten(at(2), () -> events.add("written 2 of " + fixture.log.written()));
    assertEquals(List.of(), events);
    fixture.loop.runUntilIdle();
    assertEquals(List.of("written 2 of 2", "forced 1 of 2", "forced 2"), events);
    fixture.log.onForced(at(1), () -> events.add("later"));
    assertEquals(3, events.size(), "never within the call");
    fixture.loop.runUntilIdle();
    assertEquals("later", events.get(3));
  }

  @Test
  void whatGathersWhileTheDiskWorksIsForcedAtOnce() throws PolluxException {
    LogFixture fixture =
        LogFixture.opened(new LogSettings(LogFixture.GROUP, 1 << 20, 1 << 16, 0, 1 << 20, 0, 1000));
    int before = fixture.disk.forces();
    for (int i = 0; i < 500; i++) {
      fixture.append("record");
    }
    fixture.loop.runUntilIdle();
    assertEquals(at(500), fixture.log.forced());
    assertEquals(1, fixture.disk.forces() - before);
  }

  @Test
  void everyRecordComesBackFromMemoryAndFromManyFiles() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(60);
    fixture.append(body(61)); // not written yet
    assertTrue(LogFixture.segments(fixture.disk).size() > 4);
    assertEquals(records(1, 61), fixture.contents());
    fixture.reopen();
    assertEquals(records(1, 61), fixture.seen);
    assertEquals(records(1, 61), fixture.contents());
    assertEquals(at(61), fixture.log.forced());
    assertEquals(List.of(), fixture.log.read(at(62), 1, 1));
  }

  @Test
  void readingReturnsAtLeastOneAndKeepsToItsBounds() throws PolluxException {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(40);
    for (long from : new long[] {1, 5, 39}) { // from files and from memory
      assertEquals(1, fixture.log.read(at(from), 1, Long.MAX_VALUE).size());
      assertEquals(1, fixture.log.read(at(from), 9, 0).size());
      assertEquals(2, fixture.log.read(at(from), 9, 299).size());
    }
    assertThrows(IllegalArgumentException.class, () -> fixture.log.read(at(0), 1, 1));
  }

  @Test
  void whatIsNotWrittenYetIsReadHoweverLittleIsKeptInMemory() throws PolluxException {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(1);
    fixture.append("x".repeat(5000));
    boolean[] written = {false};
    fixture.log.onWritten(at(2), () -> written[0] = true);
    fixture.loop.runOne(); // the batch is on its way
    fixture.append("y".repeat(5000));
    fixture.append("z");
    while (!written[0]) {
      fixture.loop.runOne();
    }
    assertEquals(at(2), fixture.log.written());
    assertEquals(at(3), fixture.log.read(at(3), 1, 1).get(0).position());
    assertEquals(at(4), fixture.log.read(at(4), 1, 1).get(0).position());
  }

  @Test
  void aRecordLargerThanAFileHasAFileOfItsOwn() throws Exception {
    LogFixture fixture = LogFixture.opened();
    String large = "x".repeat(50_000);
    fixture.append("a");
    fixture.append(large);
    fixture.append("b");
    fixture.loop.runUntilIdle();
    assertEquals(3, LogFixture.segments(fixture.disk).size());
    fixture.reopen();
    assertEquals(List.of("1=a", "2=" + large, "3=b"), fixture.contents());
  }

  @Test
  void theChainStartsWithTheGroupAndBindsEachRecord() throws PolluxException {
    LogFixture fixture = LogFixture.opened();
    Chain chain = new Chain();
    assertEquals(LogHead.origin(LogFixture.GROUP), fixture.log.head());
    fixture.appendForced(40);
    byte[] hash = chain.origin(LogFixture.GROUP);
    assertArrayEquals(hash, fixture.log.hashAt(Position.NONE).orElseThrow());
    for (long i = 1; i <= 40; i++) {
      hash = chain.next(hash, i, bytes(body(i)));
      assertArrayEquals(hash, fixture.log.hashAt(at(i)).orElseThrow(), "position " + i);
    }
    assertEquals(Optional.empty(), fixture.log.hashAt(at(41)));
    UUID other = new UUID(1, 1);
    assertFalse(LogHead.origin(other).equals(LogHead.origin(LogFixture.GROUP)));
  }

  @Test
  void shippedEntriesMakeTheSameLog() throws Exception {
    LogFixture source = LogFixture.opened();
    LogFixture target = LogFixture.opened();
    source.appendForced(30);
    for (long i = 1; i <= 30; i++) {
      target.log.appendForeign(source.log.read(at(i), 1, 1).get(0));
      target.loop.runUntilIdle();
    }
    assertEquals(source.log.head(), target.log.head());
    for (String file : LogFixture.segments(source.disk)) {
      assertArrayEquals(source.disk.bytes(file), target.disk.bytes(file), file);
    }
  }

  @Test
  void anEntryThatDoesNotContinueTheChainIsRefused() throws Exception {
    LogFixture source = LogFixture.opened();
    source.appendForced(3);
    List<LogEntry> entries = source.log.read(at(1), 3, 1000);
    LogFixture target = LogFixture.opened();
    target.log.appendForeign(entries.get(0));
    LogHead head = target.log.head();
    LogEntry second = entries.get(1);
    LogEntry edited =
        new LogEntry(second.position(), second.hash(), new SqlValue.Bytes(bytes("edited")));
    LogEntry empty =
        new LogEntry(second.position(), second.hash(), new SqlValue.Bytes(new byte[0]));
    for (LogEntry wrong : List.of(entries.get(0), entries.get(2), edited, empty)) {
      ChainBreak refused =
          assertThrows(ChainBreak.class, () -> target.log.appendForeign(wrong), wrong.toString());
      assertEquals(head, refused.head());
    }
    assertEquals(at(2), target.log.appendForeign(second));
  }

  @Test
  void aLogMayStartInTheMiddle() throws Exception {
    LogFixture source = LogFixture.opened();
    source.appendForced(20);
    LogHead before =
        new LogHead(at(10), new SqlValue.Bytes(source.log.hashAt(at(10)).orElseThrow()));
    LogFixture target = new LogFixture(new MemoryDisk(), SETTINGS);
    StatementLog.create(target.disk, SETTINGS, before);
    target.open();
    assertEquals(before, target.log.head());
    assertEquals(at(11), target.log.first());
    target.log.appendForeign(source.log.read(at(11), 1, 1).get(0));
    target.reopen();
    assertEquals(records(11, 11), target.contents());
    PolluxException refused =
        assertThrows(
            PolluxException.class, () -> StatementLog.create(target.disk, SETTINGS, before));
    assertEquals(Reason.DIRECTORY_EXISTS, refused.reason());
  }

  @Test
  void truncatingForgetsWhatComesAfter() throws Exception {
    for (long last = 0; last <= 31; last++) {
      LogFixture fixture = LogFixture.opened();
      fixture.appendForced(30);
      fixture.append(body(31));
      boolean[] done = {false};
      fixture.log.truncateAfter(at(last), () -> done[0] = true);
      assertThrows(IllegalStateException.class, () -> fixture.append("too early"));
      fixture.loop.runUntilIdle();
      assertTrue(done[0]);
      assertEquals(at(last), fixture.log.head().position());
      assertEquals(records(1, last), fixture.contents());
      fixture.disk.crash(new java.util.Random(last)); // it was durable
      fixture.open();
      assertEquals(records(1, last), fixture.contents());
      fixture.append("new");
      fixture.reopen();
      assertEquals((last + 1) + "=new", fixture.seen.get((int) last));
    }
  }

  @Test
  void purgingDeletesWholeFilesAndTheLogGoesOn() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(60);
    int files = LogFixture.segments(fixture.disk).size();
    fixture.log.purgeBefore(at(30));
    fixture.loop.runUntilIdle();
    long first = fixture.log.first().index();
    assertTrue(first > 1 && first <= 30, "first is " + first);
    assertTrue(LogFixture.segments(fixture.disk).size() < files);
    assertEquals(records(first, 60), fixture.contents());
    assertTrue(fixture.log.hashAt(at(first - 1)).isPresent());
    assertEquals(Optional.empty(), fixture.log.hashAt(at(first - 2)));
    assertThrows(IllegalArgumentException.class, () -> fixture.log.read(at(first - 1), 1, 1));
    fixture.log.purgeBefore(at(1000));
    fixture.loop.runUntilIdle();
    assertEquals(1, LogFixture.segments(fixture.disk).size());
    fixture.appendForced(20);
    fixture.reopen();
    assertEquals(at(80), fixture.log.head().position());
  }

  @Test
  void aFailedForceStopsTheLogForGood() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(2);
    List<String> events = new ArrayList<>();
    fixture.disk.failForce(1);
    fixture.append("lost?");
    fixture.log.onForced(at(3), () -> events.add("must not come"));
    fixture.loop.runUntilIdle();
    assertEquals(List.of(), events);
    assertEquals(1, fixture.failures.size());
    assertEquals(Reason.DISK_ERROR, fixture.failures.get(0).reason());
    int forces = fixture.disk.forces();
    assertFalse(fixture.log.acceptsNew());
    for (PolluxException refused :
        List.of(
            assertThrows(PolluxException.class, () -> fixture.append("x")),
            assertThrows(PolluxException.class, () -> fixture.log.appendDecision(bytes("x"))),
            assertThrows(PolluxException.class, () -> fixture.log.onForced(at(1), () -> {})),
            assertThrows(PolluxException.class, () -> fixture.log.onWritten(at(1), () -> {})),
            assertThrows(PolluxException.class, () -> fixture.log.purgeBefore(at(1))),
            assertThrows(
                PolluxException.class, () -> fixture.log.truncateAfter(at(1), () -> {})))) {
      assertEquals(Reason.DISK_ERROR, refused.reason());
    }
    fixture.close();
    assertEquals(1, fixture.failures.size(), "told once");
    assertEquals(forces, fixture.disk.forces(), "nothing is tried again");
    fixture.open();
    assertEquals(at(3), fixture.log.head().position(), "the write itself had succeeded");
  }

  @Test
  void aFailedWriteStopsTheLogAndLosesNothingThatWasForced() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(2);
    fixture.disk.cutPowerAt(1);
    fixture.append("x");
    fixture.loop.runUntilIdle();
    assertEquals(1, fixture.failures.size());
    fixture.disk.crash(new java.util.Random(1));
    fixture.open();
    assertEquals(records(1, 2), fixture.contents());
  }

  @Test
  void closingMakesDurableWhatWasAppended() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.append("a");
    fixture.close();
    assertEquals(
        Reason.STOPPED, assertThrows(PolluxException.class, () -> fixture.append("b")).reason());
    assertThrows(IllegalStateException.class, () -> fixture.log.close(() -> {}));
    fixture.disk.crash(new java.util.Random(3));
    fixture.open();
    assertEquals(List.of("1=a"), fixture.contents());
  }

  @Test
  void closingAfterAFailureStillEnds() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.disk.failForce(1);
    fixture.append("a");
    fixture.close(); // the failure comes on the way
    assertEquals(1, fixture.failures.size());
  }

  @Test
  void onAFullDiskNewWorkIsRefusedAndDecisionsUseTheReserve() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(3);
    assertTrue(fixture.log.acceptsNew());
    long used = Long.MAX_VALUE / 2 - fixture.disk.usableBytes();
    fixture.disk.limit(used + 700);
    fixture.appendForced(1); // so that the log looks
    while (fixture.log.acceptsNew()) {
      fixture.appendForced(1);
    }
    assertEquals(
        Reason.DISK_FULL, assertThrows(PolluxException.class, () -> fixture.append("x")).reason());
    assertEquals(List.of(), fixture.failures);
    int decisions = 0;
    PolluxException refused = null;
    while (refused == null) {
      try {
        fixture.log.appendDecision(bytes("COMMIT"));
        fixture.loop.runUntilIdle();
        decisions++;
      } catch (PolluxException e) {
        refused = e;
      }
    }
    assertEquals(Reason.DISK_FULL, refused.reason());
    assertTrue(decisions * 62 > 1500, decisions + " decisions fit, more than without the reserve");
    assertEquals(List.of(), fixture.failures, "the log itself has not failed");
    long head = fixture.log.head().position().index();

    fixture.disk.limit(used + 100_000);
    assertFalse(fixture.log.acceptsNew(), "it has to look first");
    fixture.loop.runUntilIdle();
    assertTrue(fixture.log.acceptsNew(), "space came back, and the reserve with it");
    fixture.reopen();
    assertEquals(head, fixture.log.head().position().index());
  }

  @Test
  void aDiskThatIsTooFarBehindTakesNoNewWork() throws Exception {
    LogFixture fixture = LogFixture.opened();
    while (fixture.log.acceptsNew()) {
      fixture.append("x".repeat(1000));
    }
    assertEquals(95, fixture.log.head().position().index());
    fixture.append("what was admitted is taken");
    fixture.loop.runUntilIdle();
    assertTrue(fixture.log.acceptsNew());
  }

  @Test
  void theLogOfAnotherGroupIsNotOpened() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.close(); // with no record in it
    LogSettings other = LogSettings.defaults(new UUID(7, 7));
    LogFixture intruder = new LogFixture(fixture.disk, other);
    PolluxException refused = assertThrows(PolluxException.class, intruder::open);
    assertEquals(Reason.LOG_FOREIGN, refused.reason());
    assertTrue(refused.getMessage().contains(LogFixture.GROUP.toString()), refused.getMessage());
    fixture.open();
    fixture.appendForced(1);
    fixture.close();
    assertThrows(PolluxException.class, intruder::open);
    assertEquals(List.of(), intruder.seen);
  }

  @Test
  void aVisitorMayRefuse() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(2);
    fixture.close();
    PolluxException refused =
        assertThrows(
            PolluxException.class,
            () ->
                StatementLog.open(
                    fixture.disk,
                    fixture.loop,
                    fixture.loop,
                    SETTINGS,
                    (position, body) -> {
                      throw new PolluxException(Reason.LOG_DAMAGED, "no record at " + position);
                    },
                    fixture.failures::add));
    assertEquals("no record at 1", refused.getMessage());
  }

  @Test
  void damageThatComesWhileTheLogIsOpenIsFoundWhenItIsRead() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(40);
    String file = LogFixture.segments(fixture.disk).get(0);
    fixture.disk.flipBit(file, SegmentHeader.BYTES + Frame.HEADER_BYTES + 3, 2);
    PolluxException found =
        assertThrows(PolluxException.class, () -> fixture.log.read(at(1), 1, 1));
    assertEquals(Reason.LOG_DAMAGED, found.reason());
    assertTrue(found.getMessage().contains(file + ", offset 76, position 1"), found.getMessage());
  }

  @Test
  void aDiskThatCannotBeReadIsReported() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.disk.cutPowerAt(1);
    PolluxException failed = assertThrows(PolluxException.class, fixture::open);
    assertEquals(Reason.DISK_ERROR, failed.reason());
    assertTrue(failed.getCause() instanceof IOException);
  }
}
