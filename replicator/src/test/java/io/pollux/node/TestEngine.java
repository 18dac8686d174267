package io.pollux.node;

import io.pollux.core.TableName;
import io.pollux.engine.PostgresServers;
import java.nio.file.Path;
import java.sql.SQLException;

/** Engines that pairs are tested on. */
enum TestEngine {
  DERBY(
      "APP",
      "T",
      "SELECT CONSTRAINTNAME FROM SYS.SYSCONSTRAINTS C JOIN SYS.SYSTABLES T"
          + " ON T.TABLEID = C.TABLEID WHERE T.TABLENAME = 'T'") {
    @Override
    String create(Path directory) {
      return "jdbc:derby:" + directory + ";create=true";
    }
  },
  H2(
      "PUBLIC",
      "T",
      "SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'T'") {
    @Override
    String create(Path directory) {
      return "jdbc:h2:" + directory;
    }
  },
  HSQLDB("PUBLIC", "T", TestEngine.NAMED_BY_HSQLDB) {
    @Override
    String create(Path directory) {
      return "jdbc:hsqldb:file:" + directory;
    }
  },
  HSQLDB_MVCC("PUBLIC", "T", TestEngine.NAMED_BY_HSQLDB) {
    @Override
    String create(Path directory) {
      return "jdbc:hsqldb:file:" + directory + ";hsqldb.tx=mvcc";
    }
  },
  SQLITE(
      "main",
      "t",
      "SELECT name FROM pragma_index_list('t') WHERE name NOT LIKE 'sqlite_autoindex_t_%'") {
    @Override
    String create(Path directory) {
      return "jdbc:sqlite:" + directory;
    }
  },
  POSTGRESQL("public", "t", "SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass") {
    @Override
    String create(Path directory) throws SQLException {
      return PostgresServers.database();
    }
  };

  private static final String NAMED_BY_HSQLDB =
      "SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'T'";

  final String schema;
  private final String table;
  final String constraints;

  TestEngine(String schema, String table, String constraints) {
    this.schema = schema;
    this.table = table;
    this.constraints = constraints;
  }

  TableName table() {
    return new TableName(schema, table);
  }

  /** The URL of a new database. */
  abstract String create(Path directory) throws SQLException;
}
