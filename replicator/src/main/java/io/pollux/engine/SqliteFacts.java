package io.pollux.engine;

import io.pollux.sql.CapturePlan.Control.Step;
import io.pollux.sql.CapturePlan.Refuse;
import io.pollux.sql.LexerRules;
import io.pollux.sql.LexerRules.Rule;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.SqlFacts.IdentifierCase;
import io.pollux.sql.SystemTables;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What docs/engine-sqlite.md says, as data. */
final class SqliteFacts {
  /** As if the engine's own tables and functions had a schema; it has none of this name. */
  static final String ENGINE_SCHEMA = "sqlite";

  private static final String ON_EACH_NODE = "run it on the database of each node directly";

  private static final Set<String> FUNCTIONS =
      words(
          "ABS CHAR COALESCE CONCAT CONCAT_WS FORMAT HEX IFNULL IIF INSTR LENGTH LIKELY LOWER LTRIM"
              + " NULLIF OCTET_LENGTH PRINTF QUOTE REPLACE ROUND RTRIM SIGN SUBSTR SUBSTRING TRIM"
              + " TYPEOF UNHEX UNICODE UNLIKELY UPPER ZEROBLOB");

  private static final Set<String> WORDS =
      words(
          "AND OR NOT IN BETWEEN LIKE GLOB ESCAPE IS NULL ISNULL NOTNULL DISTINCT CASE WHEN THEN ELSE"
              + " END CAST AS TRUE FALSE INT INTEGER BIGINT SMALLINT REAL DOUBLE PRECISION FLOAT"
              + " NUMERIC DECIMAL TEXT CHAR VARCHAR CLOB BLOB BOOLEAN FROM COLLATE NOCASE BINARY RTRIM"
              + " EXISTS");

  private static final Set<String> DEFINITIONS =
      Set.of(
          "CREATE TABLE",
          "CREATE TEMP TABLE",
          "CREATE TEMPORARY TABLE",
          "CREATE VIEW",
          "CREATE INDEX",
          "CREATE UNIQUE INDEX",
          "ALTER TABLE",
          "DROP TABLE",
          "DROP VIEW",
          "DROP INDEX",
          "DROP TRIGGER",
          "PRAGMA USER_VERSION =",
          "PRAGMA APPLICATION_ID =");

  /** They ask, or do what no row shows. */
  private static final Set<String> READING_PRAGMAS =
      words(
          "APPLICATION_ID AUTO_VACUUM BUSY_TIMEOUT CACHE_SIZE CASE_SENSITIVE_LIKE COLLATION_LIST"
              + " COMPILE_OPTIONS DATABASE_LIST DATA_VERSION DEFER_FOREIGN_KEYS ENCODING"
              + " FOREIGN_KEYS FOREIGN_KEY_CHECK FOREIGN_KEY_LIST FREELIST_COUNT FUNCTION_LIST"
              + " INDEX_INFO INDEX_LIST INDEX_XINFO INTEGRITY_CHECK JOURNAL_MODE JOURNAL_SIZE_LIMIT"
              + " LOCKING_MODE MMAP_SIZE MODULE_LIST OPTIMIZE PAGE_COUNT PAGE_SIZE PRAGMA_LIST"
              + " QUERY_ONLY QUICK_CHECK READ_UNCOMMITTED RECURSIVE_TRIGGERS SCHEMA_VERSION"
              + " SECURE_DELETE SYNCHRONOUS TABLE_INFO TABLE_LIST TABLE_XINFO TEMP_STORE USER_VERSION"
              + " WAL_AUTOCHECKPOINT WAL_CHECKPOINT");

  /** With a value behind it. */
  private static final Set<String> SESSION_PRAGMAS =
      words(
          "ANALYSIS_LIMIT AUTOMATIC_INDEX BUSY_TIMEOUT CACHE_SIZE CACHE_SPILL DEFER_FOREIGN_KEYS"
              + " FOREIGN_KEYS JOURNAL_SIZE_LIMIT MMAP_SIZE SYNCHRONOUS TEMP_STORE THREADS"
              + " WAL_AUTOCHECKPOINT");

  /** With a value behind it: what statements mean, how they commit, or what the file is. */
  private static final Set<String> REFUSED_PRAGMAS =
      words(
          "AUTO_VACUUM CASE_SENSITIVE_LIKE ENCODING IGNORE_CHECK_CONSTRAINTS JOURNAL_MODE"
              + " LEGACY_ALTER_TABLE LOCKING_MODE PAGE_SIZE QUERY_ONLY READ_UNCOMMITTED"
              + " RECURSIVE_TRIGGERS REVERSE_UNORDERED_SELECTS SCHEMA_VERSION TRUSTED_SCHEMA"
              + " WRITABLE_SCHEMA");

  /** Those that take the name of an object. */
  private static final Set<String> ASKING_PRAGMAS =
      words(
          "FOREIGN_KEY_CHECK FOREIGN_KEY_LIST INDEX_INFO INDEX_LIST INDEX_XINFO INTEGRITY_CHECK"
              + " QUICK_CHECK TABLE_INFO TABLE_LIST TABLE_XINFO WAL_CHECKPOINT");

  private static final SqlFacts.Statements STATEMENTS =
      new SqlFacts.Statements(
          words("SELECT VALUES WITH"),
          words("INSERT UPDATE DELETE INTO CREATE DROP ALTER LOAD_EXTENSION WRITEFILE EDIT"),
          reading(),
          withValue(SESSION_PRAGMAS),
          DEFINITIONS,
          refused(),
          Set.of(),
          Controls.of(
              Map.of(
                  Step.BEGIN,
                  List.of(
                      "BEGIN", "BEGIN TRANSACTION", "BEGIN DEFERRED", "BEGIN DEFERRED TRANSACTION"),
                  Step.BEGIN_WRITING,
                  List.of("BEGIN IMMEDIATE", "BEGIN IMMEDIATE TRANSACTION"),
                  Step.COMMIT,
                  List.of("COMMIT", "COMMIT TRANSACTION", "END", "END TRANSACTION"),
                  Step.ROLLBACK,
                  List.of("ROLLBACK", "ROLLBACK TRANSACTION"),
                  Step.SAVEPOINT,
                  List.of("SAVEPOINT"),
                  Step.ROLLBACK_TO,
                  List.of("ROLLBACK TO", "ROLLBACK TO SAVEPOINT"),
                  Step.RELEASE,
                  List.of("RELEASE", "RELEASE SAVEPOINT"))));

  private static final SqlFacts.Reach REACH =
      new SqlFacts.Reach(
          words(
              "AVG COUNT CUME_DIST DATE DATETIME DENSE_RANK FIRST_VALUE GROUP_CONCAT JSON JSON_ARRAY"
                  + " JSON_EXTRACT JSON_OBJECT JSON_TYPE JSON_VALID JULIANDAY LAG LAST_VALUE LEAD MAX"
                  + " MIN NTH_VALUE NTILE PERCENT_RANK RANDOM RANDOMBLOB RANK ROW_NUMBER STRFTIME"
                  + " STRING_AGG SUM TIME TIMEDIFF TOTAL UNIXEPOCH"),
          words(
              "ALL ALWAYS BY CHECK DATE DATETIME DEFAULT EXCEPT FILTER GLOB HAVING INTERSECT JOIN KEY"
                  + " LIMIT NCHAR NVARCHAR OFFSET ON OVER PARTITION SELECT TIME TIMESTAMP TINYINT UNION"
                  + " UNIQUE USING VALUES VARBINARY VARYING WHERE"),
          words(ENGINE_SCHEMA),
          Set.of(),
          "");

  static final String OWN_PREFIX = "pollux_";

  static final SqlFacts SQL =
      new SqlFacts(
          LexerRules.of(
              Rule.BACKTICK_IDENTIFIERS,
              Rule.BRACKET_IDENTIFIERS,
              Rule.STRING_NAMES,
              Rule.TERMINATORS),
          new SqlFacts.Names(IdentifierCase.FOLDED, "temp", "", OWN_PREFIX),
          new SqlFacts.Expressions(
              FUNCTIONS,
              WORDS,
              words("CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP"),
              Set.of(),
              Set.of(),
              Map.of(),
              Map.of()),
          STATEMENTS,
          REACH,
          // Whoever begins to write keeps all others from it, though there is nothing to delete.
          new SqlFacts.Locks("", "", "DELETE FROM %s WHERE 0", ""),
          "",
          Set.of(),
          SqlFacts.Returning.OF_THE_CHANGED_TABLE);

  static final SystemTables SYSTEM_TABLES =
      new SystemTables(
          "",
          "",
          List.of(
              "CREATE TABLE pollux_node (group_id TEXT NOT NULL, incarnation TEXT NOT NULL,"
                  + " node_id TEXT NOT NULL, boot INTEGER NOT NULL, epoch INTEGER NOT NULL)",
              "CREATE TABLE pollux_slot (node TEXT NOT NULL, id INTEGER NOT NULL,"
                  + " epoch INTEGER NOT NULL, boot INTEGER NOT NULL, counter INTEGER NOT NULL,"
                  + " payload BLOB, PRIMARY KEY (node, id))",
              "CREATE TABLE pollux_applied (log_position INTEGER NOT NULL, hash BLOB NOT NULL)",
              "CREATE TABLE pollux_generator (kind TEXT NOT NULL, schema_name TEXT NOT NULL,"
                  + " name TEXT NOT NULL, last_value INTEGER NOT NULL,"
                  + " PRIMARY KEY (kind, schema_name, name)) WITHOUT ROWID",
              "CREATE TABLE pollux_parked (schema_name TEXT NOT NULL, table_name TEXT NOT NULL,"
                  + " column_name TEXT NOT NULL, PRIMARY KEY (schema_name, table_name, column_name))"
                  + " WITHOUT ROWID"),
          32_672);

  private SqliteFacts() {}

  private static Set<String> words(String list) {
    return Set.of(list.split(" "));
  }

  private static Set<String> withValue(Set<String> pragmas) {
    Set<String> kinds = new TreeSet<>();
    for (String pragma : pragmas) {
      kinds.add("PRAGMA " + pragma + " =");
      kinds.add("PRAGMA " + pragma + " (");
    }
    return kinds;
  }

  private static Set<String> reading() {
    Set<String> kinds = new TreeSet<>(List.of("EXPLAIN", "ANALYZE", "REINDEX"));
    READING_PRAGMAS.forEach(pragma -> kinds.add("PRAGMA " + pragma));
    kinds.addAll(withValue(ASKING_PRAGMAS));
    return kinds;
  }

  private static Map<String, Refuse> refused() {
    Refusals refused = new Refusals();
    for (String setting : withValue(REFUSED_PRAGMAS)) {
      refused.add(
          setting,
          "it changes what statements mean or promise, on this node alone",
          "set it on the bare database of each node, before Pollux opens it");
    }
    return refused
        .add(
            List.of("CREATE TRIGGER", "CREATE TEMP TRIGGER", "CREATE TEMPORARY TRIGGER"),
            "its effects can't be seen from outside and it would fire again on the backup",
            "let the application do its work")
        .add(
            List.of("CREATE VIRTUAL", "CREATE TEMP VIEW", "CREATE TEMPORARY VIEW"),
            "its rows are somewhere else, or its name hides a table",
            "use a plain table or view")
        .add(
            List.of("ATTACH", "DETACH"),
            "what another file holds is not on the backup",
            "open the other file by a connection of its own")
        .add(
            List.of("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"),
            "in this form it can't be followed from outside",
            "leave its options away, or use java.sql.Connection")
        .add(
            List.of("VACUUM", "BACKUP", "RESTORE"),
            "it writes the whole file, or another one",
            ON_EACH_NODE)
        .all();
  }
}
