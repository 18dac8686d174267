package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change;
import java.sql.Array;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;

/** Capture where statements return the rows that they changed, held against a second database. */
class ReturningTest {
  private static final String[] TABLES = {
    "create table t (id int primary key, v int, w varchar(20) default 'none')",
    "create table g (id int generated always as identity primary key, v int unique,"
        + " at timestamptz default now(), r float8 default random())",
    "create table k (a int, b int, v int)",
    "create table child (id serial primary key, t int references t on delete cascade,"
        + " constraint late unique (t) deferrable initially deferred)",
    "create table x (id uuid primary key, tags text[], doc jsonb, c char(5), n numeric, f float8,"
        + " ts timestamp, tz timestamptz, span interval)",
    "create sequence s"
  };

  private RecordingNode node;
  private RecordingNode twin;
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void openDatabases() throws Exception {
    node = new RecordingNode(PostgresServers.database());
    twin = new RecordingNode(PostgresServers.database());
    node.prepare(TABLES);
    twin.prepare(TABLES);
    connection = node.connect();
    statement = connection.createStatement();
  }

  @AfterEach
  void theTwinHasTheSameRows() throws Exception {
    connection.close();
    assertEquals(List.of(), Replay.run(twin, node.gate.drafts()));
    for (String table : List.of("t", "g", "k", "child", "x")) {
      String rows = "select r::text from " + table + " r order by 1";
      assertEquals(node.rows(rows), twin.rows(rows), table);
    }
  }

  private List<String> texts() {
    return node.gate.drafts().stream()
        .flatMap(draft -> draft.changes().stream())
        .flatMap(
            change ->
                change instanceof Change.Statement run
                    ? Stream.of(run.sql())
                    : Stream.<String>empty())
        .toList();
  }

  private void fill() throws SQLException {
    statement.executeUpdate("insert into t values (1, 10), (2, 20), (3, 30), (4, 40)");
  }

  @Test
  void aPredicateIsLoggedByTheKeysOfTheRowsThatItChanged() throws SQLException {
    fill();
    assertEquals(3, statement.executeUpdate("update t set v = v + 1 where v > 15"));
    assertEquals(2, statement.executeUpdate("delete from t where v > 25"));
    assertTrue(texts().contains("update t set v = v + 1 WHERE \"id\" = ?"), texts()::toString);
    assertTrue(texts().contains("DELETE FROM \"public\".\"t\" WHERE \"id\" = ?"));
  }

  @Test
  void whatAStatementByKeyDoesIsLoggedAsItWasWritten() throws SQLException {
    fill();
    statement.executeUpdate("update t set v = v * 2, w = upper('a') where id = 2");
    assertEquals(
        "update t set v = v * 2, w = upper('a') where id = 2", texts().get(texts().size() - 1));
  }

  @Test
  void openValuesAreReadBackFromTheRow() throws SQLException {
    fill();
    statement.executeUpdate("update t set v = (select max(v) from t) + (random() * 9)::int");
    statement.executeUpdate("update t set w = left(clock_timestamp()::text, 19) where id < 3");
    statement.executeUpdate("insert into t select id + 10, v, w || '!' from t");
    statement.executeUpdate(
        "update t set v = g.n from (values (1, 7)) g (id, n) where g.id = t.id");
    statement.executeUpdate("insert into k values (1, 2, 3), (1, 2, 3)");
    statement.executeUpdate("update k set v = v + 1 where a = 1");
  }

  @Test
  void generatedKeysAreShownAsTheBareDriverShowsThem() throws SQLException {
    assertEquals(
        2,
        statement.executeUpdate(
            "insert into g (v) values (1), (2)", Statement.RETURN_GENERATED_KEYS));
    try (ResultSet keys = statement.getGeneratedKeys()) {
      assertEquals(4, keys.getMetaData().getColumnCount());
      assertTrue(keys.next());
      assertEquals(1, keys.getInt("id"));
      assertTrue(keys.next());
      assertEquals(2, keys.getInt(1));
      assertFalse(keys.next());
    }
    try (PreparedStatement insert =
        connection.prepareStatement("insert into g (v) values (?)", new String[] {"id"})) {
      insert.setInt(1, 3);
      assertEquals(1, insert.executeUpdate());
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertEquals(1, keys.getMetaData().getColumnCount());
        assertTrue(keys.next());
        assertEquals(3, keys.getInt(1));
      }
    }
    assertEquals(1, statement.executeUpdate("insert into g (v) values (4)"));
    assertFalse(statement.getGeneratedKeys().next());
  }

  @Test
  void rowsThatTheApplicationAsksForAreItsOwnList() throws SQLException {
    fill();
    try (PreparedStatement write =
        connection.prepareStatement(
            "update t set v = v + ? where v > ? returning v - ? as d, id")) {
      write.setInt(1, 5);
      write.setInt(2, 25);
      write.setInt(3, 1);
      try (ResultSet rows = write.executeQuery()) {
        assertEquals(2, rows.getMetaData().getColumnCount());
        assertTrue(rows.next());
        assertEquals(34, rows.getInt("d"));
        assertEquals(3, rows.getInt("id"));
        assertTrue(rows.next());
        assertFalse(rows.next());
      }
      assertTrue(write.execute());
      assertEquals(-1, write.getUpdateCount());
      assertTrue(write.getResultSet().next());
      assertFalse(write.getMoreResults());
    }
    SQLException refused =
        assertThrows(
            SQLException.class, () -> statement.executeUpdate("delete from t returning id"));
    assertEquals("0100E", refused.getSQLState());
  }

  @Test
  void anUpsertIsLoggedAsTheRowThatCameOutOfIt() throws SQLException {
    fill();
    String upsert =
        "insert into t (id, v) values (?, ?) on conflict (id) do update set v = t.v + excluded.v";
    try (PreparedStatement insert = connection.prepareStatement(upsert)) {
      for (int id = 3; id < 7; id++) {
        insert.setInt(1, id);
        insert.setInt(2, 100);
        assertEquals(1, insert.executeUpdate());
      }
    }
    assertEquals(0, statement.executeUpdate("insert into t values (1, 0) on conflict do nothing"));
    statement.executeUpdate(
        "insert into g (v) values (1), (2) on conflict (v) do update set at = now()");
    statement.executeUpdate(
        "insert into g (v) values (2) on conflict (v) do update set at = now()");
  }

  @Test
  void aBatchThatGeneratesKeysRunsElementByElement() throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement insert = connection.prepareStatement("insert into g (v) values (?)")) {
      for (int v = 0; v < 5; v++) {
        insert.setInt(1, v);
        insert.addBatch();
      }
      assertEquals(5, insert.executeBatch().length);
      connection.commit();
      for (int v : new int[] {7, 1, 8}) {
        insert.setInt(1, v);
        insert.addBatch();
      }
      BatchUpdateException failed = assertThrows(BatchUpdateException.class, insert::executeBatch);
      assertEquals(
          List.of(-3, -3, -3), java.util.Arrays.stream(failed.getUpdateCounts()).boxed().toList());
      connection.commit();
    }
    assertEquals(List.of("5"), node.rows("select count(*) from g"));
  }

  @Test
  void aFailedStatementTakesTheTransactionWithItAsOnTheBareDriver() throws SQLException {
    fill();
    connection.setAutoCommit(false);
    statement.executeUpdate("update t set v = 0 where v > 0");
    assertThrows(SQLException.class, () -> statement.executeUpdate("insert into t values (1, 1)"));
    SQLException aborted =
        assertThrows(SQLException.class, () -> statement.executeQuery("select 1"));
    assertEquals("25P02", aborted.getSQLState());
    connection.commit();
    assertEquals(List.of("100"), node.rows("select sum(v) from t"));
    Savepoint before = connection.setSavepoint();
    assertThrows(SQLException.class, () -> statement.executeUpdate("insert into g (v) select 1/0"));
    connection.rollback(before);
    assertEquals(1, statement.executeUpdate("insert into t values (9, 9)"));
    connection.commit();
  }

  @Test
  void deferredConstraintsFailTheCommitBeforeItsOrderIsFixed() throws SQLException {
    fill();
    connection.setAutoCommit(false);
    statement.executeUpdate("insert into child (t) values (1), (1)");
    SQLException failed = assertThrows(SQLException.class, connection::commit);
    assertEquals("23505", failed.getSQLState());
    statement.executeUpdate("insert into child (t) values (1), (2)");
    statement.executeUpdate("update child set t = 3 - t");
    connection.commit();
    statement.executeUpdate("delete from t where v < 15");
    connection.commit();
  }

  @Test
  void parametersAreCarriedAsTheDriverSendsThem() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into x values (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setObject(1, UUID.fromString("00000000-0000-0000-0000-000000000001"));
      Array tags = connection.createArrayOf("text", new Object[] {"a", "b,\"c", null});
      insert.setArray(2, tags);
      insert.setObject(3, "{\"a\":  [1, 2]}", Types.OTHER);
      insert.setString(4, "ab");
      insert.setBigDecimal(5, new java.math.BigDecimal("1.500"));
      insert.setDouble(6, -0.0);
      insert.setTimestamp(7, Timestamp.valueOf("2024-02-29 23:59:59.123456"));
      insert.setObject(8, OffsetDateTime.parse("2024-02-29T01:02:03.000004+05:30"));
      insert.setObject(9, "1 mon 2 days", Types.OTHER);
      assertEquals(1, insert.executeUpdate());
      insert.setObject(1, UUID.fromString("00000000-0000-0000-0000-000000000002"));
      insert.setDouble(6, Double.NaN);
      insert.setTimestamp(8, Timestamp.valueOf("2024-02-29 23:59:59.123456"));
      assertEquals(1, insert.executeUpdate());
    }
    statement.executeUpdate(
        "update x set n = 'NaN', f = 'infinity', ts = 'infinity' where c = 'ab'");
    statement.executeUpdate("update x set n = n + 1, tz = tz + interval '1 day'");
    assertEquals(2, statement.executeUpdate("update x set doc = doc || '{\"b\": 2}'"));
  }

  @Test
  void sequencesAndTextsOfSeveralStatementsAreUnderstood() throws SQLException {
    assertEquals(List.of("1"), RecordingNode.rows(connection, "select nextval('s')"));
    assertEquals(List.of("2"), RecordingNode.rows(connection, "select nextval('public.s')"));
    statement.executeUpdate("insert into t (id, v) values (nextval('s'), 1);");
    assertEquals(List.of("1"), RecordingNode.rows(connection, "select 1; "));
    statement.executeUpdate("insert into t (id, w) values (50, $a$it's; -- here$a$)");
    statement.executeUpdate("insert into t (id, w) values (51, E'it\\'s')");
    SQLException refused =
        assertThrows(
            SQLException.class, () -> statement.execute("delete from t where id = 50; select 1"));
    assertEquals("0A000", refused.getSQLState());
    statement.execute("delete from t where id = 50; insert into t (id, v) values (52, random())");
    boolean isMarked =
        node.gate.drafts().stream()
            .flatMap(draft -> draft.changes().stream())
            .anyMatch(change -> change instanceof Change.Generator mark && mark.last() >= 3);
    assertTrue(isMarked);
  }

  @Test
  void namesAreLookedUpAlongThePath() throws SQLException {
    for (String sql :
        List.of(
            "create schema app",
            "create table app.t (id int primary key, v int)",
            "insert into t values (1, 1)",
            "set search_path to app, public",
            "insert into t values (2, 2)",
            "insert into k values (5, 5, 5)",
            "update t set v = 3 where v > 1",
            "create table n (id int primary key)",
            "insert into n values (1)",
            "create temp table mine (id int)",
            "insert into mine values (1)",
            "create index on mine (id)",
            "insert into t select id + 10, id from mine",
            "drop table mine")) {
      statement.execute(sql);
    }
    assertEquals(List.of("2 3", "11 1"), node.rows("select * from app.t order by id"));
    SQLException hides =
        assertThrows(SQLException.class, () -> statement.execute("create temp table k (id int)"));
    assertEquals("0A000", hides.getSQLState());
    connection.close();
    assertEquals(List.of(), Replay.run(twin, node.gate.drafts()));
    assertEquals(
        node.rows("select * from app.t order by id"), twin.rows("select * from app.t order by id"));
    twin.prepare("drop schema app cascade", "delete from t", "delete from k");
  }

  @Test
  void aSchemaChangeIsPartOfItsTransaction() throws SQLException {
    fill();
    connection.setAutoCommit(false);
    statement.execute("create table gone (id int primary key)");
    statement.executeUpdate("insert into gone values (1)");
    connection.rollback();
    statement.execute(
        "alter table t add at timestamptz default clock_timestamp(), add b int default 5");
    statement.executeUpdate("update t set b = b + 1 where b > 4");
    connection.commit();
    assertThrows(SQLException.class, () -> statement.executeUpdate("insert into gone values (1)"));
    connection.rollback();
  }

  @Test
  void preparingBeginsNoTransaction() throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement select = connection.prepareStatement("select * from t where id = ?");
        PreparedStatement insert = connection.prepareStatement("insert into t (id) values (?)")) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      insert.setInt(1, 1);
      insert.executeUpdate();
      select.setInt(1, 1);
      assertTrue(select.executeQuery().next());
    }
    connection.commit();
  }

  @Test
  void notificationsPassAndWhatWritesPastStatementsIsRefused() throws Exception {
    PGConnection pg = connection.unwrap(PGConnection.class);
    statement.execute("listen news");
    statement.execute("notify news, 'x'");
    assertEquals(1, pg.getNotifications(1000).length);
    for (SqlWork<?> refused :
        List.<SqlWork<?>>of(
            pg::getCopyAPI,
            pg::getLargeObjectAPI,
            () -> connection.unwrap(PgConnection.class),
            () -> statement.execute("copy t from stdin"))) {
      assertEquals("0A000", assertThrows(SQLException.class, refused::run).getSQLState());
    }
    assertNull(connection.getWarnings());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with d as (delete from t returning *) select * from d",
        "explain analyze delete from t",
        "explain (analyze) delete from t",
        "select lo_create(0)",
        "select writes()",
        "select set_config('search_path', 'x', false)",
        "select query_to_xml('delete from t', true, true, '')",
        "insert into t values (writes(), 1)",
        "update t set v = writes()",
        "do $$ begin delete from t; end $$",
        "call nothing()",
        "begin isolation level serializable",
        "commit and chain",
        "create table y as select 1 as a",
        "select 1 as a into y",
        "create function f() returns int language sql as 'select 1'",
        "create materialized view m as select 1",
        "merge into t using k on a = id when matched then delete",
        "set session_replication_role = local",
        "insert into pollux.x values (1)",
        "copy t to '/tmp/x'",
        "update k set v = random() where a = 1",
        "truncate t; truncate k",
        "alter table t alter v type int using writes()"
      })
  void whatCanNotBeCapturedIsRefused(String sql) throws SQLException {
    node.prepare(
        "create or replace function writes() returns int language sql as 'delete from t; select 1'",
        "create or replace procedure nothing() language sql as 'select 1'",
        "create schema if not exists pollux",
        "create table if not exists pollux.x (id int)");
    fill();
    assertEquals(
        "0A000", assertThrows(SQLException.class, () -> statement.execute(sql)).getSQLState());
    assertEquals(List.of("4"), node.rows("select count(*) from t"));
  }
}
