package io.pollux.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.pollux.codec.wire.ChangeRecord;
import io.pollux.codec.wire.DecisionRecord;
import io.pollux.codec.wire.LogBody;
import io.pollux.codec.wire.MarkRecord;
import io.pollux.codec.wire.ReignRecord;
import io.pollux.codec.wire.Row;
import io.pollux.codec.wire.StampRecord;
import io.pollux.codec.wire.TransactionRecord;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A log record to bytes and back, exact to the last bit. The bytes are what is stored, shipped and
 * hashed; nobody encodes a decoded record again. Any thread.
 */
public final class RecordCodec {
  /** What a record may measure unless told otherwise. */
  public static final int DEFAULT_MAX_BYTES = 64 << 20;

  /** Values, rows and changes of one record: each is an object, here and on the backup. */
  static final int MAX_PARTS = 4_000_000;

  /** So few bytes can't hold parts that matter. */
  private static final int SMALL = 64 << 10;

  /** Our own records nest eight deep. */
  private static final int MAX_NESTING = 16;

  private final int maxBytes;

  public RecordCodec() {
    this(DEFAULT_MAX_BYTES);
  }

  /**
   * A codec with a bound of its own.
   *
   * @param maxBytes of one record, in both directions
   */
  public RecordCodec(int maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("a record of at most " + maxBytes + " bytes");
    }
    this.maxBytes = maxBytes;
  }

  /** The bytes of one value: equal only for values that are equal to the last bit. */
  public static byte[] encodeValue(SqlValue value) {
    return ValueCodec.encode(value).toByteArray();
  }

  /** The values as a row of a frame. */
  public static Row row(List<SqlValue> values) throws CodecException {
    return ChangeCodec.row(values);
  }

  /** What {@link #row} was made of. */
  public static List<SqlValue> values(Row row) throws CodecException {
    try {
      return ChangeCodec.values(row);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new CodecException("a row with an impossible value: " + e.getMessage(), e);
    }
  }

  /**
   * The bytes of a record.
   *
   * @throws CodecException if the record is larger than the bound, or has a part that the format
   *     can't carry
   */
  public byte[] encode(LogRecord record) throws CodecException {
    LogBody body;
    try {
      body = record.accept(BodyEncoder.INSTANCE).body();
    } catch (ArithmeticException e) {
      throw new CodecException("a record with a time that milliseconds can't count", e);
    }
    int bytes = body.getSerializedSize();
    if (bytes > maxBytes) {
      throw new CodecException(
          "a record of " + bytes + " bytes; at most " + maxBytes + " are allowed");
    }
    byte[] encoded = body.toByteArray();
    requireFewParts(encoded);
    return encoded;
  }

  private static void requireFewParts(byte[] bytes) throws CodecException {
    if (bytes.length > SMALL) {
      WireBounds.check(bytes, LogBody.getDescriptor(), MAX_PARTS, MAX_NESTING);
    }
  }

  /**
   * The record that {@code bytes} were made of.
   *
   * @throws CodecException if they are too many, malformed, or of a kind that is not known here
   */
  public LogRecord decode(byte[] bytes) throws CodecException {
    if (bytes.length > maxBytes) {
      throw new CodecException(
          "a record of " + bytes.length + " bytes; at most " + maxBytes + " are allowed");
    }
    requireFewParts(bytes);
    try {
      CodedInputStream input = CodedInputStream.newInstance(bytes);
      input.setRecursionLimit(MAX_NESTING);
      LogBody body = LogBody.parseFrom(input);
      input.checkLastTagWas(0);
      return decode(body);
    } catch (InvalidProtocolBufferException e) {
      throw new CodecException("bytes that are no record: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CodecException("bytes that can't be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new CodecException("a record with an impossible value: " + e.getMessage(), e);
    }
  }

  static void require(boolean condition, String otherwise) throws CodecException {
    if (!condition) {
      throw new CodecException(otherwise);
    }
  }

  private static LogRecord decode(LogBody body) throws CodecException {
    return switch (body.getKindCase()) {
      case TRANSACTION -> new LogRecord.Decided(decode(body.getTransaction()));
      case PREPARE -> new LogRecord.Prepare(decode(body.getPrepare()));
      case COMMIT -> new LogRecord.Commit(stamp(body.getCommit()));
      case ABORT -> new LogRecord.Abort(stamp(body.getAbort()), body.getAbort().getReason());
      case REIGN -> decode(body.getReign());
      case DIGEST -> ComparisonCodec.decode(body.getDigest());
      case REPAIR -> ComparisonCodec.decode(body.getRepair());
      case MARK -> {
        MarkRecord mark = body.getMark();
        yield new LogRecord.Mark(
            mark.getNode(), mark.getText(), Instant.ofEpochMilli(mark.getAtMillis()));
      }
      case KIND_NOT_SET -> throw new CodecException("a record of a kind that is not known here");
    };
  }

  private static Transaction decode(TransactionRecord wire) throws CodecException {
    require(wire.hasStamp() && wire.hasClient(), "a transaction without stamp or client");
    List<Change> changes = new ArrayList<>(wire.getChangesCount());
    for (ChangeRecord change : wire.getChangesList()) {
      changes.add(ChangeCodec.decode(change));
    }
    return new Transaction(
        decode(wire.getStamp()),
        wire.getNode(),
        wire.getSlot(),
        new Client(
            wire.getClient().getUser(),
            wire.getClient().getApplication(),
            wire.getClient().getThread()),
        Instant.ofEpochMilli(wire.getAtMillis()),
        changes);
  }

  private static Stamp stamp(DecisionRecord decision) throws CodecException {
    require(decision.hasStamp(), "a decision without stamp");
    return decode(decision.getStamp());
  }

  static Stamp decode(StampRecord stamp) {
    return new Stamp(stamp.getEpoch(), stamp.getBoot(), stamp.getCounter());
  }

  private static LogRecord decode(ReignRecord reign) {
    return new LogRecord.Reign(
        new Epoch(reign.getEpoch()),
        reign.getBoot(),
        reign.getNode(),
        reign.getReason(),
        Instant.ofEpochMilli(reign.getAtMillis()));
  }

  /** A step of the encoder that may refuse. */
  @FunctionalInterface
  private interface Encoding {
    LogBody body() throws CodecException;
  }

  private static final class BodyEncoder implements LogRecord.Handler<Encoding> {
    static final BodyEncoder INSTANCE = new BodyEncoder();

    @Override
    public Encoding decided(LogRecord.Decided record) {
      return () -> LogBody.newBuilder().setTransaction(encode(record.transaction())).build();
    }

    @Override
    public Encoding prepare(LogRecord.Prepare record) {
      return () -> LogBody.newBuilder().setPrepare(encode(record.transaction())).build();
    }

    @Override
    public Encoding commit(LogRecord.Commit record) {
      return () ->
          LogBody.newBuilder()
              .setCommit(DecisionRecord.newBuilder().setStamp(encode(record.stamp())))
              .build();
    }

    @Override
    public Encoding abort(LogRecord.Abort record) {
      return () ->
          LogBody.newBuilder()
              .setAbort(
                  DecisionRecord.newBuilder()
                      .setStamp(encode(record.stamp()))
                      .setReason(ChangeCodec.text("reason", record.reason())))
              .build();
    }

    @Override
    public Encoding reign(LogRecord.Reign record) {
      return () ->
          LogBody.newBuilder()
              .setReign(
                  ReignRecord.newBuilder()
                      .setEpoch(record.epoch().number())
                      .setBoot(record.boot())
                      .setNode(ChangeCodec.text("node", record.node()))
                      .setReason(ChangeCodec.text("reason", record.reason()))
                      .setAtMillis(record.at().toEpochMilli()))
              .build();
    }

    @Override
    public Encoding digest(LogRecord.Digest record) {
      return () ->
          LogBody.newBuilder()
              .setDigest(ComparisonCodec.encode(record).setStamp(encode(record.stamp())))
              .build();
    }

    @Override
    public Encoding repair(LogRecord.Repair record) {
      return () ->
          LogBody.newBuilder()
              .setRepair(ComparisonCodec.encode(record).setStamp(encode(record.stamp())))
              .build();
    }

    @Override
    public Encoding mark(LogRecord.Mark record) {
      return () ->
          LogBody.newBuilder()
              .setMark(
                  MarkRecord.newBuilder()
                      .setNode(ChangeCodec.text("node", record.node()))
                      .setText(ChangeCodec.text("mark", record.text()))
                      .setAtMillis(record.at().toEpochMilli()))
              .build();
    }

    private static TransactionRecord encode(Transaction transaction) throws CodecException {
      Client client = transaction.client();
      TransactionRecord.Builder wire =
          TransactionRecord.newBuilder()
              .setStamp(encode(transaction.stamp()))
              .setNode(ChangeCodec.text("node", transaction.node()))
              .setSlot(transaction.slot())
              .setClient(
                  io.pollux.codec.wire.Client.newBuilder()
                      .setUser(ChangeCodec.text("user", client.user()))
                      .setApplication(ChangeCodec.text("application", client.application()))
                      .setThread(ChangeCodec.text("thread", client.thread())))
              .setAtMillis(transaction.at().toEpochMilli());
      for (Change change : transaction.changes()) {
        wire.addChanges(change.accept(ChangeCodec.ENCODER));
      }
      return wire.build();
    }

    private static StampRecord encode(Stamp stamp) {
      return StampRecord.newBuilder()
          .setEpoch(stamp.epoch())
          .setBoot(stamp.boot())
          .setCounter(stamp.counter())
          .build();
    }
  }
}
