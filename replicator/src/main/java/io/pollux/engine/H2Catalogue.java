package io.pollux.engine;

import io.pollux.engine.SchemaCatalogue.ColumnType;
import java.sql.Types;
import java.util.Map;

/** What this engine's information schema is asked. A linked table's rows are elsewhere. */
final class H2Catalogue {
  private static final String KIND =
      "SELECT CASE STORAGE_TYPE WHEN 'TABLE LINK' THEN STORAGE_TYPE ELSE TABLE_TYPE END FROM INFORMATION_SCHEMA.TABLES"
          + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?";

  private static final String COLUMNS =
      "SELECT COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE,"
          + " COLUMN_DEFAULT, IDENTITY_GENERATION, IS_GENERATED, DEFAULT_ON_NULL, COLUMN_ON_UPDATE"
          + " FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
          + " ORDER BY ORDINAL_POSITION";

  private static final String INDEXES =
      "SELECT I.INDEX_NAME, I.INDEX_TYPE_NAME, C.COLUMN_NAME FROM INFORMATION_SCHEMA.INDEXES I"
          + " JOIN INFORMATION_SCHEMA.INDEX_COLUMNS C ON C.INDEX_SCHEMA = I.INDEX_SCHEMA"
          + " AND C.INDEX_NAME = I.INDEX_NAME AND C.TABLE_NAME = I.TABLE_NAME"
          + " WHERE I.TABLE_SCHEMA = ? AND I.TABLE_NAME = ? AND C.IS_UNIQUE"
          + " ORDER BY I.INDEX_NAME, C.ORDINAL_POSITION";

  private static final String REFERENCES =
      "SELECT P.TABLE_SCHEMA, P.TABLE_NAME, C.TABLE_SCHEMA, C.TABLE_NAME,"
          + " R.DELETE_RULE IN ('NO ACTION', 'RESTRICT') AND R.UPDATE_RULE IN ('NO ACTION', 'RESTRICT')"
          + " FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS R"
          + " JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS C ON C.CONSTRAINT_SCHEMA = R.CONSTRAINT_SCHEMA"
          + " AND C.CONSTRAINT_NAME = R.CONSTRAINT_NAME"
          + " JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS P"
          + " ON P.CONSTRAINT_SCHEMA = R.UNIQUE_CONSTRAINT_SCHEMA"
          + " AND P.CONSTRAINT_NAME = R.UNIQUE_CONSTRAINT_NAME";

  private static final String TRIGGERS =
      "SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS"
          + " WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY TRIGGER_NAME";

  private static final Map<String, ColumnType> TYPES =
      Map.ofEntries(
          Map.entry("TINYINT", new ColumnType(Types.TINYINT, "TINYINT")),
          Map.entry("SMALLINT", new ColumnType(Types.SMALLINT, "SMALLINT")),
          Map.entry("INTEGER", new ColumnType(Types.INTEGER, "INTEGER")),
          Map.entry("BIGINT", new ColumnType(Types.BIGINT, "BIGINT")),
          Map.entry("NUMERIC", new ColumnType(Types.NUMERIC, "NUMERIC(%s, %s)")),
          Map.entry("DECFLOAT", new ColumnType(Types.DECIMAL, "DECFLOAT(%s)")),
          Map.entry("REAL", new ColumnType(Types.REAL, "REAL")),
          Map.entry("DOUBLE PRECISION", new ColumnType(Types.DOUBLE, "DOUBLE PRECISION")),
          Map.entry("CHARACTER", new ColumnType(Types.CHAR, "VARCHAR")),
          Map.entry("CHARACTER VARYING", new ColumnType(Types.VARCHAR, "VARCHAR")),
          Map.entry("VARCHAR_IGNORECASE", new ColumnType(Types.VARCHAR, "VARCHAR")),
          Map.entry("CHARACTER LARGE OBJECT", new ColumnType(Types.CLOB, "CLOB")),
          Map.entry("BINARY", new ColumnType(Types.BINARY, "VARBINARY")),
          Map.entry("BINARY VARYING", new ColumnType(Types.VARBINARY, "VARBINARY")),
          Map.entry("BINARY LARGE OBJECT", new ColumnType(Types.BLOB, "BLOB")),
          Map.entry("UUID", new ColumnType(Types.BINARY, "UUID")),
          Map.entry("BOOLEAN", new ColumnType(Types.BOOLEAN, "BOOLEAN")),
          Map.entry("DATE", new ColumnType(Types.DATE, "DATE")),
          Map.entry("TIME", new ColumnType(Types.TIME, "TIME(9)")),
          Map.entry("TIMESTAMP", new ColumnType(Types.TIMESTAMP, "TIMESTAMP(9)")),
          Map.entry(
              "TIMESTAMP WITH TIME ZONE",
              new ColumnType(Types.TIMESTAMP_WITH_TIMEZONE, "TIMESTAMP(9) WITH TIME ZONE")),
          Map.entry("ENUM", new ColumnType(Types.VARCHAR, "VARCHAR")));

  static final SchemaCatalogue.Questions QUESTIONS =
      new SchemaCatalogue.Questions(KIND, COLUMNS, INDEXES, REFERENCES, TRIGGERS, TYPES);

  private H2Catalogue() {}
}
