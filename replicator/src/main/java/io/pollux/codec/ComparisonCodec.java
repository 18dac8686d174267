package io.pollux.codec;

import com.google.protobuf.UnsafeByteOperations;
import io.pollux.codec.wire.DigestRecord;
import io.pollux.codec.wire.RepairRecord;
import io.pollux.codec.wire.Row;
import io.pollux.core.Change;
import io.pollux.core.KeyRange;
import io.pollux.core.LogRecord;
import io.pollux.core.RepairedRow;
import io.pollux.core.RowDigest;
import io.pollux.core.SqlValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records that compare the nodes and make them equal. */
final class ComparisonCodec {
  private ComparisonCodec() {}

  static DigestRecord.Builder encode(LogRecord.Digest record) throws CodecException {
    DigestRecord.Builder wire =
        DigestRecord.newBuilder()
            .setTable(ChangeCodec.encode(record.table()))
            .setRows(record.rows())
            .setDigest(UnsafeByteOperations.unsafeWrap(record.digest().value()))
            .setSubject(
                switch (record.subject()) {
                  case ROWS -> DigestRecord.Subject.ROWS;
                  case EACH_ROW -> DigestRecord.Subject.EACH_ROW;
                  case SCHEMA -> DigestRecord.Subject.SCHEMA;
                  case GENERATORS -> DigestRecord.Subject.GENERATORS;
                });
    if (!record.range().equals(KeyRange.ALL)) {
      wire.setRange(encode(record.range()));
    }
    for (RowDigest member : record.members()) {
      wire.addMembers(
          io.pollux.codec.wire.RowDigest.newBuilder()
              .setKey(ChangeCodec.row(member.key()))
              .setDigest(UnsafeByteOperations.unsafeWrap(member.digest().value())));
    }
    return wire;
  }

  private static io.pollux.codec.wire.KeyRange encode(KeyRange range) throws CodecException {
    io.pollux.codec.wire.KeyRange.Builder wire = io.pollux.codec.wire.KeyRange.newBuilder();
    for (String column : range.columns()) {
      wire.addColumns(ChangeCodec.text("column", column));
    }
    if (!range.after().isEmpty()) {
      wire.setAfter(ChangeCodec.row(range.after()));
    }
    if (!range.upTo().isEmpty()) {
      wire.setUpTo(ChangeCodec.row(range.upTo()));
    }
    return wire.build();
  }

  static LogRecord decode(DigestRecord wire) throws CodecException {
    RecordCodec.require(wire.hasStamp() && wire.hasTable(), "a digest without stamp or table");
    List<RowDigest> members = new ArrayList<>(wire.getMembersCount());
    for (io.pollux.codec.wire.RowDigest member : wire.getMembersList()) {
      members.add(
          new RowDigest(
              ChangeCodec.values(member.getKey()),
              new SqlValue.Bytes(member.getDigest().toByteArray())));
    }
    LogRecord.Subject subject =
        switch (wire.getSubject()) {
          case ROWS -> LogRecord.Subject.ROWS;
          case EACH_ROW -> LogRecord.Subject.EACH_ROW;
          case SCHEMA -> LogRecord.Subject.SCHEMA;
          case GENERATORS -> LogRecord.Subject.GENERATORS;
          case UNRECOGNIZED ->
              throw new CodecException("a digest of subject " + wire.getSubjectValue());
        };
    return new LogRecord.Digest(
        RecordCodec.decode(wire.getStamp()),
        ChangeCodec.decode(wire.getTable()),
        wire.getRows(),
        new SqlValue.Bytes(wire.getDigest().toByteArray()),
        subject,
        wire.hasRange() ? decode(wire.getRange()) : KeyRange.ALL,
        members);
  }

  private static KeyRange decode(io.pollux.codec.wire.KeyRange wire) throws CodecException {
    return new KeyRange(
        wire.getColumnsList(),
        ChangeCodec.values(wire.getAfter()),
        ChangeCodec.values(wire.getUpTo()));
  }

  static RepairRecord.Builder encode(LogRecord.Repair record) throws CodecException {
    RepairRecord.Builder wire =
        RepairRecord.newBuilder()
            .setNode(ChangeCodec.text("node", record.node()))
            .setAtMillis(record.at().toEpochMilli())
            .setReason(ChangeCodec.text("reason", record.reason()))
            .setScope(
                switch (record.scope()) {
                  case ROWS -> RepairRecord.Scope.ROWS;
                  case TABLE -> RepairRecord.Scope.TABLE;
                  case GENERATORS -> RepairRecord.Scope.GENERATORS;
                  case COPY -> RepairRecord.Scope.COPY;
                })
            .setTable(ChangeCodec.encode(record.table()))
            .setKeyColumns(record.keyColumns());
    for (String column : record.columns()) {
      wire.addColumns(ChangeCodec.text("column", column));
    }
    for (RepairedRow row : record.rows()) {
      wire.addRows(encode(row));
    }
    for (Change.Generator generator : record.generators()) {
      wire.addGenerators(ChangeCodec.encode(generator));
    }
    return wire;
  }

  private static io.pollux.codec.wire.RepairedRow encode(RepairedRow row) throws CodecException {
    io.pollux.codec.wire.RepairedRow.Builder wire = io.pollux.codec.wire.RepairedRow.newBuilder();
    if (row.before().isPresent()) {
      wire.setBefore(ChangeCodec.row(row.before().orElseThrow()));
    }
    if (row.after().isPresent()) {
      wire.setAfter(ChangeCodec.row(row.after().orElseThrow()));
    }
    return wire.build();
  }

  static LogRecord decode(RepairRecord wire) throws CodecException {
    RecordCodec.require(wire.hasStamp() && wire.hasTable(), "a repair without stamp or table");
    List<RepairedRow> rows = new ArrayList<>(wire.getRowsCount());
    for (io.pollux.codec.wire.RepairedRow row : wire.getRowsList()) {
      rows.add(
          new RepairedRow(
              image(row.hasBefore(), row.getBefore()), image(row.hasAfter(), row.getAfter())));
    }
    List<Change.Generator> generators = new ArrayList<>(wire.getGeneratorsCount());
    for (io.pollux.codec.wire.GeneratorChange generator : wire.getGeneratorsList()) {
      generators.add(ChangeCodec.decode(generator));
    }
    LogRecord.Scope scope =
        switch (wire.getScope()) {
          case ROWS -> LogRecord.Scope.ROWS;
          case TABLE -> LogRecord.Scope.TABLE;
          case GENERATORS -> LogRecord.Scope.GENERATORS;
          case COPY -> LogRecord.Scope.COPY;
          case SCOPE_UNSPECIFIED, UNRECOGNIZED ->
              throw new CodecException("a repair of scope " + wire.getScopeValue());
        };
    return new LogRecord.Repair(
        RecordCodec.decode(wire.getStamp()),
        wire.getNode(),
        Instant.ofEpochMilli(wire.getAtMillis()),
        wire.getReason(),
        scope,
        ChangeCodec.decode(wire.getTable()),
        wire.getColumnsList(),
        wire.getKeyColumns(),
        rows,
        generators);
  }

  private static Optional<List<SqlValue>> image(boolean present, Row row) throws CodecException {
    return present ? Optional.of(ChangeCodec.values(row)) : Optional.empty();
  }
}
