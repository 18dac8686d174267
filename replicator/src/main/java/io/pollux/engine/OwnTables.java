package io.pollux.engine;

import io.pollux.sql.SystemTables;
import java.util.List;

/** Pollux's own tables on engines whose schema changes commit by themselves. */
final class OwnTables {
  private static final int MAX_PAYLOAD_BYTES = 32_672;

  /** A crash in between must not be in the way of the next try. */
  private static final List<String> CREATE =
      List.of(
          "CREATE SCHEMA IF NOT EXISTS %1$s",
          "CREATE TABLE IF NOT EXISTS %1$s.POLLUX_NODE (GROUP_ID VARCHAR(64) NOT NULL,"
              + " INCARNATION VARCHAR(64) NOT NULL, NODE_ID VARCHAR(64) NOT NULL,"
              + " BOOT BIGINT NOT NULL, EPOCH BIGINT NOT NULL)",
          "CREATE TABLE IF NOT EXISTS %1$s.POLLUX_SLOT (NODE VARCHAR(64) NOT NULL,"
              + " ID INTEGER NOT NULL, EPOCH BIGINT NOT NULL, BOOT BIGINT NOT NULL,"
              + " COUNTER BIGINT NOT NULL, PAYLOAD VARBINARY(32672), PRIMARY KEY (NODE, ID))",
          "CREATE TABLE IF NOT EXISTS %1$s.POLLUX_APPLIED (LOG_POSITION BIGINT NOT NULL,"
              + " HASH VARBINARY(32) NOT NULL)",
          "CREATE TABLE IF NOT EXISTS %1$s.POLLUX_GENERATOR (KIND VARCHAR(16) NOT NULL,"
              + " SCHEMA_NAME VARCHAR(256) NOT NULL, NAME VARCHAR(256) NOT NULL,"
              + " LAST_VALUE BIGINT NOT NULL, PRIMARY KEY (KIND, SCHEMA_NAME, NAME))",
          "CREATE TABLE IF NOT EXISTS %1$s.POLLUX_PARKED (SCHEMA_NAME VARCHAR(256) NOT NULL,"
              + " TABLE_NAME VARCHAR(256) NOT NULL, COLUMN_NAME VARCHAR(256) NOT NULL,"
              + " PRIMARY KEY (SCHEMA_NAME, TABLE_NAME, COLUMN_NAME))");

  private OwnTables() {}

  static SystemTables in(String schema) {
    return new SystemTables(
        schema + ".",
        schema,
        CREATE.stream().map(sql -> sql.formatted(schema)).toList(),
        MAX_PAYLOAD_BYTES);
  }
}
