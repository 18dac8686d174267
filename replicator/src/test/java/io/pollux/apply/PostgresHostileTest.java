package io.pollux.apply;

import io.pollux.core.TableName;
import io.pollux.engine.PostgresServers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

final class PostgresHostileTest extends HostileTest {
  private static final List<String> OBJECTS =
      List.of(
          "CREATE SCHEMA other",
          "CREATE TABLE other.t (id INTEGER PRIMARY KEY, a INTEGER)",
          "CREATE TABLE fired (id INTEGER PRIMARY KEY, a INTEGER)",
          "CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS"
              + " 'BEGIN UPDATE secret SET v = ''f''; RETURN new; END'",
          "CREATE TRIGGER firing AFTER UPDATE ON fired FOR EACH ROW EXECUTE FUNCTION fire()",
          "CREATE VIEW v AS SELECT id, a FROM t",
          "CREATE SEQUENCE q",
          "CREATE FUNCTION twice(x INTEGER) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS"
              + " 'SELECT x * 2'",
          "INSERT INTO other.t VALUES (1, 2)");

  private static final List<String> STATE =
      List.of(
          "SELECT relkind, oid::regclass FROM pg_class WHERE relname NOT LIKE 'pg_toast%'",
          "SELECT attname, attrelid::regclass FROM pg_attribute JOIN pg_class c"
              + " ON c.oid = attrelid WHERE relname NOT LIKE 'pg_toast%'",
          "SELECT 'function', oid::regprocedure FROM pg_proc",
          "SELECT 'schema', nspname FROM pg_namespace",
          "SELECT 'trigger', tgname FROM pg_trigger",
          "SELECT 'constraint', conname FROM pg_constraint",
          "SELECT 'role', rolname FROM pg_roles",
          "SELECT 'rule', rulename FROM pg_rewrite",
          "SELECT 'extension', extname FROM pg_extension",
          "SELECT 'language', lanname FROM pg_language",
          "SELECT 'type', typname FROM pg_type",
          "SELECT 'operator', oprname FROM pg_operator",
          "SELECT 'database', datname FROM pg_database",
          "SELECT 'publication', pubname FROM pg_publication",
          "SELECT description, objoid FROM pg_description",
          "SELECT 'acl', relacl FROM pg_class WHERE relacl IS NOT NULL",
          "SELECT s, a FROM t",
          "SELECT v, id FROM secret",
          "SELECT 'other', a FROM other.t",
          "SELECT node, counter FROM pollux.pollux_slot");

  @Override
  Engine engine() {
    return new Engine(
        "hostile-postgresql.txt",
        "public",
        List.of("pollux", "pg_catalog", "information_schema", ""),
        new TableName("pg_catalog", "pg_class"),
        new TableName("pollux", "pollux_slot"),
        OBJECTS,
        "GENERATED ALWAYS AS (b + 1) STORED",
        STATE);
  }

  @Override
  String create(Path place) throws SQLException {
    return PostgresServers.database();
  }
}
