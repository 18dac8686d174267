package io.pollux.engine;

import io.pollux.engine.SchemaCatalogue.ColumnType;
import java.sql.Types;
import java.util.Map;

/** What this engine's information schema is asked. A text table's rows are in another file. */
final class HsqldbCatalogue {
  private static final String KIND =
      "SELECT CASE WHEN TABLE_TYPE = 'TABLE' AND HSQLDB_TYPE <> 'TEXT' THEN 'BASE TABLE'"
          + " ELSE TABLE_TYPE END FROM INFORMATION_SCHEMA.SYSTEM_TABLES"
          + " WHERE TABLE_SCHEM = ? AND TABLE_NAME = ?";

  /** A column of the primary key is never null, though it says it may be. */
  private static final String COLUMNS =
      "SELECT C.COLUMN_NAME, C.DATA_TYPE, C.NUMERIC_PRECISION, C.NUMERIC_SCALE,"
          + " CASE WHEN P.COLUMN_NAME IS NULL THEN C.IS_NULLABLE ELSE 'NO' END,"
          + " C.COLUMN_DEFAULT, C.IDENTITY_GENERATION, C.IS_GENERATED, FALSE,"
          + " CAST(NULL AS LONGVARCHAR) FROM INFORMATION_SCHEMA.COLUMNS C"
          + " LEFT JOIN INFORMATION_SCHEMA.SYSTEM_PRIMARYKEYS P ON P.TABLE_SCHEM = C.TABLE_SCHEMA"
          + " AND P.TABLE_NAME = C.TABLE_NAME AND P.COLUMN_NAME = C.COLUMN_NAME"
          + " WHERE C.TABLE_SCHEMA = ? AND C.TABLE_NAME = ? ORDER BY C.ORDINAL_POSITION";

  /** An index may have the name of the key that it serves. */
  private static final String INDEXES =
      "SELECT NAME, KIND, COLUMN_NAME FROM ("
          + "SELECT 'KEY ' || PK_NAME AS NAME, 'PRIMARY KEY' AS KIND, COLUMN_NAME, KEY_SEQ AS SEQ,"
          + " TABLE_SCHEM AS S, TABLE_NAME AS T FROM INFORMATION_SCHEMA.SYSTEM_PRIMARYKEYS"
          + " UNION ALL SELECT INDEX_NAME, 'UNIQUE', COLUMN_NAME, ORDINAL_POSITION, TABLE_SCHEM,"
          + " TABLE_NAME FROM INFORMATION_SCHEMA.SYSTEM_INDEXINFO WHERE NOT NON_UNIQUE)"
          + " WHERE S = ? AND T = ? ORDER BY NAME, SEQ";

  /** Rules 1 and 3: RESTRICT and NO ACTION. */
  private static final String REFERENCES =
      "SELECT PKTABLE_SCHEM, PKTABLE_NAME, FKTABLE_SCHEM, FKTABLE_NAME,"
          + " CASE WHEN DELETE_RULE IN (1, 3) AND UPDATE_RULE IN (1, 3) THEN TRUE ELSE FALSE END"
          + " FROM INFORMATION_SCHEMA.SYSTEM_CROSSREFERENCE";

  private static final String TRIGGERS =
      "SELECT NAME FROM (SELECT TRIGGER_NAME AS NAME, EVENT_OBJECT_SCHEMA AS S,"
          + " EVENT_OBJECT_TABLE AS T FROM INFORMATION_SCHEMA.TRIGGERS"
          + " UNION ALL SELECT PERIOD_NAME, TABLE_SCHEMA, TABLE_NAME"
          + " FROM INFORMATION_SCHEMA.PERIODS WHERE PERIOD_NAME = 'SYSTEM_TIME')"
          + " WHERE S = ? AND T = ? ORDER BY NAME";

  private static final Map<String, ColumnType> TYPES =
      Map.ofEntries(
          Map.entry("TINYINT", new ColumnType(Types.TINYINT, "TINYINT")),
          Map.entry("SMALLINT", new ColumnType(Types.SMALLINT, "SMALLINT")),
          Map.entry("INTEGER", new ColumnType(Types.INTEGER, "INTEGER")),
          Map.entry("BIGINT", new ColumnType(Types.BIGINT, "BIGINT")),
          Map.entry("NUMERIC", new ColumnType(Types.NUMERIC, "NUMERIC(%s, %s)")),
          Map.entry("DECIMAL", new ColumnType(Types.DECIMAL, "DECIMAL(%s, %s)")),
          Map.entry("DOUBLE PRECISION", new ColumnType(Types.DOUBLE, "DOUBLE")),
          Map.entry("CHARACTER", new ColumnType(Types.CHAR, "LONGVARCHAR")),
          Map.entry("CHARACTER VARYING", new ColumnType(Types.VARCHAR, "LONGVARCHAR")),
          Map.entry("CHARACTER LARGE OBJECT", new ColumnType(Types.CLOB, "CLOB")),
          Map.entry("BINARY", new ColumnType(Types.BINARY, "LONGVARBINARY")),
          Map.entry("VARBINARY", new ColumnType(Types.VARBINARY, "LONGVARBINARY")),
          Map.entry("BINARY LARGE OBJECT", new ColumnType(Types.BLOB, "BLOB")),
          Map.entry("UUID", new ColumnType(Types.BINARY, "UUID")),
          Map.entry("BOOLEAN", new ColumnType(Types.BOOLEAN, "BOOLEAN")),
          Map.entry("DATE", new ColumnType(Types.DATE, "DATE")),
          Map.entry("TIME", new ColumnType(Types.TIME, "TIME(9)")),
          Map.entry("TIMESTAMP", new ColumnType(Types.TIMESTAMP, "TIMESTAMP(9)")),
          Map.entry(
              "TIMESTAMP WITH TIME ZONE",
              new ColumnType(Types.TIMESTAMP_WITH_TIMEZONE, "TIMESTAMP(9) WITH TIME ZONE")));

  static final SchemaCatalogue.Questions QUESTIONS =
      new SchemaCatalogue.Questions(KIND, COLUMNS, INDEXES, REFERENCES, TRIGGERS, TYPES);

  private HsqldbCatalogue() {}
}
