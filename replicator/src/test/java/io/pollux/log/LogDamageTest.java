package io.pollux.log;

import static io.pollux.log.LogFixture.SETTINGS;
import static io.pollux.log.LogFixture.body;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.env.MemoryDisk;
import io.pollux.log.LogReader.Fault;
import io.pollux.log.LogReader.Finding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogDamageTest {
  private static final int FRAME = Frame.HEADER_BYTES + 100;
  private static final int RECORDS = 20;

  /** Two files: 12 records in the first, 8 in the second; each record was a batch. */
  private final Map<String, byte[]> good = new TreeMap<>();

  @BeforeEach
  void writeALog() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(RECORDS);
    fixture.close();
    for (String file : LogFixture.segments(fixture.disk)) {
      good.put(file, fixture.disk.bytes(file));
    }
    assertEquals(List.of(name(1), name(13)), List.copyOf(good.keySet()));
    assertEquals(SegmentHeader.BYTES + 12 * FRAME, good.get(name(1)).length);
    assertEquals(SegmentHeader.BYTES + 8 * FRAME, good.get(name(13)).length);
  }

  private static String name(long first) {
    return SegmentHeader.fileName(first);
  }

  private LogFixture with(String file, byte[] bytes) {
    LogFixture fixture = new LogFixture(new MemoryDisk(), SETTINGS);
    good.forEach(fixture.disk::put);
    fixture.disk.put(file, bytes);
    return fixture;
  }

  private static PolluxException refused(LogFixture fixture, String place) {
    PolluxException refused = assertThrows(PolluxException.class, fixture::open, place);
    assertEquals(Reason.LOG_DAMAGED, refused.reason());
    assertTrue(refused.getMessage().contains(place), refused.getMessage());
    return refused;
  }

  @Test
  void everyFlippedByteIsFound() throws Exception {
    for (Map.Entry<String, byte[]> file : good.entrySet()) {
      long first = SegmentHeader.first(file.getKey());
      for (int i = 0; i < file.getValue().length; i++) {
        for (int mask : new int[] {1, 0x80, 0xff}) {
          byte[] bytes = file.getValue().clone();
          bytes[i] ^= (byte) mask;
          LogFixture fixture = with(file.getKey(), bytes);
          int record = (i - SegmentHeader.BYTES) / FRAME;
          boolean inHeader = i < SegmentHeader.BYTES;
          int offset = inHeader ? 0 : SegmentHeader.BYTES + record * FRAME;
          long position = inHeader ? first : first + record;
          Finding finding = new LogReader(fixture.disk).verify().finding().orElseThrow();
          assertEquals(file.getKey(), finding.file());
          assertEquals(offset, finding.offset(), "byte " + i);
          assertEquals(position, finding.position().index());
          if (position == RECORDS && !inHeader) {
            // The last batch: nothing later shows that it had been durable.
            assertEquals(Fault.UNFINISHED_TAIL, finding.fault());
            fixture.open();
            assertEquals(RECORDS - 1, fixture.log.head().position().index());
          } else {
            assertEquals(Fault.DAMAGED, finding.fault());
            refused(fixture, file.getKey() + ", offset " + offset + ", position " + position + ":");
          }
        }
      }
    }
  }

  @Test
  void aLogThatIsCutAnywhereGoesOnAfterTheLastWholeRecord() throws Exception {
    byte[] last = good.get(name(13));
    for (int length = SegmentHeader.BYTES; length <= last.length; length++) {
      LogFixture fixture = with(name(13), Arrays.copyOf(last, length));
      fixture.open();
      int whole = 12 + (length - SegmentHeader.BYTES) / FRAME;
      assertEquals(whole, fixture.log.head().position().index(), "cut to " + length);
      assertEquals(whole, fixture.seen.size());
      fixture.appendForced(2);
      fixture.reopen();
      assertEquals((whole + 2) + "=" + body(whole + 2), fixture.seen.get(whole + 1));
    }
  }

  @Test
  void zerosThatWereAllocatedAheadAreTheEnd() throws Exception {
    byte[] last = good.get(name(13));
    LogFixture fixture = with(name(13), Arrays.copyOf(last, last.length + 5000));
    assertTrue(new LogReader(fixture.disk).verify().finding().isEmpty());
    fixture.open();
    assertEquals(RECORDS, fixture.log.head().position().index());
  }

  @Test
  void anEarlierFileIsNeverCut() throws Exception {
    byte[] first = good.get(name(1));
    for (int length = 0; length < first.length; length++) {
      LogFixture fixture = with(name(1), Arrays.copyOf(first, length));
      int whole = Math.max(0, length - SegmentHeader.BYTES) / FRAME;
      refused(fixture, "position " + (whole + 1) + ":");
    }
    refused(with(name(1), Arrays.copyOf(first, first.length + 1)), "position 13");
  }

  @Test
  void nothingIsChangedWhenALogIsRefused() throws Exception {
    byte[] bytes = good.get(name(13)).clone();
    bytes[SegmentHeader.BYTES + 5] ^= 1;
    LogFixture fixture = with(name(13), bytes);
    refused(fixture, "position 13");
    for (String file : good.keySet()) {
      assertTrue(
          Arrays.equals(file.equals(name(13)) ? bytes : good.get(file), fixture.disk.bytes(file)));
    }
  }

  @Test
  void aWholeSectorOfZerosInTheMiddleIsDamage() throws Exception {
    byte[] bytes = good.get(name(13)).clone();
    Arrays.fill(bytes, SegmentHeader.BYTES, 512 + SegmentHeader.BYTES, (byte) 0);
    refused(with(name(13), bytes), name(13) + ", offset 76, position 13");
  }

  @Test
  void aMissingFileIsFound() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(30);
    fixture.close();
    fixture.disk.delete(name(13));
    refused(fixture, "what lies between is missing");
  }

  @Test
  void aFileUnderAnotherNameIsFound() throws IOException {
    LogFixture fixture = new LogFixture(new MemoryDisk(), SETTINGS);
    fixture.disk.put(name(2), good.get(name(1)));
    refused(fixture, "the file was " + name(1));
  }

  @Test
  void aFrameThatWasCopiedToAnotherPlaceIsNoFrame() throws Exception {
    byte[] last = good.get(name(13));
    byte[] bytes = Arrays.copyOf(last, last.length + FRAME);
    System.arraycopy(last, last.length - FRAME, bytes, last.length, FRAME);
    LogFixture fixture = with(name(13), bytes);
    fixture.open();
    assertEquals(RECORDS, fixture.log.head().position().index());
  }

  @Test
  void aRecordThatContainsALogDoesNotLookLikeOne() throws Exception {
    LogFixture fixture = LogFixture.opened();
    fixture.log.append(good.get(name(1)));
    fixture.loop.runUntilIdle();
    String file = LogFixture.segments(fixture.disk).get(0);
    byte[] torn = fixture.disk.bytes(file);
    torn[SegmentHeader.BYTES] ^= 1;
    fixture.close();
    fixture.disk.put(file, torn);
    fixture.open();
    assertEquals(0, fixture.log.head().position().index());
  }

  @Test
  void anEditedRecordWithARightChecksumBreaksTheChain() throws Exception {
    LogFixture fixture = new LogFixture(new MemoryDisk(), SETTINGS);
    SegmentHeader header =
        SegmentHeader.decode(ByteBuffer.wrap(Arrays.copyOf(good.get(name(13)), 76))).orElseThrow();
    byte[] bytes = good.get(name(13)).clone();
    bytes[SegmentHeader.BYTES + Frame.HEADER_BYTES] = 'R';
    ByteBuffer frame = ByteBuffer.wrap(bytes, SegmentHeader.BYTES, FRAME).slice();
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putInt(header.salt()).putLong(SegmentHeader.BYTES).flip());
    crc.update(frame.duplicate().position(0).limit(4));
    crc.update(frame.duplicate().position(8));
    frame.putInt(4, (int) crc.getValue());
    good.forEach(fixture.disk::put);
    fixture.disk.put(name(13), bytes);
    refused(fixture, "position 13: the record does not continue the hash chain");
  }

  @Test
  void aLaterFormatIsNamed() throws Exception {
    LogFixture fixture = new LogFixture(new MemoryDisk(), SETTINGS);
    LogHead origin = LogHead.origin(LogFixture.GROUP);
    SegmentHeader later = new SegmentHeader(2, LogFixture.GROUP, 1, origin.hash());
    fixture.disk.put(name(1), later.encode().array());
    PolluxException refused = assertThrows(PolluxException.class, fixture::open);
    assertEquals(Reason.LOG_FOREIGN, refused.reason());
    assertTrue(
        refused.getMessage().contains("format version 2, this program knows version 1"),
        refused.getMessage());
  }

  @Test
  void filesOfTwoGroupsAreNotOneLog() throws Exception {
    SegmentHeader theirs =
        new SegmentHeader(1, new java.util.UUID(5, 5), 13, LogHead.origin(LogFixture.GROUP).hash());
    LogFixture fixture = with(name(13), theirs.encode().array());
    PolluxException refused = assertThrows(PolluxException.class, fixture::open);
    assertEquals(Reason.LOG_FOREIGN, refused.reason());
  }

  @Test
  void whatABrokenBeginningOfAFileLeftIsRemoved() throws Exception {
    LogFixture fixture = with(name(13), good.get(name(13)));
    fixture.disk.put(name(21) + ".tmp", new byte[10]);
    fixture.open();
    assertEquals(List.of(name(1), name(13), Reserve.FILE), fixture.disk.list());
    fixture.appendForced(10);
    fixture.reopen();
    assertEquals(30, fixture.seen.size());
  }
}
