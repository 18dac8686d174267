package io.pollux.engine;

import io.pollux.core.TableName;
import io.pollux.sql.Binding.ClockKind;
import io.pollux.sql.CapturePlan.Refuse;
import io.pollux.sql.LexerRules;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.SqlFacts.IdentifierCase;
import io.pollux.sql.SystemTables;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What docs/engine-derby.md says, as data. */
final class DerbyFacts {
  static final String SCHEMA = "POLLUX";

  /** Trigonometry, powers and logarithms are left out: their last bit depends on the processor. */
  private static final Set<String> FUNCTIONS =
      words(
          "ABS ABSVAL BIGINT CEIL CEILING COALESCE CONCAT DATE DAY DEGREES FLOOR HOUR INTEGER LCASE"
              + " LENGTH LOCATE LOWER LTRIM MINUTE MOD MONTH NULLIF PI RADIANS RTRIM SECOND SIGN"
              + " SMALLINT SQRT SUBSTR SUBSTRING TIME TRIM UCASE UPPER VALUE YEAR");

  private static final Set<String> WORDS =
      words(
          "AND OR NOT IN BETWEEN LIKE ESCAPE IS NULL CASE WHEN THEN ELSE END CAST AS TRUE FALSE"
              + " UNKNOWN INT INTEGER SMALLINT BIGINT DECIMAL NUMERIC DEC REAL DOUBLE PRECISION"
              + " FLOAT CHAR CHARACTER VARCHAR VARYING LONG LARGE OBJECT CLOB BLOB FOR BIT DATA"
              + " DATE TIME TIMESTAMP BOOLEAN BINARY LEADING TRAILING BOTH FROM EXISTS ANY SOME ALL");

  private static final SqlFacts.Expressions EXPRESSIONS =
      new SqlFacts.Expressions(
          FUNCTIONS,
          WORDS,
          words("USER CURRENT_USER SESSION_USER CURRENT_ROLE CURRENT"),
          words("TIMESTAMP"),
          Set.of(),
          Map.of(
              "CURRENT_DATE", ClockKind.DATE,
              "CURRENT DATE", ClockKind.DATE,
              "CURRENT_TIME", ClockKind.TIME,
              "CURRENT TIME", ClockKind.TIME,
              "CURRENT_TIMESTAMP", ClockKind.TIMESTAMP,
              "CURRENT TIMESTAMP", ClockKind.TIMESTAMP),
          Map.of("CURDATE", ClockKind.DATE, "CURTIME", ClockKind.TIME));

  private static final Set<String> DEFINITIONS =
      Set.of(
          "CREATE TABLE",
          "CREATE VIEW",
          "CREATE INDEX",
          "CREATE UNIQUE INDEX",
          "CREATE SEQUENCE",
          "CREATE SYNONYM",
          "CREATE SCHEMA",
          "ALTER TABLE",
          "RENAME TABLE",
          "RENAME COLUMN",
          "RENAME INDEX",
          "TRUNCATE TABLE",
          "DROP TABLE",
          "DROP VIEW",
          "DROP INDEX",
          "DROP SEQUENCE",
          "DROP SYNONYM",
          "DROP SCHEMA",
          "DROP TRIGGER");

  private static final SqlFacts.Statements STATEMENTS =
      new SqlFacts.Statements(
          words("SELECT VALUES"),
          words("INSERT UPDATE DELETE INTO CREATE DROP ALTER EXECUTE GRANT"),
          Set.of("LOCK TABLE"),
          Set.of(
              "SET SCHEMA",
              "SET CURRENT SCHEMA",
              "SET CURRENT SQLID",
              "SET CONSTRAINTS",
              "SET ROLE",
              "DECLARE GLOBAL TEMPORARY"),
          DEFINITIONS,
          refused(),
          Stream.of(
                  "CHECKPOINT_DATABASE",
                  "SET_RUNTIMESTATISTICS",
                  "SET_STATISTICS_TIMING",
                  "EMPTY_STATEMENT_CACHE",
                  "BACKUP_DATABASE",
                  "FREEZE_DATABASE",
                  "UNFREEZE_DATABASE")
              .map(name -> "SYSCS_UTIL.SYSCS_" + name)
              .collect(Collectors.toUnmodifiableSet()),
          Map.of());

  /** XMLPARSE is left out: a document may name a file or a host that it includes. */
  private static final SqlFacts.Reach REACH =
      new SqlFacts.Reach(
          words(
              "ACOS ASIN ATAN ATAN2 AVG CHAR CHAR_LENGTH CHARACTER_LENGTH COS COSH COT COUNT DOUBLE"
                  + " EXP FLOAT IDENTITY_VAL_LOCAL LN LOG LOG10 MAX MIN RAND RANDOM ROW_NUMBER SIN"
                  + " SINH STDDEV_POP STDDEV_SAMP SUM TAN TANH TIMESTAMP TIMESTAMPADD TIMESTAMPDIFF"
                  + " VARCHAR VAR_POP VAR_SAMP"),
          words(
              "ALL BY CHECK DISTINCT EXCEPT FETCH HAVING IDENTITY INTERSECT JOIN KEY OFFSET ON OVER"
                  + " SELECT UNION UNIQUE USING VALUES WHERE"),
          words("SYS SYSIBM SYSCAT SYSFUN SYSPROC SYSSTAT SYSCS_DIAG SYSCS_UTIL NULLID SQLJ"),
          Set.of(new TableName("SYSIBM", "SYSDUMMY1")),
          "");

  static final SqlFacts SQL =
      new SqlFacts(
          LexerRules.of(LexerRules.Rule.NESTED_COMMENTS),
          new SqlFacts.Names(IdentifierCase.UPPER, "SESSION", SCHEMA),
          EXPRESSIONS,
          STATEMENTS,
          REACH,
          new SqlFacts.Locks(
              " FOR UPDATE WITH RS", " WITH RR", "LOCK TABLE %s IN EXCLUSIVE MODE", ""),
          "",
          Set.of(
              Types.SQLXML, Types.JAVA_OBJECT, Types.OTHER, Types.ARRAY, Types.REF, Types.STRUCT),
          SqlFacts.Returning.NO);

  static final SystemTables SYSTEM_TABLES =
      new SystemTables(
          SCHEMA + ".",
          SCHEMA,
          List.of(
              "CREATE SCHEMA POLLUX",
              "CREATE TABLE POLLUX.POLLUX_NODE (GROUP_ID VARCHAR(64) NOT NULL,"
                  + " INCARNATION VARCHAR(64) NOT NULL, NODE_ID VARCHAR(64) NOT NULL,"
                  + " BOOT BIGINT NOT NULL, EPOCH BIGINT NOT NULL)",
              "CREATE TABLE POLLUX.POLLUX_SLOT (NODE VARCHAR(64) NOT NULL, ID INTEGER NOT NULL,"
                  + " EPOCH BIGINT NOT NULL, BOOT BIGINT NOT NULL, COUNTER BIGINT NOT NULL,"
                  + " PAYLOAD VARCHAR(32672) FOR BIT DATA, PRIMARY KEY (NODE, ID))",
              "CREATE TABLE POLLUX.POLLUX_APPLIED (LOG_POSITION BIGINT NOT NULL,"
                  + " HASH CHAR(32) FOR BIT DATA NOT NULL)",
              "CREATE TABLE POLLUX.POLLUX_GENERATOR (KIND VARCHAR(16) NOT NULL,"
                  + " SCHEMA_NAME VARCHAR(128) NOT NULL, NAME VARCHAR(128) NOT NULL,"
                  + " LAST_VALUE BIGINT NOT NULL, PRIMARY KEY (KIND, SCHEMA_NAME, NAME))",
              "CREATE TABLE POLLUX.POLLUX_PARKED (SCHEMA_NAME VARCHAR(128) NOT NULL,"
                  + " TABLE_NAME VARCHAR(128) NOT NULL, COLUMN_NAME VARCHAR(128) NOT NULL,"
                  + " PRIMARY KEY (SCHEMA_NAME, TABLE_NAME, COLUMN_NAME))"),
          32_672);

  private DerbyFacts() {}

  private static Set<String> words(String list) {
    return Set.of(list.split(" "));
  }

  private static Map<String, Refuse> refused() {
    Map<String, Refuse> refused = new HashMap<>();
    for (String verb : List.of("CREATE ", "DROP ")) {
      for (String code : List.of("PROCEDURE", "FUNCTION", "TYPE", "DERBY AGGREGATE")) {
        refuse(
            refused,
            verb + code,
            "it names Java code, which a backup must not take from the log",
            "run it on the database of each node directly");
      }
      refuse(
          refused,
          verb + "ROLE",
          "accounts and rights belong to a node",
          "run it on the database of each node directly");
    }
    for (String right : List.of("GRANT", "REVOKE")) {
      refuse(
          refused,
          right,
          "accounts and rights belong to a node",
          "run it on the database of each node directly");
    }
    refuse(
        refused,
        "CREATE TRIGGER",
        "its effects can't be seen from outside and it would fire again on the backup",
        "let the application do its work");
    refuse(
        refused,
        "MERGE",
        "the rows that it changes can't be told from outside",
        "use UPDATE, and INSERT if it changed no row");
    for (String isolation : List.of("SET ISOLATION", "SET CURRENT ISOLATION")) {
      refuse(
          refused,
          isolation,
          "it commits the open transaction unseen",
          "call Connection.setTransactionIsolation");
    }
    return Map.copyOf(refused);
  }

  private static void refuse(
      Map<String, Refuse> refused, String kind, String reason, String wayOut) {
    refused.put(kind, new Refuse(kind, reason, wayOut));
  }
}
