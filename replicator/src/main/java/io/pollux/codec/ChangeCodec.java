package io.pollux.codec;

import io.pollux.codec.wire.ChangeRecord;
import io.pollux.codec.wire.DdlChange;
import io.pollux.codec.wire.GeneratorChange;
import io.pollux.codec.wire.ParameterSet;
import io.pollux.codec.wire.Row;
import io.pollux.codec.wire.RowsChange;
import io.pollux.codec.wire.SqlDatum;
import io.pollux.codec.wire.StatementChange;
import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/** One change to its message and back. */
final class ChangeCodec {
  private ChangeCodec() {}

  static ChangeRecord encode(Change change) {
    return change.accept(new Encoder());
  }

  private static final class Encoder implements Change.Handler<ChangeRecord, RuntimeException> {
    @Override
    public ChangeRecord statement(Change.Statement change) {
      StatementChange.Builder statement =
          StatementChange.newBuilder()
              .setSchema(change.schema())
              .setTable(RecordCodec.table(change.table()))
              .setSql(change.sql());
      for (Change.ParameterSet set : change.sets()) {
        ParameterSet.Builder values = ParameterSet.newBuilder().setCount(set.count());
        set.values().forEach(value -> values.addValues(ValueCodec.encode(value)));
        statement.addSets(values);
      }
      return ChangeRecord.newBuilder().setStatement(statement).build();
    }

    @Override
    public ChangeRecord rows(Change.Rows change) {
      RowsChange.Builder rows =
          RowsChange.newBuilder()
              .setTable(RecordCodec.table(change.table()))
              .setAction(RowsChange.Action.valueOf(change.action().name()))
              .addAllColumns(change.columns())
              .setKeyColumns(change.keyColumns());
      for (List<SqlValue> values : change.rows()) {
        Row.Builder row = Row.newBuilder();
        values.forEach(value -> row.addValues(ValueCodec.encode(value)));
        rows.addRows(row);
      }
      return ChangeRecord.newBuilder().setRows(rows).build();
    }

    @Override
    public ChangeRecord ddl(Change.Ddl change) {
      return ChangeRecord.newBuilder()
          .setDdl(DdlChange.newBuilder().setSchema(change.schema()).setSql(change.sql()))
          .build();
    }

    @Override
    public ChangeRecord generator(Change.Generator change) {
      return ChangeRecord.newBuilder()
          .setGenerator(
              GeneratorChange.newBuilder()
                  .setKind(GeneratorChange.Kind.valueOf(change.kind().name()))
                  .setName(RecordCodec.table(change.name()))
                  .setLast(change.last()))
          .build();
    }
  }

  static Change decode(ChangeRecord record) throws CharacterCodingException {
    return switch (record.getKindCase()) {
      case STATEMENT -> statement(record.getStatement());
      case ROWS -> rows(record.getRows());
      case DDL -> new Change.Ddl(record.getDdl().getSchema(), record.getDdl().getSql());
      case GENERATOR ->
          new Change.Generator(
              Change.GeneratorKind.valueOf(record.getGenerator().getKind().name()),
              RecordCodec.table(record.getGenerator().getName()),
              record.getGenerator().getLast());
      case KIND_NOT_SET ->
          throw new IllegalArgumentException("a change of a kind that this version does not know");
    };
  }

  private static Change statement(StatementChange change) throws CharacterCodingException {
    List<Change.ParameterSet> sets = new ArrayList<>(change.getSetsCount());
    for (ParameterSet set : change.getSetsList()) {
      sets.add(new Change.ParameterSet(values(set.getValuesList()), set.getCount()));
    }
    return new Change.Statement(
        change.getSchema(), RecordCodec.table(change.getTable()), change.getSql(), sets);
  }

  private static Change rows(RowsChange change) throws CharacterCodingException {
    List<List<SqlValue>> rows = new ArrayList<>(change.getRowsCount());
    for (Row row : change.getRowsList()) {
      rows.add(values(row.getValuesList()));
    }
    return new Change.Rows(
        RecordCodec.table(change.getTable()),
        Change.Action.valueOf(change.getAction().name()),
        change.getColumnsList(),
        change.getKeyColumns(),
        rows);
  }

  private static List<SqlValue> values(List<SqlDatum> data) throws CharacterCodingException {
    List<SqlValue> values = new ArrayList<>(data.size());
    for (SqlDatum datum : data) {
      values.add(ValueCodec.decode(datum));
    }
    return values;
  }
}
