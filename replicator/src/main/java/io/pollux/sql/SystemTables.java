package io.pollux.sql;

import java.util.List;
import java.util.Objects;

/**
 * The SQL of Pollux's own tables in the application's database; nobody else writes SQL for them.
 * The texts are standard SQL but for the types in {@code create}.
 *
 * <p>Columns: {@code POLLUX_NODE} (GROUP_ID, INCARNATION, NODE_ID, BOOT, EPOCH) and {@code
 * POLLUX_APPLIED} (LOG_POSITION, HASH) have one row; {@code POLLUX_SLOT} (NODE, ID, EPOCH, BOOT,
 * COUNTER, PAYLOAD) one for each physical connection; {@code POLLUX_GENERATOR} (KIND, SCHEMA_NAME,
 * NAME, LAST_VALUE) the high-water mark of each generator; {@code POLLUX_PARKED} (SCHEMA_NAME,
 * TABLE_NAME, COLUMN_NAME) the identity columns that accept explicit values only while the node
 * stands by.
 *
 * @param prefix what stands before each table's name: the schema and a dot, or nothing
 * @param schema that holds them, as the catalogue spells it; empty on an engine without schemas
 * @param create statements that create all of it, to be run in order in one transaction
 * @param maxPayloadBytes the longest payload that a slot row takes
 */
public record SystemTables(String prefix, String schema, List<String> create, int maxPayloadBytes) {

  public SystemTables {
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(schema, "schema");
    create = List.copyOf(create);
    if (maxPayloadBytes < 1) {
      throw new IllegalArgumentException("a payload of " + maxPayloadBytes + " bytes");
    }
  }

  /** Parameters: group id, incarnation, node id, boot, epoch. */
  public String insertNode() {
    return "INSERT INTO "
        + prefix
        + "POLLUX_NODE (GROUP_ID, INCARNATION, NODE_ID, BOOT, EPOCH) VALUES (?, ?, ?, ?, ?)";
  }

  /** Columns: group id, incarnation, node id, boot, epoch. */
  public String readNode() {
    return "SELECT GROUP_ID, INCARNATION, NODE_ID, BOOT, EPOCH FROM " + prefix + "POLLUX_NODE";
  }

  /** Parameters: group id, incarnation, node id, boot, epoch. */
  public String writeNode() {
    return "UPDATE "
        + prefix
        + "POLLUX_NODE SET GROUP_ID = ?, INCARNATION = ?, NODE_ID = ?, BOOT = ?, EPOCH = ?";
  }

  /** Parameters: node, id, epoch, boot. The slot is empty: counter 0, no payload. */
  public String insertSlot() {
    return "INSERT INTO "
        + prefix
        + "POLLUX_SLOT (NODE, ID, EPOCH, BOOT, COUNTER, PAYLOAD) VALUES (?, ?, ?, ?, 0, NULL)";
  }

  /**
   * Parameters: counter, payload, node, id, epoch, boot. 0 rows: the slot is fenced, roll back.
   * Touches the one row and waits for nobody but the row's own last transaction.
   */
  public String writeSlot() {
    return "UPDATE "
        + prefix
        + "POLLUX_SLOT SET COUNTER = ?, PAYLOAD = ? WHERE NODE = ? AND ID = ? AND EPOCH = ? AND BOOT = ?";
  }

  /**
   * As {@link #writeSlot}, and commits. A slot that is fenced divides by zero (22012), so that the
   * engine does not come to the COMMIT.
   */
  public String writeSlotAndCommit() {
    return "WITH WRITTEN AS ("
        + writeSlot()
        + " RETURNING 1) SELECT 1 / COUNT(*) FROM WRITTEN; COMMIT";
  }

  /**
   * Parameters: node, id. Changes nothing, but waits for the transaction that holds the row and
   * then holds it: a plain read may return the past (FAULTS.md H4).
   */
  public String lockSlot() {
    return "UPDATE " + prefix + "POLLUX_SLOT SET COUNTER = COUNTER WHERE NODE = ? AND ID = ?";
  }

  /** Parameters: node, id. Columns: epoch, boot, counter, payload. Run {@link #lockSlot} first. */
  public String readSlot() {
    return "SELECT EPOCH, BOOT, COUNTER, PAYLOAD FROM "
        + prefix
        + "POLLUX_SLOT WHERE NODE = ? AND ID = ?";
  }

  /**
   * Parameters: epoch, boot, node. Arms all slots of a node for a new reign or boot and so fences
   * the former one; what they held must be in the log before.
   */
  public String armSlots() {
    return "UPDATE "
        + prefix
        + "POLLUX_SLOT SET EPOCH = ?, BOOT = ?, COUNTER = 0, PAYLOAD = NULL WHERE NODE = ?";
  }

  /** Columns: node, id, epoch, boot, counter, payload. Counter 0: nothing since it was armed. */
  public String readSlots() {
    return "SELECT NODE, ID, EPOCH, BOOT, COUNTER, PAYLOAD FROM "
        + prefix
        + "POLLUX_SLOT ORDER BY NODE, ID";
  }

  /** Parameters: position, hash. */
  public String insertApplied() {
    return "INSERT INTO " + prefix + "POLLUX_APPLIED (LOG_POSITION, HASH) VALUES (?, ?)";
  }

  /** Columns: position, hash. */
  public String readApplied() {
    return "SELECT LOG_POSITION, HASH FROM " + prefix + "POLLUX_APPLIED";
  }

  /**
   * Changes nothing, but waits for the transaction that holds the row and then holds it: a plain
   * read may return the past (FAULTS.md H4).
   */
  public String lockApplied() {
    return "UPDATE " + prefix + "POLLUX_APPLIED SET LOG_POSITION = LOG_POSITION";
  }

  /** Parameters: position, hash. */
  public String writeApplied() {
    return "UPDATE " + prefix + "POLLUX_APPLIED SET LOG_POSITION = ?, HASH = ?";
  }

  /**
   * Parameters: the stamp of a schema change that is about to run, where the engine commits one by
   * itself. If it runs again after a crash and fails, it had been made.
   */
  public String markDefinition() {
    return "UPDATE " + prefix + "POLLUX_APPLIED SET HASH = ?";
  }

  /**
   * Parameters: last, kind, schema, name, last. Raises a mark, never lowers it; 0 rows: it is as
   * high already, or {@link #insertGenerator} is due.
   */
  public String raiseGenerator() {
    return "UPDATE "
        + prefix
        + "POLLUX_GENERATOR SET LAST_VALUE = ? WHERE KIND = ? AND SCHEMA_NAME = ? AND NAME = ? AND LAST_VALUE < ?";
  }

  /** Parameters: kind, schema, name, last. */
  public String insertGenerator() {
    return "INSERT INTO "
        + prefix
        + "POLLUX_GENERATOR (KIND, SCHEMA_NAME, NAME, LAST_VALUE) VALUES (?, ?, ?, ?)";
  }

  /** Parameters: kind, schema, name. Columns: last. */
  public String readGenerator() {
    return "SELECT LAST_VALUE FROM "
        + prefix
        + "POLLUX_GENERATOR WHERE KIND = ? AND SCHEMA_NAME = ? AND NAME = ?";
  }

  /** Columns: kind, schema, name, last. */
  public String readGenerators() {
    return "SELECT KIND, SCHEMA_NAME, NAME, LAST_VALUE FROM "
        + prefix
        + "POLLUX_GENERATOR ORDER BY KIND, SCHEMA_NAME, NAME";
  }

  /** Parameters: schema, table, column. */
  public String insertParked() {
    return "INSERT INTO "
        + prefix
        + "POLLUX_PARKED (SCHEMA_NAME, TABLE_NAME, COLUMN_NAME) VALUES (?, ?, ?)";
  }

  /** Columns: schema, table, column. */
  public String readParked() {
    return "SELECT SCHEMA_NAME, TABLE_NAME, COLUMN_NAME FROM "
        + prefix
        + "POLLUX_PARKED ORDER BY SCHEMA_NAME, TABLE_NAME, COLUMN_NAME";
  }

  public String deleteParked() {
    return "DELETE FROM " + prefix + "POLLUX_PARKED";
  }
}
