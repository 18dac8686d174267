package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.List;
import javax.sql.rowset.CachedRowSet;
import javax.sql.rowset.RowSetProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that are changed through a result, held against a second database. SQLite has no such. */
class UpdatableTest {
  private RecordingNode node;
  private RecordingNode twin;
  private Connection connection;
  private Statement statement;

  private void open(TestEngine engine) throws Exception {
    String bytes =
        switch (engine) {
          case POSTGRESQL -> "bytea";
          case HSQLDB, HSQLDB_MVCC -> "varbinary(50)";
          default -> "blob";
        };
    String[] tables = {
      "create table t (id int not null primary key, v int default 9, w varchar(20) default 'none',"
          + " n decimal(9,3), ts timestamp, b "
          + bytes
          + ")",
      "create table child (id int not null primary key, p int references t on delete cascade)",
      "create table g (id int generated always as identity primary key, v int)",
      "create table loose (v int)",
      "insert into t (id, v) values (1, 10), (2, 20), (3, 30)",
      "insert into child values (1, 1), (2, 2)",
      "insert into loose values (1)"
    };
    node = new RecordingNode(engine.create());
    twin = new RecordingNode(engine.create());
    node.prepare(tables);
    twin.prepare(tables);
    twin.standBy();
    connection = node.connect();
    connection.setAutoCommit(false);
    statement =
        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
  }

  @AfterEach
  void theTwinHasTheSameRows() throws Exception {
    connection.rollback();
    connection.close();
    assertEquals(List.of(), Replay.run(twin, node.gate.drafts()));
    for (String table : List.of("t", "child", "g", "loose")) {
      String rows = "select * from " + table + " order by 1";
      assertEquals(node.rows(rows), twin.rows(rows), table);
    }
    node.end();
    twin.end();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
  void columnsOfEachKindAreLoggedAsTheyAreThen(TestEngine engine) throws Exception {
    open(engine);
    try (ResultSet rows = statement.executeQuery("select * from t")) {
      assertEquals(ResultSet.CONCUR_UPDATABLE, rows.getConcurrency());
      assertTrue(rows.next());
      rows.updateInt("v", 11);
      rows.updateString(3, "changed");
      rows.updateBigDecimal("n", new BigDecimal("1.500"));
      rows.updateTimestamp("ts", Timestamp.valueOf("2026-03-29 02:30:00.123"));
      rows.updateBytes("b", new byte[] {1, 2, 3});
      rows.updateRow();
      assertTrue(rows.next());
      rows.updateBinaryStream("b", new ByteArrayInputStream(new byte[] {4, 5}), 2);
      rows.updateNull("w");
      rows.updateRow();
      assertTrue(rows.next());
      rows.updateInt("v", 99);
      rows.cancelRowUpdates();
    }
    connection.commit();
    assertEquals(
        List.of("1 11 changed", "2 20 null", "3 30 none"),
        node.rows("select id, v, w from t order by id"));
    assertEquals(1, node.gate.drafts().size());
    assertEquals(2, node.gate.drafts().get(0).changes().size());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
  void rowsThatGoAndCome(TestEngine engine) throws Exception {
    open(engine);
    try (ResultSet rows = statement.executeQuery("select * from t")) {
      assertTrue(rows.next());
      rows.deleteRow();
      rows.moveToInsertRow();
      rows.updateInt(1, 7);
      rows.updateInt(2, 70);
      rows.updateString(3, "new");
      for (int column = 4; column <= 6; column++) {
        rows.updateNull(column);
      }
      rows.insertRow();
      rows.moveToCurrentRow();
    }
    connection.commit();
    assertEquals(
        List.of("2 20 none", "3 30 none", "7 70 new"),
        node.rows("select id, v, w from t order by id"));
    assertEquals(List.of("2"), node.rows("select id from child"), "the cascade");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
  void theEngineNumbersANewRow(TestEngine engine) throws Exception {
    open(engine);
    try (ResultSet rows = statement.executeQuery("select id, v from g")) {
      rows.moveToInsertRow();
      rows.updateInt("v", 5);
      rows.insertRow();
      rows.updateInt("v", 6);
      rows.insertRow();
    }
    connection.commit();
    assertEquals(List.of("5", "6"), node.rows("select v from g order by id"));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
  void whatIsRolledBackIsNotLogged(TestEngine engine) throws Exception {
    open(engine);
    try (ResultSet rows = statement.executeQuery("select id, v from t")) {
      assertTrue(rows.next());
      rows.updateInt(2, 0);
      rows.updateRow();
    }
    connection.rollback();
    statement.executeUpdate("update t set v = 1 where id = 3");
    connection.commit();
    assertEquals(1, node.gate.drafts().get(0).changes().size());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
  void eachChangeIsATransactionWithoutOne(TestEngine engine) throws Exception {
    open(engine);
    connection.setAutoCommit(true);
    try (ResultSet rows = statement.executeQuery("select id, v from t")) {
      while (rows.next()) {
        rows.updateInt(2, rows.getInt(2) + 1);
        if (engine == TestEngine.DERBY) {
          assertEquals("0A000", assertThrows(SQLException.class, rows::updateRow).getSQLState());
        } else {
          rows.updateRow();
        }
      }
    }
    assertEquals(engine == TestEngine.DERBY ? 0 : 3, node.gate.drafts().size());
    connection.setAutoCommit(false);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
  void whatCouldNotBeLoggedIsRefusedBeforeAnythingIsChanged(TestEngine engine) throws Exception {
    open(engine);
    refused("select id, v from t", 1);
    refused("select v, w from t", 1);
    refused("select v from loose", 1);
    assertEquals(List.of(), node.gate.drafts());
  }

  /** By Pollux, or by a driver that does not update such a result itself. */
  private void refused(String query, int column) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      assertTrue(rows.next());
      assertThrows(
          SQLException.class,
          () -> {
            rows.updateString(column, "5");
            rows.updateRow();
          },
          query);
    }
    connection.rollback();
  }

  /** Two columns under each other's name: not every driver can tell them apart. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
  void theKeyIsFoundUnderAnotherName(TestEngine engine) throws Exception {
    open(engine);
    boolean isRefused = engine == TestEngine.DERBY || engine == TestEngine.POSTGRESQL;
    try (ResultSet rows = statement.executeQuery("select v as id, id as v, w from t")) {
      assertTrue(rows.next());
      if (isRefused) {
        assertEquals(
            "0A000",
            assertThrows(SQLException.class, () -> rows.updateString(3, "5")).getSQLState());
      } else {
        rows.updateString(3, "5");
        rows.updateRow();
      }
    }
    try (ResultSet rows = statement.executeQuery("select id, w as v from t")) {
      assertTrue(rows.next());
      if (isRefused) {
        assertThrows(SQLException.class, () -> rows.updateString(2, "6"));
      } else {
        assertTrue(rows.next());
        rows.updateString(2, "6");
        rows.updateRow();
      }
    }
    connection.commit();
    assertEquals(isRefused ? List.of() : List.of("1"), node.rows("select id from t where w = '5'"));
  }

  /** It writes by the values of all columns that it read. */
  @ParameterizedTest
  @EnumSource(names = {"DERBY", "POSTGRESQL"})
  void aDisconnectedRowSetComesBack(TestEngine engine) throws Exception {
    open(engine);
    CachedRowSet kept = RowSetProvider.newFactory().createCachedRowSet();
    try (ResultSet rows = statement.executeQuery("select id, v, w from t order by id")) {
      kept.populate(rows);
    }
    kept.setTableName("T");
    assertTrue(kept.next());
    kept.updateInt("V", 77);
    kept.updateRow();
    assertTrue(kept.next());
    kept.deleteRow();
    connection.commit();
    kept.acceptChanges(connection);
    connection.commit();
    assertEquals(List.of("1 77", "3 30"), node.rows("select id, v from t order by id"));
  }
}
