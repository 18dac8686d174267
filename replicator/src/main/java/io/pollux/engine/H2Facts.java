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

/** What docs/engine-h2.md says, as data. */
final class H2Facts {
  static final String SCHEMA = "POLLUX";

  /** Trigonometry, powers and logarithms are left out: their last bit depends on the processor. */
  private static final Set<String> FUNCTIONS =
      words(
          "ABS ASCII BIT_LENGTH CASEWHEN CEIL CEILING CHAR CHARACTER_LENGTH CHAR_LENGTH COALESCE"
              + " CONCAT CONCAT_WS DATEADD DATEDIFF DATE_TRUNC DAY DAY_OF_MONTH DAY_OF_YEAR DECODE"
              + " EXTRACT FLOOR GREATEST HOUR IFNULL INSTR LCASE LEAST LEFT LENGTH LOCATE LOWER"
              + " LPAD LTRIM MINUTE MOD MONTH NULLIF NVL NVL2 OCTET_LENGTH POSITION QUARTER"
              + " REGEXP_LIKE REGEXP_REPLACE REPEAT REPLACE RIGHT ROUND RPAD RTRIM SECOND SIGN"
              + " SPACE SQRT SUBSTR SUBSTRING TIMESTAMPADD TIMESTAMPDIFF TRANSLATE TRIM TRUNC"
              + " TRUNCATE UCASE UPPER YEAR");

  private static final Set<String> WORDS =
      words(
          "AND OR NOT IN BETWEEN SYMMETRIC LIKE ILIKE ESCAPE IS NULL DISTINCT CASE WHEN THEN ELSE"
              + " END CAST AS TRUE FALSE UNKNOWN INT INTEGER TINYINT SMALLINT BIGINT DECIMAL"
              + " NUMERIC DEC DECFLOAT REAL DOUBLE PRECISION FLOAT CHAR CHARACTER VARCHAR VARYING"
              + " VARCHAR_IGNORECASE LARGE OBJECT CLOB BLOB FOR DATE TIME TIMESTAMP BOOLEAN BINARY"
              + " VARBINARY UUID INTERVAL DAY HOUR MINUTE SECOND MONTH YEAR TO LEADING TRAILING"
              + " BOTH FROM EXISTS ANY SOME ALL");

  /** Only reserved words: any other one may be a column. */
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
          "CREATE FORCE VIEW",
          "CREATE OR REPLACE VIEW",
          "CREATE INDEX",
          "CREATE UNIQUE INDEX",
          "CREATE UNIQUE NULLS",
          "CREATE SEQUENCE",
          "CREATE SYNONYM",
          "CREATE OR REPLACE SYNONYM",
          "CREATE SCHEMA",
          "CREATE DOMAIN",
          "ALTER TABLE",
          "ALTER INDEX",
          "ALTER SEQUENCE",
          "ALTER VIEW",
          "ALTER SCHEMA",
          "ALTER DOMAIN",
          "TRUNCATE TABLE",
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
          words(
              "INSERT UPDATE DELETE MERGE INTO CREATE DROP ALTER TRUNCATE EXECUTE GRANT NEXTVAL"
                  + " LINK_SCHEMA"),
          Set.of("CHECKPOINT", "EXPLAIN", "SHOW", "HELP", "SCRIPT", "BACKUP TO", "RELEASE"),
          Set.of("SET SCHEMA", "SET LOCK_TIMEOUT", "SET QUERY_TIMEOUT", "SET THROTTLE"),
          DEFINITIONS,
          refused(),
          Set.of(),
          Controls.of(
              Map.of(
                  Step.BEGIN, List.of("BEGIN", "BEGIN WORK", "BEGIN TRANSACTION"),
                  Step.COMMIT, List.of("COMMIT", "COMMIT WORK"),
                  Step.ROLLBACK, List.of("ROLLBACK", "ROLLBACK WORK"),
                  Step.SAVEPOINT, List.of("SAVEPOINT"),
                  Step.ROLLBACK_TO, List.of("ROLLBACK TO SAVEPOINT"))));

  private static final SqlFacts.Reach REACH =
      new SqlFacts.Reach(
          words(
              "ACOS ANY_VALUE ARRAY_AGG ASIN ATAN ATAN2 AVG BITAND BITOR BITXOR COS COSH COT COUNT"
                  + " CUME_DIST CURDATE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURTIME DAYNAME"
                  + " DAY_OF_WEEK FORMATDATETIME HASH ISO_WEEK LOCALTIME LOCALTIMESTAMP MONTHNAME NOW"
                  + " PARSEDATETIME REGEXP_SUBSTR SOUNDEX SYSDATE TO_CHAR TO_DATE TO_TIMESTAMP WEEK"
                  + " DENSE_RANK EVERY EXP FIRST_VALUE GROUP_CONCAT LAG LAST_VALUE LEAD"
                  + " LISTAGG LN LOG LOG10 MAX MEDIAN MIN PERCENT_RANK PI POWER RAND RANDOM"
                  + " RANDOM_UUID RANK ROW_NUMBER SIN SINH STDDEV_POP STDDEV_SAMP SUM TAN TANH UUID"
                  + " VARCHAR VAR_POP VAR_SAMP"),
          words(
              "ALL BY CHECK DISTINCT EXCEPT FETCH HAVING IDENTITY INTERSECT JOIN KEY LIMIT OFFSET ON"
                  + " OVER PARTITION SELECT SEQUENCE UNION UNIQUE USING VALUES WHERE"),
          words("INFORMATION_SCHEMA"),
          Set.of(),
          "");

  static final SqlFacts SQL =
      new SqlFacts(
          LexerRules.of(
              Rule.NESTED_COMMENTS, Rule.DOLLAR_QUOTES, Rule.UNICODE_ESCAPES, Rule.TERMINATORS),
          new SqlFacts.Names(IdentifierCase.UPPER, "", SCHEMA),
          EXPRESSIONS,
          STATEMENTS,
          REACH,
          new SqlFacts.Locks(" FOR UPDATE", "", "", ""),
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

  private H2Facts() {}

  private static Set<String> words(String list) {
    return Set.of(list.split(" "));
  }

  private static Map<String, Refuse> refused() {
    Refusals refused = new Refusals();
    String local = "run it on the database of each node directly";
    for (String code : List.of("ALIAS", "AGGREGATE", "CONSTANT")) {
      refused.add("CREATE " + code, "it names Java code or a value of this node", local);
      refused.add("DROP " + code, "it names Java code or a value of this node", local);
    }
    for (String account : List.of("CREATE USER", "CREATE ROLE", "ALTER USER", "DROP USER")) {
      refused.add(account, "accounts and rights belong to a node", local);
    }
    for (String right : List.of("DROP ROLE", "GRANT", "REVOKE")) {
      refused.add(right, "accounts and rights belong to a node", local);
    }
    refused.add(
        "CREATE TRIGGER",
        "its effects can't be seen from outside and it would fire again on the backup",
        "let the application do its work");
    for (String temporary : List.of("CREATE LOCAL TEMPORARY", "CREATE GLOBAL TEMPORARY")) {
      refused.add(
          temporary,
          "its name may hide a table of the database",
          "use a table of the database with a column for the session");
    }
    for (String linked : List.of("CREATE LINKED", "CREATE FORCE LINKED")) {
      refused.add(linked, "its rows are in another database", "copy the rows into a table");
    }
    refused.add(
        "EXPLAIN ANALYZE", "it runs the statement", "use EXPLAIN, or run the statement itself");
    transactions(refused);
    for (String setting : List.of("WRITE_DELAY", "MODE", "REFERENTIAL_INTEGRITY", "TIME ZONE")) {
      refused.add(
          "SET " + setting,
          "it changes how all statements work, on this node alone",
          "give both nodes the same setting in their URLs, if it is one that may differ from the default");
    }
    for (String end : List.of("SHUTDOWN", "SHUTDOWN IMMEDIATELY", "SHUTDOWN COMPACT")) {
      refused.add(end, "the node needs the database", "close the connections, or stop the node");
    }
    return refused.all();
  }

  private static void transactions(Refusals refused) {
    String unseen = "in this form it can't be followed from outside";
    for (String end : List.of("COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT", "PREPARE COMMIT")) {
      refused.add(end, unseen, "leave its options away, or use java.sql.Connection");
    }
    for (String mode : List.of("SET AUTOCOMMIT", "SET TRANSACTION", "SET SESSION", "ANALYZE")) {
      refused.add(mode, "it commits the open transaction unseen", "use java.sql.Connection");
    }
  }
}
