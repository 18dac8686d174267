package io.pollux.samples;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What JDBC's metadata does not tell: views, triggers, sequences and checks, by each engine's own
 * catalogue. The first two columns of each query are schema and name.
 */
final class CatalogueQueries {
  private static final Map<String, String> DERBY =
      Map.of(
          "view",
          """
          SELECT S.SCHEMANAME, T.TABLENAME, V.VIEWDEFINITION
          FROM SYS.SYSVIEWS V
          JOIN SYS.SYSTABLES T ON T.TABLEID = V.TABLEID
          JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID
          """,
          "trigger",
          """
          SELECT S.SCHEMANAME, T.TABLENAME, R.TRIGGERNAME, R.EVENT, R.FIRINGTIME, R.TYPE, R.STATE,
                 R.REFERENCEDCOLUMNS, R.TRIGGERDEFINITION, R.WHENCLAUSETEXT
          FROM SYS.SYSTRIGGERS R
          JOIN SYS.SYSTABLES T ON T.TABLEID = R.TABLEID
          JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = R.SCHEMAID
          """,
          // Identity columns have sequences too; their names are UUIDs.
          "sequence",
          """
          SELECT S.SCHEMANAME, Q.SEQUENCENAME, Q.SEQUENCEDATATYPE, Q.STARTVALUE, Q.MINIMUMVALUE,
                 Q.MAXIMUMVALUE, Q.INCREMENT, Q.CYCLEOPTION
          FROM SYS.SYSSEQUENCES Q
          JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = Q.SCHEMAID
          WHERE Q.SEQUENCENAME NOT LIKE '________-____-____-____-____________'
          """,
          "check",
          """
          SELECT S.SCHEMANAME, T.TABLENAME, K.CHECKDEFINITION
          FROM SYS.SYSCHECKS K
          JOIN SYS.SYSCONSTRAINTS C ON C.CONSTRAINTID = K.CONSTRAINTID
          JOIN SYS.SYSTABLES T ON T.TABLEID = C.TABLEID
          JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID
          """);

  private static final String STANDARD_VIEW =
      "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS";

  private static final String STANDARD_CHECK =
      """
      SELECT T.TABLE_SCHEMA, T.TABLE_NAME, C.CHECK_CLAUSE
      FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS C
      JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS T
        ON T.CONSTRAINT_SCHEMA = C.CONSTRAINT_SCHEMA AND T.CONSTRAINT_NAME = C.CONSTRAINT_NAME
      """;

  private static final Map<String, String> H2 =
      Map.of(
          "view",
          STANDARD_VIEW,
          "trigger",
          """
          SELECT TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING,
                 EVENT_MANIPULATION, ACTION_ORIENTATION, JAVA_CLASS
          FROM INFORMATION_SCHEMA.TRIGGERS
          """,
          "sequence",
          """
          SELECT SEQUENCE_SCHEMA, SEQUENCE_NAME, DATA_TYPE, START_VALUE, MINIMUM_VALUE,
                 MAXIMUM_VALUE, INCREMENT, CYCLE_OPTION
          FROM INFORMATION_SCHEMA.SEQUENCES
          """,
          "check",
          STANDARD_CHECK);

  private static final Map<String, String> HSQLDB =
      Map.of(
          "view",
          STANDARD_VIEW,
          "trigger",
          """
          SELECT TRIGGER_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING,
                 EVENT_MANIPULATION, ACTION_ORIENTATION, ACTION_CONDITION, ACTION_STATEMENT
          FROM INFORMATION_SCHEMA.TRIGGERS
          """,
          "sequence",
          """
          SELECT SEQUENCE_SCHEMA, SEQUENCE_NAME, DATA_TYPE, START_WITH, MINIMUM_VALUE,
                 MAXIMUM_VALUE, INCREMENT, CYCLE_OPTION
          FROM INFORMATION_SCHEMA.SEQUENCES
          """,
          "check",
          STANDARD_CHECK);

  private static final Map<String, String> SQLITE =
      Map.of(
          "definition",
          """
          SELECT '', tbl_name, type, sql
          FROM sqlite_master
          WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
          """);

  private static final Map<String, String> POSTGRES =
      Map.of(
          "view",
          "SELECT schemaname, viewname, definition FROM pg_views",
          "materialized view",
          "SELECT schemaname, matviewname, definition FROM pg_matviews",
          "trigger",
          """
          SELECT n.nspname, c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid)
          FROM pg_trigger t
          JOIN pg_class c ON c.oid = t.tgrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE NOT t.tgisinternal
          """,
          "sequence",
          """
          SELECT schemaname, sequencename, data_type, start_value, min_value, max_value,
                 increment_by, cycle
          FROM pg_sequences
          """,
          "check",
          """
          SELECT n.nspname, c.relname, pg_get_constraintdef(k.oid)
          FROM pg_constraint k
          JOIN pg_class c ON c.oid = k.conrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE k.contype IN ('c', 'x')
          """);

  /** These engines have catalogues where others have schemas. */
  private static final Map<String, String> MARIADB =
      Map.of(
          "view",
          """
          SELECT '', TABLE_NAME, VIEW_DEFINITION
          FROM INFORMATION_SCHEMA.VIEWS
          WHERE TABLE_SCHEMA = DATABASE()
          """,
          "trigger",
          """
          SELECT '', EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION,
                 ACTION_STATEMENT
          FROM INFORMATION_SCHEMA.TRIGGERS
          WHERE TRIGGER_SCHEMA = DATABASE()
          """,
          "sequence",
          """
          SELECT '', TABLE_NAME
          FROM INFORMATION_SCHEMA.TABLES
          WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'
          """,
          "check",
          """
          SELECT '', TABLE_NAME, CHECK_CLAUSE
          FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS
          WHERE CONSTRAINT_SCHEMA = DATABASE()
          """);

  private static final Map<String, Map<String, String>> BY_PRODUCT =
      Map.of(
          "derby",
          DERBY,
          "h2",
          H2,
          "hsql",
          HSQLDB,
          "sqlite",
          SQLITE,
          "postgres",
          POSTGRES,
          "mariadb",
          MARIADB);

  private CatalogueQueries() {}

  /**
   * Kind of object → query.
   *
   * @throws SQLException 0A000 for an engine whose catalogue is not known: a comparison that leaves
   *     something out would be worse than none
   */
  static Map<String, String> of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return BY_PRODUCT.entrySet().stream()
        .filter(entry -> product.toLowerCase(Locale.ROOT).contains(entry.getKey()))
        .findFirst()
        .map(entry -> new TreeMap<>(entry.getValue()))
        .orElseThrow(
            () ->
                new SQLException(
                    "comparing "
                        + product
                        + ": where it keeps views, triggers and sequences is not known here;"
                        + " add it to CatalogueQueries",
                    "0A000"));
  }
}
