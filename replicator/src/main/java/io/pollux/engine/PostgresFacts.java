package io.pollux.engine;

import io.pollux.sql.CapturePlan.Control.Step;
import io.pollux.sql.CapturePlan.Refuse;
import io.pollux.sql.LexerRules;
import io.pollux.sql.LexerRules.Rule;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.SqlFacts.IdentifierCase;
import io.pollux.sql.SystemTables;
import java.sql.Types;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What docs/engine-postgresql.md says, as data. */
final class PostgresFacts {
  static final String SCHEMA = "pollux";
  static final String TEMPORARY = "pg_temp";

  private static final String ON_EACH_NODE = "run it on the database of each node directly";

  private static final Set<String> FUNCTIONS =
      words(
          "ABS CEIL CEILING COALESCE FLOOR GREATEST LEAST LENGTH LOWER LTRIM MOD NULLIF POSITION"
              + " REPLACE ROUND RTRIM SIGN SUBSTR SUBSTRING TRIM TRUNC UPPER");

  /** No type whose values depend on the time zone of the session. */
  private static final Set<String> WORDS =
      words(
          "AND OR NOT IN BETWEEN LIKE ILIKE ESCAPE IS NULL CASE WHEN THEN ELSE END CAST AS TRUE"
              + " FALSE UNKNOWN DISTINCT INT INT2 INT4 INT8 INTEGER SMALLINT BIGINT DECIMAL NUMERIC"
              + " REAL DOUBLE PRECISION FLOAT4 FLOAT8 CHAR CHARACTER VARCHAR VARYING TEXT BYTEA UUID"
              + " BOOLEAN BOOL LEADING TRAILING BOTH FROM FOR EXISTS ANY SOME ALL");

  /** The clock is one of them: what it gave is read back from the row. */
  private static final Set<String> SESSION_WORDS =
      words(
          "USER CURRENT_USER SESSION_USER CURRENT_ROLE CURRENT_CATALOG CURRENT_SCHEMA CURRENT_DATE"
              + " CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP");

  private static final Set<String> DEFINITIONS = definitions();

  private static final SqlFacts.Statements STATEMENTS =
      new SqlFacts.Statements(
          words("SELECT VALUES WITH TABLE"),
          words("INSERT UPDATE DELETE MERGE INTO CREATE DROP ALTER TRUNCATE EXECUTE GRANT COPY"),
          Set.of(
              "LOCK",
              "SHOW",
              "LISTEN",
              "UNLISTEN",
              "NOTIFY",
              "VACUUM",
              "ANALYZE",
              "REINDEX",
              "CHECKPOINT",
              "EXPLAIN SELECT",
              "EXPLAIN WITH",
              "EXPLAIN VALUES",
              "EXPLAIN INSERT",
              "EXPLAIN UPDATE",
              "EXPLAIN DELETE"),
          Set.of("SET", "RESET", "DISCARD", "DEALLOCATE"),
          DEFINITIONS,
          refused(),
          Set.of(),
          Controls.of(
              Map.of(
                  Step.BEGIN,
                  List.of("BEGIN", "BEGIN WORK", "BEGIN TRANSACTION", "START TRANSACTION"),
                  Step.COMMIT,
                  List.of(
                      "COMMIT",
                      "COMMIT WORK",
                      "COMMIT TRANSACTION",
                      "END",
                      "END WORK",
                      "END TRANSACTION"),
                  Step.ROLLBACK,
                  List.of(
                      "ROLLBACK",
                      "ROLLBACK WORK",
                      "ROLLBACK TRANSACTION",
                      "ABORT",
                      "ABORT WORK",
                      "ABORT TRANSACTION"),
                  Step.SAVEPOINT,
                  List.of("SAVEPOINT"),
                  Step.ROLLBACK_TO,
                  List.of("ROLLBACK TO", "ROLLBACK TO SAVEPOINT"),
                  Step.RELEASE,
                  List.of("RELEASE", "RELEASE SAVEPOINT"))));

  private static final SqlFacts.Reach REACH =
      new SqlFacts.Reach(
          words(
              "AGE CLOCK_TIMESTAMP STATEMENT_TIMESTAMP TRANSACTION_TIMESTAMP ARRAY_AGG ARRAY_LENGTH ASCII AVG BOOL_AND BOOL_OR BTRIM CHAR_LENGTH CHR CONCAT"
                  + " CONCAT_WS COUNT CUME_DIST DATE_PART DATE_TRUNC DENSE_RANK EVERY EXP EXTRACT"
                  + " FIRST_VALUE FORMAT GEN_RANDOM_UUID INITCAP JSONB_BUILD_OBJECT"
                  + " JSON_BUILD_OBJECT LAG LAST_VALUE LEAD LEFT LN LOG LPAD MAKE_DATE MAX MD5 MIN"
                  + " NEXTVAL NOW NTILE OCTET_LENGTH PERCENT_RANK PI POWER RANDOM RANK REPEAT"
                  + " REVERSE RIGHT ROW_NUMBER RPAD SPLIT_PART SQRT STRING_AGG STRPOS SUM TO_CHAR"
                  + " TO_DATE TO_NUMBER TO_TIMESTAMP TO_TSVECTOR TRANSLATE UNNEST"),
          words(
              "ENUM BTREE HASH GIN GIST SPGIST BRIN BIT VARBIT BPCHAR INTERVAL TIMESTAMPTZ TIMETZ"
                  + " ALL ALWAYS ARRAY BY CHECK DISTINCT EXCEPT EXCLUDE FETCH FILTER GROUP HAVING IDENTITY"
                  + " INCLUDE INTERSECT JOIN JSON JSONB KEY LIMIT NUMERIC OFFSET ON OVER PARTITION"
                  + " REFERENCES SELECT TIME TIMESTAMP UNION UNIQUE USING VALUES WHERE WITH"),
          words("pg_catalog information_schema pg_toast"),
          Set.of(),
          "");

  static final SqlFacts SQL =
      new SqlFacts(
          LexerRules.of(
              Rule.NESTED_COMMENTS,
              Rule.DOLLAR_QUOTES,
              Rule.UNICODE_ESCAPES,
              Rule.BACKSLASH_ESCAPES,
              Rule.MORE_OPERATORS,
              Rule.TERMINATORS),
          new SqlFacts.Names(IdentifierCase.LOWER, TEMPORARY, SCHEMA),
          new SqlFacts.Expressions(
              FUNCTIONS,
              WORDS,
              SESSION_WORDS,
              words("TIMESTAMP TIMESTAMPTZ TIMETZ DATE TIME"),
              words("NEXTVAL SETVAL"),
              Map.of(),
              Map.of()),
          STATEMENTS,
          REACH,
          new SqlFacts.Locks(" FOR UPDATE", "", "LOCK TABLE %s IN EXCLUSIVE MODE", ""),
          " OVERRIDING SYSTEM VALUE",
          Set.of(Types.REF, Types.STRUCT),
          SqlFacts.Returning.OF_ALL_TABLES);

  static final SystemTables SYSTEM_TABLES =
      new SystemTables(
          SCHEMA + ".",
          SCHEMA,
          List.of(
              "CREATE SCHEMA pollux",
              "CREATE TABLE pollux.pollux_node (group_id VARCHAR(64) NOT NULL,"
                  + " incarnation VARCHAR(64) NOT NULL, node_id VARCHAR(64) NOT NULL,"
                  + " boot BIGINT NOT NULL, epoch BIGINT NOT NULL)",
              // Rows are written again and again: room for them in their page keeps the index
              // still.
              "CREATE TABLE pollux.pollux_slot (node VARCHAR(64) NOT NULL, id INTEGER NOT NULL,"
                  + " epoch BIGINT NOT NULL, boot BIGINT NOT NULL, counter BIGINT NOT NULL,"
                  + " payload BYTEA, PRIMARY KEY (node, id)) WITH (fillfactor = 30)",
              "CREATE TABLE pollux.pollux_applied (log_position BIGINT NOT NULL,"
                  + " hash BYTEA NOT NULL)",
              "CREATE TABLE pollux.pollux_generator (kind VARCHAR(16) NOT NULL,"
                  + " schema_name VARCHAR(128) NOT NULL, name VARCHAR(128) NOT NULL,"
                  + " last_value BIGINT NOT NULL, PRIMARY KEY (kind, schema_name, name))",
              "CREATE TABLE pollux.pollux_parked (schema_name VARCHAR(128) NOT NULL,"
                  + " table_name VARCHAR(128) NOT NULL, column_name VARCHAR(128) NOT NULL,"
                  + " PRIMARY KEY (schema_name, table_name, column_name))"),
          32_672);

  private PostgresFacts() {}

  private static Set<String> words(String list) {
    return Set.of(list.split(" "));
  }

  private static Set<String> definitions() {
    Set<String> kinds =
        new TreeSet<>(
            List.of(
                "TRUNCATE",
                "COMMENT ON",
                "CREATE UNIQUE INDEX",
                "CREATE OR REPLACE",
                "CREATE TEMP TABLE",
                "CREATE TEMPORARY TABLE",
                "DROP TRIGGER",
                "DROP FUNCTION"));
    for (String what : List.of("TABLE", "VIEW", "INDEX", "SEQUENCE", "SCHEMA", "TYPE")) {
      kinds.add("CREATE " + what);
      kinds.add("ALTER " + what);
      kinds.add("DROP " + what);
    }
    return Collections.unmodifiableSet(kinds);
  }

  private static Map<String, Refuse> refused() {
    Map<String, Refuse> refused = new HashMap<>();
    for (String what : List.of("ROLE", "USER", "GROUP", "DATABASE", "EXTENSION", "TABLESPACE")) {
      for (String verb : List.of("CREATE ", "ALTER ", "DROP ")) {
        refuse(refused, verb + what, "it belongs to a node", ON_EACH_NODE);
      }
    }
    refuse(refused, "GRANT", "accounts and rights belong to a node", ON_EACH_NODE);
    refuse(refused, "REVOKE", "accounts and rights belong to a node", ON_EACH_NODE);
    for (String what : List.of("FUNCTION", "PROCEDURE", "AGGREGATE", "OPERATOR", "CAST")) {
      refuse(
          refused,
          "CREATE " + what,
          "a backup must not take code from the log",
          "create it before the pair is made, or " + ON_EACH_NODE);
    }
    for (String trigger : List.of("CREATE TRIGGER", "CREATE CONSTRAINT TRIGGER", "CREATE RULE")) {
      refuse(
          refused,
          trigger,
          "its effects can't be seen from outside and it would fire again on the backup",
          "let the application do its work");
    }
    for (String rows : List.of("CREATE UNLOGGED", "CREATE MATERIALIZED", "REFRESH", "MERGE")) {
      refuse(
          refused,
          rows,
          "what it stores can't be told from outside",
          "use an ordinary table with INSERT … ON CONFLICT, UPDATE and DELETE");
    }
    refuse(
        refused,
        "COPY",
        "the rows that it stores can't be told from outside",
        "use INSERT in batches, or fill the table before the pair is made");
    refuseUnseen(refused);
    return Map.copyOf(refused);
  }

  private static void refuseUnseen(Map<String, Refuse> refused) {
    for (String words : List.of("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT")) {
      refuse(
          refused,
          words,
          "with options or two phases it does what can't be seen from outside",
          "leave the options away, or use java.sql.Connection");
    }
    for (String words : List.of("SAVEPOINT", "RELEASE", "PREPARE", "EXECUTE", "DO")) {
      refuse(
          refused,
          words,
          "what follows from it can't be seen from outside",
          "use the JDBC calls for it, and statements one by one");
    }
    refuse(
        refused,
        "SET LOCAL SEARCH_PATH",
        "names would mean other tables unseen when the transaction ends",
        "use SET search_path, or write names with their schema");
    for (String setting :
        List.of(
            "SESSION_REPLICATION_ROLE",
            "STANDARD_CONFORMING_STRINGS",
            "DATESTYLE",
            "INTERVALSTYLE",
            "BYTEA_OUTPUT")) {
      for (String scope : List.of("SET ", "SET SESSION ", "SET LOCAL ")) {
        refuse(
            refused,
            scope + setting,
            "it changes what texts and rows mean",
            "leave the setting as the server has it");
      }
    }
  }

  private static void refuse(
      Map<String, Refuse> refused, String kind, String reason, String wayOut) {
    refused.put(kind, new Refuse(kind, reason, wayOut));
  }
}
