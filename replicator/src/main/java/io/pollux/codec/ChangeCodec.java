package io.pollux.codec;

import io.pollux.codec.wire.ChangeRecord;
import io.pollux.codec.wire.DdlChange;
import io.pollux.codec.wire.GeneratorChange;
import io.pollux.codec.wire.ParameterSet;
import io.pollux.codec.wire.Row;
import io.pollux.codec.wire.RowsChange;
import io.pollux.codec.wire.SqlDatum;
import io.pollux.codec.wire.StatementChange;
import io.pollux.codec.wire.TableRef;
import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import java.util.ArrayList;
import java.util.List;

/** One effective statement. */
final class ChangeCodec implements Change.Handler<ChangeRecord, CodecException> {
  static final ChangeCodec ENCODER = new ChangeCodec();

  private ChangeCodec() {}

  @Override
  public ChangeRecord statement(Change.Statement change) throws CodecException {
    StatementChange.Builder statement =
        StatementChange.newBuilder()
            .setSchema(text("schema", change.schema()))
            .setTable(encode(change.table()))
            .setSql(text("statement", change.sql()));
    for (Change.ParameterSet set : change.sets()) {
      ParameterSet.Builder values = ParameterSet.newBuilder().setCount(set.count());
      for (SqlValue value : set.values()) {
        values.addValues(ValueCodec.carried(value));
      }
      statement.addSets(values);
    }
    return ChangeRecord.newBuilder().setStatement(statement).build();
  }

  @Override
  public ChangeRecord rows(Change.Rows change) throws CodecException {
    RowsChange.Builder rows =
        RowsChange.newBuilder()
            .setTable(encode(change.table()))
            .setAction(
                switch (change.action()) {
                  case INSERT -> RowsChange.Action.INSERT;
                  case UPDATE -> RowsChange.Action.UPDATE;
                  case DELETE -> RowsChange.Action.DELETE;
                  case UPSERT -> RowsChange.Action.UPSERT;
                })
            .setKeyColumns(change.keyColumns());
    for (String column : change.columns()) {
      rows.addColumns(text("column", column));
    }
    for (List<SqlValue> row : change.rows()) {
      rows.addRows(row(row));
    }
    return ChangeRecord.newBuilder().setRows(rows).build();
  }

  @Override
  public ChangeRecord ddl(Change.Ddl change) throws CodecException {
    return ChangeRecord.newBuilder()
        .setDdl(
            DdlChange.newBuilder()
                .setSchema(text("schema", change.schema()))
                .setSql(text("statement", change.sql())))
        .build();
  }

  @Override
  public ChangeRecord generator(Change.Generator change) throws CodecException {
    return ChangeRecord.newBuilder().setGenerator(encode(change)).build();
  }

  static GeneratorChange encode(Change.Generator change) throws CodecException {
    return GeneratorChange.newBuilder()
        .setKind(
            switch (change.kind()) {
              case IDENTITY -> GeneratorChange.Kind.IDENTITY;
              case SEQUENCE -> GeneratorChange.Kind.SEQUENCE;
            })
        .setName(encode(change.name()))
        .setLast(change.last())
        .build();
  }

  static Row row(List<SqlValue> values) throws CodecException {
    Row.Builder row = Row.newBuilder();
    for (SqlValue value : values) {
      row.addValues(ValueCodec.carried(value));
    }
    return row.build();
  }

  static List<SqlValue> values(Row row) throws CodecException {
    return values(row.getValuesList());
  }

  static TableRef encode(TableName name) throws CodecException {
    return TableRef.newBuilder()
        .setSchema(text("schema", name.schema()))
        .setName(text("name", name.name()))
        .build();
  }

  /** Refuses what UTF-8 can't carry instead of storing something else. */
  static String text(String what, String text) throws CodecException {
    if (!ValueCodec.isWellFormed(text)) {
      throw new CodecException(
          "the "
              + what
              + " has half a surrogate pair, which UTF-8 can't carry; pass such text as a parameter: "
              + text);
    }
    return text;
  }

  static Change decode(ChangeRecord change) throws CodecException {
    return switch (change.getKindCase()) {
      case STATEMENT -> decode(change.getStatement());
      case ROWS -> decode(change.getRows());
      case DDL -> new Change.Ddl(change.getDdl().getSchema(), change.getDdl().getSql());
      case GENERATOR -> decode(change.getGenerator());
      case KIND_NOT_SET -> throw new CodecException("a change of a kind that is not known here");
    };
  }

  private static Change decode(StatementChange statement) throws CodecException {
    RecordCodec.require(statement.hasTable(), "a statement without table");
    List<Change.ParameterSet> sets = new ArrayList<>(statement.getSetsCount());
    for (ParameterSet set : statement.getSetsList()) {
      sets.add(new Change.ParameterSet(values(set.getValuesList()), set.getCount()));
    }
    return new Change.Statement(
        statement.getSchema(), decode(statement.getTable()), statement.getSql(), sets);
  }

  private static Change decode(RowsChange rows) throws CodecException {
    RecordCodec.require(rows.hasTable(), "rows without table");
    List<List<SqlValue>> images = new ArrayList<>(rows.getRowsCount());
    for (Row row : rows.getRowsList()) {
      images.add(values(row));
    }
    Change.Action action =
        switch (rows.getAction()) {
          case INSERT -> Change.Action.INSERT;
          case UPDATE -> Change.Action.UPDATE;
          case DELETE -> Change.Action.DELETE;
          case UPSERT -> Change.Action.UPSERT;
          case ACTION_UNSPECIFIED, UNRECOGNIZED ->
              throw new CodecException("rows with action " + rows.getActionValue());
        };
    return new Change.Rows(
        decode(rows.getTable()), action, rows.getColumnsList(), rows.getKeyColumns(), images);
  }

  static Change.Generator decode(GeneratorChange generator) throws CodecException {
    RecordCodec.require(generator.hasName(), "a generator without name");
    Change.GeneratorKind kind =
        switch (generator.getKind()) {
          case IDENTITY -> Change.GeneratorKind.IDENTITY;
          case SEQUENCE -> Change.GeneratorKind.SEQUENCE;
          case KIND_UNSPECIFIED, UNRECOGNIZED ->
              throw new CodecException("a generator of kind " + generator.getKindValue());
        };
    return new Change.Generator(kind, decode(generator.getName()), generator.getLast());
  }

  static TableName decode(TableRef name) {
    return new TableName(name.getSchema(), name.getName());
  }

  private static List<SqlValue> values(List<SqlDatum> data) throws CodecException {
    List<SqlValue> values = new ArrayList<>(data.size());
    for (SqlDatum datum : data) {
      values.add(ValueCodec.decode(datum));
    }
    return values;
  }
}
