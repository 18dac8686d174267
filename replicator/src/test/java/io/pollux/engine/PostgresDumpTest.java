package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresDumpTest {
  private static final List<String> EVERYTHING =
      List.of(
          "CREATE SCHEMA \"Odd name\"",
          "CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy')",
          "CREATE SEQUENCE free AS integer START 7 INCREMENT 3 MAXVALUE 99 CYCLE",
          "SELECT nextval('free'), nextval('free')",
          "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 2 * n $$",
          "CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY (START 5) PRIMARY KEY,"
              + " name varchar(20) COLLATE \"C\" NOT NULL DEFAULT 'it''s', m mood DEFAULT 'sad',"
              + " twofold integer GENERATED ALWAYS AS (length(name) * 2) STORED,"
              + " made timestamptz DEFAULT now(), CONSTRAINT short CHECK (length(name) < 15))",
          "CREATE FUNCTION first_of(p parent) RETURNS text LANGUAGE sql AS $$ SELECT p.name $$",
          "CREATE TABLE \"Odd name\".\"Child\" (id serial PRIMARY KEY, parent bigint NOT NULL"
              + " REFERENCES parent ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,"
              + " n integer DEFAULT twice(3), tags text[], doc jsonb, EXCLUDE (n WITH =))"
              + " WITH (fillfactor = 50)",
          "ALTER TABLE parent DROP COLUMN made",
          "ALTER TABLE parent ADD COLUMN b bytea",
          "CREATE UNIQUE INDEX by_name ON parent (lower(name)) WHERE id > 0",
          "CREATE VIEW names AS SELECT p.id, p.name, c.n FROM parent p"
              + " JOIN \"Odd name\".\"Child\" c ON c.parent = p.id",
          "CREATE VIEW few AS SELECT id FROM names WHERE id < 10",
          "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
          "CREATE TRIGGER touched BEFORE UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION touch()",
          "ALTER TABLE parent DISABLE TRIGGER touched",
          "COMMENT ON TABLE parent IS 'it''s a parent'",
          "COMMENT ON COLUMN parent.name IS 'called so'",
          "COMMENT ON CONSTRAINT short ON parent IS 'not long'",
          "INSERT INTO parent (name, m, b) VALUES ('one', 'happy', '\\x00ff'), (E'two\\n\\\\', NULL, NULL)",
          "INSERT INTO \"Odd name\".\"Child\" (parent, n, tags, doc)"
              + " VALUES (5, 1, '{a,\"b,c\",NULL}', '{\"k\": [1, 2.50]}')");

  private final Dialect dialect = new PostgresDialect();
  @TempDir Path root;
  private String source;
  private String target;

  @BeforeEach
  void prepare() throws SQLException {
    source = PostgresServers.database();
    target = PostgresServers.database();
    execute(source, "CREATE SCHEMA pollux");
  }

  private static void execute(String url, String... texts) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : texts) {
        statement.execute(sql);
      }
    }
  }

  private Path backup() throws SQLException {
    Path copy = root.resolve("copy");
    try (Connection connection = DriverManager.getConnection(source)) {
      dialect.backup(connection, copy);
    }
    return copy;
  }

  /** All statements that would make the database again, and its rows. */
  private static List<String> content(String url) throws SQLException {
    List<String> all = new ArrayList<>();
    List<String> queries = new ArrayList<>(PostgresObjects.BEFORE);
    queries.addAll(List.of(PostgresObjects.FUNCTIONS, PostgresObjects.TABLES));
    queries.addAll(PostgresObjects.AFTER);
    queries.add(PostgresObjects.VIEWS);
    queries.addAll(PostgresObjects.LAST);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = ''");
      for (String query : queries) {
        try (ResultSet result = statement.executeQuery(query)) {
          List<String> some = new ArrayList<>();
          while (result.next()) {
            some.add(result.getString(1));
          }
          some.sort(null);
          all.addAll(some);
        }
      }
      for (TableName table : new PostgresDialect().userTables(connection)) {
        try (ResultSet result =
            statement.executeQuery(
                "SELECT r::text FROM " + new PostgresDialect().quote(table) + " r ORDER BY 1")) {
          while (result.next()) {
            all.add(table + result.getString(1));
          }
        }
      }
    }
    return all;
  }

  @Test
  void aCopyHasAllThatTheSourceHas() throws Exception {
    execute(source, EVERYTHING.toArray(new String[0]));
    Path copy = backup();
    dialect.restore(copy, target, new Properties());
    List<String> content = content(source);
    assertTrue(content.size() > 25, content::toString);
    assertEquals(String.join("\n", content), String.join("\n", content(target)));
    assertFalse(Files.exists(copy));
  }

  @Test
  void aCopyReplacesWhatWasThere() throws Exception {
    execute(source, "CREATE TABLE t (id integer PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    execute(target, EVERYTHING.toArray(new String[0]));
    dialect.restore(backup(), target, new Properties());
    assertEquals(content(source), content(target));
  }

  @Test
  void aCopyThatCanNotBeLoadedLeavesTheFormerDatabase() throws Exception {
    execute(source, EVERYTHING.toArray(new String[0]));
    execute(target, "CREATE TABLE t (id integer PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    List<String> before = content(target);
    Path copy = backup();
    Files.delete(copy.resolve("rows-0"));
    assertThrows(java.io.IOException.class, () -> dialect.restore(copy, target, new Properties()));
    assertEquals(before, content(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE MATERIALIZED VIEW x AS SELECT 1",
        "CREATE UNLOGGED TABLE x (id integer)",
        "CREATE TABLE x (id integer) PARTITION BY RANGE (id)",
        "CREATE TYPE x AS (a integer)",
        "CREATE DOMAIN x AS integer CHECK (VALUE > 0)",
        "CREATE TYPE x AS RANGE (subtype = float8)",
        "CREATE AGGREGATE x (integer) (sfunc = int4pl, stype = integer)",
        "CREATE TABLE y (id integer); CREATE RULE x AS ON INSERT TO y DO ALSO NOTIFY z",
        "CREATE TABLE x (id integer); ALTER TABLE x ENABLE ROW LEVEL SECURITY",
        "CREATE TABLE x (id integer); CREATE TABLE y () INHERITS (x)",
        "SELECT lo_create(0)"
      })
  void whatCanNotBeCopiedIsNamedBeforeTheCopyStarts(String sql) throws Exception {
    execute(source, sql);
    SQLException refused = assertThrows(SQLException.class, this::backup);
    assertEquals("0A000", refused.getSQLState());
    assertTrue(
        refused.getMessage().matches("(?s).*\\b(x|large object \\d+)\\b.*"), refused::getMessage);
    assertFalse(Files.exists(root.resolve("copy")));
  }
}
