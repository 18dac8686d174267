package io.pollux.engine;

import io.pollux.sql.Binding.ClockKind;
import io.pollux.sql.CapturePlan.Control.Step;
import io.pollux.sql.CapturePlan.Refuse;
import io.pollux.sql.LexerRules;
import io.pollux.sql.LexerRules.Rule;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.SqlFacts.IdentifierCase;
import io.pollux.sql.SystemTables;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What docs/engine-hsqldb.md says, as data. */
final class HsqldbFacts {
  static final String SCHEMA = "POLLUX";

  /** Trigonometry, powers and logarithms are left out: their last bit depends on the processor. */
  private static final Set<String> FUNCTIONS =
      words(
          "ABS ASCII BITAND BITOR BITXOR BIT_LENGTH CASEWHEN CEIL CEILING CHAR CHARACTER_LENGTH"
              + " CHAR_LENGTH COALESCE CONCAT CONCAT_WS DATEADD DATEDIFF DAY DAYOFMONTH DAYOFYEAR"
              + " DECODE EXTRACT FLOOR GREATEST HOUR IFNULL INSTR ISNULL LCASE LEAST LEFT LENGTH"
              + " LOCATE LOWER LPAD LTRIM MINUTE MOD MONTH NULLIF NVL NVL2 OCTET_LENGTH OVERLAY"
              + " POSITION QUARTER REGEXP_MATCHES REGEXP_REPLACE REPEAT REPLACE REVERSE RIGHT ROUND"
              + " RPAD RTRIM SECOND SIGN SPACE SQRT SUBSTR SUBSTRING TIMESTAMPADD TIMESTAMPDIFF"
              + " TRANSLATE TRIM TRUNC TRUNCATE UCASE UPPER YEAR");

  private static final Set<String> WORDS =
      words(
          "AND OR NOT IN BETWEEN SYMMETRIC LIKE ESCAPE IS NULL DISTINCT CASE WHEN THEN ELSE END"
              + " CAST CONVERT AS TRUE FALSE UNKNOWN INT INTEGER TINYINT SMALLINT BIGINT DECIMAL"
              + " NUMERIC DEC REAL DOUBLE PRECISION FLOAT CHAR CHARACTER VARCHAR LONGVARCHAR VARYING"
              + " VARCHAR_IGNORECASE LARGE OBJECT CLOB BLOB FOR DATE TIME TIMESTAMP BOOLEAN BINARY"
              + " VARBINARY LONGVARBINARY UUID INTERVAL DAY HOUR MINUTE SECOND MONTH YEAR TO LEADING"
              + " TRAILING BOTH FROM EXISTS ANY SOME ALL");

  private static final SqlFacts.Expressions EXPRESSIONS =
      new SqlFacts.Expressions(
          FUNCTIONS,
          WORDS,
          words(
              "USER CURRENT_USER SESSION_USER SYSTEM_USER CURRENT_ROLE CURRENT_SCHEMA"
                  + " CURRENT_CATALOG CURRENT_PATH"),
          words("TIMESTAMP"),
          Set.of(),
          Map.of(
              "CURRENT_DATE", ClockKind.DATE,
              "CURRENT_TIME", ClockKind.TIME,
              "LOCALTIME", ClockKind.TIME,
              "CURRENT_TIMESTAMP", ClockKind.TIMESTAMP,
              "LOCALTIMESTAMP", ClockKind.TIMESTAMP),
          Map.of("CURDATE", ClockKind.DATE, "CURTIME", ClockKind.TIME, "NOW", ClockKind.TIMESTAMP));

  private static final Set<String> DEFINITIONS =
      Set.of(
          "CREATE TABLE",
          "CREATE CACHED TABLE",
          "CREATE MEMORY TABLE",
          "CREATE VIEW",
          "CREATE INDEX",
          "CREATE UNIQUE INDEX",
          "CREATE SEQUENCE",
          "CREATE SYNONYM",
          "CREATE SCHEMA",
          "CREATE DOMAIN",
          "ALTER TABLE",
          "ALTER INDEX",
          "ALTER SEQUENCE",
          "ALTER VIEW",
          "ALTER SCHEMA",
          "ALTER DOMAIN",
          "ALTER CONSTRAINT",
          "COMMENT ON",
          "DROP TABLE",
          "DROP VIEW",
          "DROP INDEX",
          "DROP SEQUENCE",
          "DROP SYNONYM",
          "DROP SCHEMA",
          "DROP DOMAIN",
          "DROP TRIGGER");

  private static final SqlFacts.Statements STATEMENTS =
      new SqlFacts.Statements(
          words("SELECT VALUES WITH TABLE"),
          words("UPDATE DELETE MERGE INTO CREATE DROP ALTER GRANT"),
          Set.of("EXPLAIN PLAN", "EXPLAIN REFERENCES", "CALL IDENTITY"),
          Set.of("SET SCHEMA", "SET MAXROWS"),
          DEFINITIONS,
          refused(),
          Set.of(),
          Controls.of(
              Map.of(
                  Step.BEGIN, List.of("START TRANSACTION"),
                  Step.COMMIT, List.of("COMMIT", "COMMIT WORK"),
                  Step.ROLLBACK, List.of("ROLLBACK", "ROLLBACK WORK"),
                  Step.SAVEPOINT, List.of("SAVEPOINT"),
                  Step.ROLLBACK_TO, List.of("ROLLBACK TO SAVEPOINT"),
                  Step.RELEASE, List.of("RELEASE SAVEPOINT"))));

  /** The names that the engine gives are numbered anew whenever a database is opened. */
  private static final SqlFacts.Reach REACH =
      new SqlFacts.Reach(
          words(
              "ACOS ANY_VALUE ARRAY_AGG ASIN ATAN ATAN2 AVG COS COSH COT COUNT CURDATE CURRENT_DATE"
                  + " CURRENT_TIME CURRENT_TIMESTAMP CURTIME DAYNAME DAYOFWEEK DEGREES DIFFERENCE"
                  + " EVERY EXP GROUP_CONCAT LN LOCALTIME LOCALTIMESTAMP LOG LOG10 MAX MEDIAN MIN"
                  + " MONTHNAME NOW PI POWER RADIANS RAND REGEXP_SUBSTRING ROWNUM ROW_NUMBER SIN"
                  + " SINH SOUNDEX STDDEV_POP STDDEV_SAMP SUM TAN TANH TO_CHAR TO_DATE TO_TIMESTAMP"
                  + " UUID VARCHAR VAR_POP VAR_SAMP WEEK"),
          words(
              "ALL BY CHECK DISTINCT EXCEPT FETCH HAVING IDENTITY INTERSECT JOIN KEY LIMIT OFFSET ON"
                  + " OVER SELECT SEQUENCE UNION UNIQUE USING VALUES WHERE"),
          words("INFORMATION_SCHEMA SYSTEM_LOBS DEFINITION_SCHEMA SQLJ"),
          Set.of(),
          "SYS_(IDX|PK|CT|FK|REF)_(.*_)?[0-9]+");

  /** In one of the transaction models neither FOR UPDATE nor LOCK TABLE holds anything. */
  private static final SqlFacts.Locks LOCKS =
      new SqlFacts.Locks("", "", "", "UPDATE %1$s SET %2$s = %2$s");

  static final SqlFacts SQL =
      new SqlFacts(
          LexerRules.of(Rule.UNICODE_ESCAPES, Rule.TERMINATORS),
          new SqlFacts.Names(IdentifierCase.UPPER, "", SCHEMA),
          EXPRESSIONS,
          STATEMENTS,
          REACH,
          LOCKS,
          " OVERRIDING SYSTEM VALUE",
          Set.of(
              Types.SQLXML,
              Types.JAVA_OBJECT,
              Types.OTHER,
              Types.ARRAY,
              Types.REF,
              Types.STRUCT,
              Types.TIME_WITH_TIMEZONE),
          SqlFacts.Returning.AS_GENERATED_KEYS);

  static final SystemTables SYSTEM_TABLES = OwnTables.in(SCHEMA);

  private HsqldbFacts() {}

  private static Set<String> words(String list) {
    return Set.of(list.split(" "));
  }

  private static Map<String, Refuse> refused() {
    String local = "run it on the database of each node directly";
    Refusals refused = new Refusals();
    for (String verb : List.of("CREATE ", "ALTER ", "DROP ")) {
      for (String code : List.of("FUNCTION", "PROCEDURE", "ROUTINE", "SPECIFIC", "AGGREGATE")) {
        refused.add(verb + code, "what code does can't be seen from outside", local);
      }
      for (String account : List.of("USER", "ROLE")) {
        refused.add(verb + account, "accounts and rights belong to a node", local);
      }
      refused.add(verb + "TYPE", "values of such a type can't be carried", "use a domain");
    }
    return effects(
            refused.add(List.of("GRANT", "REVOKE"), "accounts and rights belong to a node", local))
        .all();
  }

  private static Refusals effects(Refusals refused) {
    return transactions(refused)
        .add(
            "CREATE TRIGGER",
            "its effects can't be seen from outside and it would fire again on the backup",
            "let the application do its work")
        .add(
            List.of("CREATE TEXT", "SET TABLE"),
            "the rows of a text table are in another file, and a table's settings belong to a node",
            "copy the rows into a plain table")
        .add(
            List.of("CREATE TEMP", "CREATE TEMPORARY", "CREATE GLOBAL TEMPORARY", "DECLARE LOCAL"),
            "its name may hide a table of the database",
            "use a table of the database with a column for the session")
        .add(
            "TRUNCATE",
            "it takes rows away that others may not have committed yet",
            "use DELETE FROM, which takes the same rows away")
        .add(
            List.of("SET DATABASE", "SET FILES", "SET TIME", "SET INITIAL", "SET PASSWORD"),
            "it changes how all statements work, on this node alone",
            "run it on the bare database of each node, before Pollux opens it")
        .add(
            List.of("SHUTDOWN", "BACKUP", "SCRIPT", "PERFORM", "IMPORT"),
            "the node needs the database, and the file system is not the application's",
            "close the connections, or stop the node");
  }

  private static Refusals transactions(Refusals refused) {
    return refused
        .add(
            List.of("COMMIT", "ROLLBACK", "START TRANSACTION", "SAVEPOINT", "RELEASE"),
            "in this form it can't be followed from outside",
            "leave its options away, or use java.sql.Connection")
        .add(
            List.of("SET AUTOCOMMIT", "SET TRANSACTION", "SET SESSION", "CHECKPOINT", "LOCK"),
            "it commits or changes the open transaction unseen",
            "use java.sql.Connection");
  }
}
