package io.pollux.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.pollux.codec.wire.ChangeRecord;
import io.pollux.codec.wire.Checkpoint;
import io.pollux.codec.wire.Client;
import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.Entries;
import io.pollux.codec.wire.Entry;
import io.pollux.codec.wire.Exact;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.LogBody;
import io.pollux.codec.wire.Match;
import io.pollux.codec.wire.NodeReport;
import io.pollux.codec.wire.ParameterSet;
import io.pollux.codec.wire.Receipt;
import io.pollux.codec.wire.Refusal;
import io.pollux.codec.wire.SqlDatum;
import io.pollux.codec.wire.StampRecord;
import io.pollux.codec.wire.StatementChange;
import io.pollux.codec.wire.TableRef;
import io.pollux.codec.wire.TransactionRecord;
import io.pollux.core.Change;
import io.pollux.core.LogRecord;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a hostile peer may send at most, and that nobody pays for more. */
class BoundsTest {
  private static final ByteString HASH = ByteString.copyFrom(new byte[32]);

  private static void refused(LinkFrame.Builder frame) {
    assertThrows(CodecException.class, () -> FrameCodec.decode(frame.build().toByteArray()));
  }

  private static LinkFrame taken(LinkFrame.Builder frame) throws CodecException {
    return FrameCodec.decode(frame.build().toByteArray());
  }

  @Test
  void aNumberThatIsNoPositionIsRefusedInEveryFrame() throws CodecException {
    for (long number : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      refused(LinkFrame.newBuilder().setMatch(Match.newBuilder().setPosition(number)));
      refused(LinkFrame.newBuilder().setMatch(Match.newBuilder().setEnd(number)));
      refused(LinkFrame.newBuilder().setReceipt(Receipt.newBuilder().setApplied(number)));
      refused(LinkFrame.newBuilder().setReport(NodeReport.newBuilder().setEpoch(number)));
      refused(
          LinkFrame.newBuilder()
              .setHello(Hello.newBuilder().setReport(NodeReport.newBuilder().setEnd(number))));
      refused(
          LinkFrame.newBuilder()
              .setEntries(
                  Entries.newBuilder()
                      .addEntries(Entry.newBuilder().setPosition(number).setHash(HASH))));
    }
    taken(LinkFrame.newBuilder().setMatch(Match.newBuilder().setPosition(1L << 62)));
  }

  @Test
  void anEpochThatWouldEndAllReignsIsRefused() throws CodecException {
    refused(LinkFrame.newBuilder().setReport(NodeReport.newBuilder().setEpoch((1L << 48) + 1)));
    refused(LinkFrame.newBuilder().setEntries(Entries.newBuilder().setEpoch(1L << 60)));
    taken(LinkFrame.newBuilder().setReport(NodeReport.newBuilder().setEpoch(1L << 48)));
  }

  @Test
  void aHashHasItsLength() {
    for (int length : new int[] {0, 31, 33, 100_000}) {
      ByteString hash = ByteString.copyFrom(new byte[length]);
      refused(
          LinkFrame.newBuilder()
              .setEntries(Entries.newBuilder().addEntries(Entry.newBuilder().setHash(hash))));
      Checkpoint checkpoint = Checkpoint.newBuilder().setHash(hash).build();
      refused(LinkFrame.newBuilder().setFollow(Follow.newBuilder().addCheckpoints(checkpoint)));
      refused(LinkFrame.newBuilder().setCopyBegin(CopyBegin.newBuilder().setBase(checkpoint)));
    }
  }

  @Test
  void aFollowerShowsSomeCheckpointsButNotAnyNumber() throws CodecException {
    Checkpoint checkpoint = Checkpoint.newBuilder().setHash(HASH).build();
    refused(LinkFrame.newBuilder().setFollow(Follow.newBuilder().setStart(true)));
    refused(
        LinkFrame.newBuilder()
            .setFollow(
                Follow.newBuilder().addAllCheckpoints(Collections.nCopies(257, checkpoint))));
    taken(
        LinkFrame.newBuilder()
            .setFollow(
                Follow.newBuilder().addAllCheckpoints(Collections.nCopies(256, checkpoint))));
  }

  @Test
  void aNameInAGreetingIsShortAndPlain() throws CodecException {
    refused(LinkFrame.newBuilder().setHello(Hello.newBuilder().setName("x".repeat(257))));
    refused(LinkFrame.newBuilder().setHello(Hello.newBuilder().setName("a\u001b[2Jb")));
    refused(LinkFrame.newBuilder().setHello(Hello.newBuilder().setGroup("a\nforged line")));
    taken(LinkFrame.newBuilder().setHello(Hello.newBuilder().setName("x".repeat(256))));
  }

  @Test
  void aTextForPeopleIsCutAndHasNoControlCharacters() throws CodecException {
    String text = "a\u001b[2J\nforged" + "x".repeat(100_000);
    String shown =
        taken(LinkFrame.newBuilder().setRefusal(Refusal.newBuilder().setText(text)))
            .getRefusal()
            .getText();
    assertTrue(shown.startsWith("a [2J forgedxxx") && shown.length() < 5_000, shown);
    Receipt receipt = Receipt.newBuilder().setWritten(7).setTrouble(text).build();
    LinkFrame frame = taken(LinkFrame.newBuilder().setReceipt(receipt));
    assertEquals(7, frame.getReceipt().getWritten());
    assertEquals(shown, frame.getReceipt().getTrouble());
  }

  @Test
  void manySmallPartsAreCountedBeforeAnyIsMade() throws IOException {
    long before = usedHeap();
    for (int field : List.of(7, 5)) { // Entries of entries, a follower's checkpoints.
      byte[] frame = nested(field, 1, 16_000_000);
      assertThrows(CodecException.class, () -> FrameCodec.decode(frame));
    }
    byte[] record = nested(1, 6, 16_000_000); // A transaction of changes.
    assertThrows(CodecException.class, () -> new RecordCodec().decode(record));
    assertTrue(usedHeap() - before < 200L << 20, "the parts were made all the same");
  }

  /** A field that holds as many empty messages as fit. */
  private static byte[] nested(int outer, int inner, int count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(2 * count + 16);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeTag(outer, 2);
    out.writeUInt32NoTag(2 * count);
    for (int i = 0; i < count; i++) {
      out.writeTag(inner, 2);
      out.writeUInt32NoTag(0);
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static long usedHeap() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void aRecordWithMorePartsThanABackupTakesIsNotWritten() {
    List<SqlValue> values = Collections.nCopies(RecordCodec.MAX_PARTS, new SqlValue.Bool(true));
    Change change =
        new Change.Statement(
            "APP",
            new TableName("APP", "T"),
            "INSERT",
            List.of(new Change.ParameterSet(values, 1)));
    Transaction transaction =
        new Transaction(
            new Stamp(1, 1, 1),
            "a",
            1,
            io.pollux.core.Client.UNKNOWN,
            Instant.EPOCH,
            List.of(change));
    assertThrows(
        CodecException.class, () -> new RecordCodec().encode(new LogRecord.Decided(transaction)));
  }

  @Test
  void aDecimalOfABillionDigitsIsNeitherWrittenNorTaken() {
    for (BigDecimal huge :
        List.of(
            BigDecimal.valueOf(1, Integer.MAX_VALUE),
            BigDecimal.valueOf(1, Integer.MIN_VALUE),
            new BigDecimal(java.math.BigInteger.ONE.shiftLeft(8 * (64 << 10))))) {
      Exact exact =
          Exact.newBuilder()
              .setUnscaled(ByteString.copyFrom(huge.unscaledValue().toByteArray()))
              .setScale(huge.scale())
              .build();
      LogBody body = LogBody.newBuilder().setTransaction(with(exact)).build();
      assertThrows(CodecException.class, () -> new RecordCodec().decode(body.toByteArray()));
      assertThrows(CodecException.class, () -> ValueCodec.carried(new SqlValue.Exact(huge)));
    }
  }

  private static TransactionRecord with(Exact exact) {
    return TransactionRecord.newBuilder()
        .setStamp(StampRecord.newBuilder().setEpoch(1))
        .setClient(Client.getDefaultInstance())
        .addChanges(
            ChangeRecord.newBuilder()
                .setStatement(
                    StatementChange.newBuilder()
                        .setTable(TableRef.getDefaultInstance())
                        .addSets(
                            ParameterSet.newBuilder()
                                .addValues(SqlDatum.newBuilder().setExact(exact)))))
        .build();
  }
}
