package io.pollux.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.pollux.codec.wire.ChangeRecord;
import io.pollux.codec.wire.DecisionRecord;
import io.pollux.codec.wire.DigestRecord;
import io.pollux.codec.wire.LogBody;
import io.pollux.codec.wire.MarkRecord;
import io.pollux.codec.wire.ReignRecord;
import io.pollux.codec.wire.StampRecord;
import io.pollux.codec.wire.TableRef;
import io.pollux.codec.wire.TransactionRecord;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.Epoch;
import io.pollux.core.LogRecord;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.core.Transaction;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A log record to its bytes and back. The bytes are what is stored, hashed and shipped; they are
 * never re-encoded.
 */
public final class RecordCodec {
  /** Longest record; a longer transaction is refused at commit. */
  public static final int LONGEST_BYTES = 64 << 20;

  private RecordCodec() {}

  /** The bytes of one value, equal only for values that are equal to the last bit. */
  public static byte[] encode(SqlValue value) {
    return ValueCodec.encode(value).toByteArray();
  }

  public static byte[] encode(LogRecord record) {
    LogBody.Builder body = LogBody.newBuilder();
    record.accept(new Encoder(body));
    return body.build().toByteArray();
  }

  private record Encoder(LogBody.Builder body) implements LogRecord.Handler<LogBody.Builder> {
    @Override
    public LogBody.Builder decided(LogRecord.Decided record) {
      return body.setTransaction(transaction(record.transaction()));
    }

    @Override
    public LogBody.Builder prepare(LogRecord.Prepare record) {
      return body.setPrepare(transaction(record.transaction()));
    }

    @Override
    public LogBody.Builder commit(LogRecord.Commit record) {
      return body.setCommit(DecisionRecord.newBuilder().setStamp(stamp(record.stamp())));
    }

    @Override
    public LogBody.Builder abort(LogRecord.Abort record) {
      return body.setAbort(
          DecisionRecord.newBuilder().setStamp(stamp(record.stamp())).setReason(record.reason()));
    }

    @Override
    public LogBody.Builder reign(LogRecord.Reign record) {
      return body.setReign(
          ReignRecord.newBuilder()
              .setEpoch(record.epoch().number())
              .setBoot(record.boot())
              .setNode(record.node())
              .setReason(record.reason())
              .setAtMillis(record.at().toEpochMilli()));
    }

    @Override
    public LogBody.Builder digest(LogRecord.Digest record) {
      return body.setDigest(
          DigestRecord.newBuilder()
              .setStamp(stamp(record.stamp()))
              .setTable(table(record.table()))
              .setRows(record.rows())
              .setDigest(ByteString.copyFrom(record.digest().value())));
    }

    @Override
    public LogBody.Builder mark(LogRecord.Mark record) {
      return body.setMark(
          MarkRecord.newBuilder()
              .setNode(record.node())
              .setText(record.text())
              .setAtMillis(record.at().toEpochMilli()));
    }
  }

  private static TransactionRecord transaction(Transaction transaction) {
    TransactionRecord.Builder record =
        TransactionRecord.newBuilder()
            .setStamp(stamp(transaction.stamp()))
            .setNode(transaction.node())
            .setSlot(transaction.slot())
            .setClient(
                io.pollux.codec.wire.Client.newBuilder()
                    .setUser(transaction.client().user())
                    .setApplication(transaction.client().application())
                    .setThread(transaction.client().thread()))
            .setAtMillis(transaction.at().toEpochMilli());
    for (Change change : transaction.changes()) {
      record.addChanges(ChangeCodec.encode(change));
    }
    return record.build();
  }

  private static StampRecord stamp(Stamp stamp) {
    return StampRecord.newBuilder()
        .setEpoch(stamp.epoch())
        .setBoot(stamp.boot())
        .setCounter(stamp.counter())
        .build();
  }

  static TableRef table(TableName name) {
    return TableRef.newBuilder().setSchema(name.schema()).setName(name.name()).build();
  }

  static TableName table(TableRef name) {
    return new TableName(name.getSchema(), name.getName());
  }

  /**
   * Reads what {@link #encode(LogRecord)} wrote, or a hostile peer did.
   *
   * @throws CodecException if the bytes are not a record that this version knows
   */
  public static LogRecord decode(byte[] bytes) throws CodecException {
    if (bytes.length > LONGEST_BYTES) {
      throw new CodecException("a record of " + bytes.length + " bytes is too long", null);
    }
    try {
      return decode(LogBody.parseFrom(bytes));
    } catch (InvalidProtocolBufferException
        | CharacterCodingException
        | IllegalArgumentException
        | DateTimeException
        | ArithmeticException e) {
      throw new CodecException("the record can't be read: " + e.getMessage(), e);
    }
  }

  private static LogRecord decode(LogBody body) throws CharacterCodingException {
    return switch (body.getKindCase()) {
      case TRANSACTION -> new LogRecord.Decided(transaction(body.getTransaction()));
      case PREPARE -> new LogRecord.Prepare(transaction(body.getPrepare()));
      case COMMIT -> new LogRecord.Commit(stamp(body.getCommit().getStamp()));
      case ABORT ->
          new LogRecord.Abort(stamp(body.getAbort().getStamp()), body.getAbort().getReason());
      case REIGN ->
          new LogRecord.Reign(
              new Epoch(body.getReign().getEpoch()),
              body.getReign().getBoot(),
              body.getReign().getNode(),
              body.getReign().getReason(),
              Instant.ofEpochMilli(body.getReign().getAtMillis()));
      case DIGEST ->
          new LogRecord.Digest(
              stamp(body.getDigest().getStamp()),
              table(body.getDigest().getTable()),
              body.getDigest().getRows(),
              new SqlValue.Bytes(body.getDigest().getDigest().toByteArray()));
      case MARK ->
          new LogRecord.Mark(
              body.getMark().getNode(),
              body.getMark().getText(),
              Instant.ofEpochMilli(body.getMark().getAtMillis()));
      case KIND_NOT_SET ->
          throw new IllegalArgumentException("a record of a kind that this version does not know");
    };
  }

  private static Transaction transaction(TransactionRecord record) throws CharacterCodingException {
    List<Change> changes = new ArrayList<>(record.getChangesCount());
    for (ChangeRecord change : record.getChangesList()) {
      changes.add(ChangeCodec.decode(change));
    }
    return new Transaction(
        stamp(record.getStamp()),
        record.getNode(),
        record.getSlot(),
        new Client(
            record.getClient().getUser(),
            record.getClient().getApplication(),
            record.getClient().getThread()),
        Instant.ofEpochMilli(record.getAtMillis()),
        changes);
  }

  private static Stamp stamp(StampRecord stamp) {
    return new Stamp(stamp.getEpoch(), stamp.getBoot(), stamp.getCounter());
  }
}
