package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One script, run on the bare driver and on ours: every answer is the same. */
class TransparencyTest {
  private static final int SHORTEST = 150;

  private final List<Statement> opened = new ArrayList<>();
  private Trace trace = new Trace();
  private TestEngine engine;

  /** Nothing is left to the garbage collector, which would close it at any time. */
  private <S extends Statement> S kept(S statement) {
    opened.add(statement);
    return statement;
  }

  private List<String> traceOf(Connection connection) throws SQLException {
    trace = new Trace();
    opened.clear();
    statements(connection);
    keys(connection);
    results(connection);
    prepared(connection);
    batches(connection);
    transactions(connection);
    lobs(connection);
    if (engine.hasCalls()) {
      calls(connection);
    }
    errors(connection);
    for (Statement statement : opened) {
      statement.close();
    }
    settings(connection);
    end(connection);
    return trace.lines();
  }

  private void statements(Connection c) throws SQLException {
    Statement s = kept(c.createStatement());
    trace.call("autocommit", c::getAutoCommit);
    trace.call(
        "create t",
        () ->
            s.execute(
                "create table t (id int not null constraint pk primary key, v int, w varchar(9))"));
    trace.call("count of ddl", s::getUpdateCount);
    trace.call("more after ddl", s::getMoreResults);
    trace.call("count after more", s::getUpdateCount);
    trace.call("insert", () -> s.executeUpdate("insert into t (id, v, w) values (1, 10, 'a')"));
    trace.call(
        "insert rows", () -> s.executeUpdate("insert into t (id, v) values (2, 20), (3, 30)"));
    trace.call("count", s::getUpdateCount);
    trace.call("large count", s::getLargeUpdateCount);
    trace.call("result", s::getResultSet);
    trace.call("execute insert", () -> s.execute("insert into t (id, v) values (4, 40)"));
    trace.call("count of execute", s::getUpdateCount);
    trace.call("more of execute", s::getMoreResults);
    trace.call("count -1", s::getUpdateCount);
    trace.call("update by key", () -> s.executeUpdate("update t set v = v + 1 where id = 1"));
    trace.call("update none", () -> s.executeUpdate("update t set v = 0 where id = 99"));
    trace.call("update by predicate", () -> s.executeUpdate("update t set w = 'p' where v > 20"));
    trace.call("count of predicate", s::getUpdateCount);
    trace.call("execute predicate", () -> s.execute("update t set w = 'q' where v > 30"));
    trace.call("count of it", s::getUpdateCount);
    trace.call("result of it", s::getResultSet);
    trace.call("more of it", s::getMoreResults);
    trace.call("count after it", s::getUpdateCount);
    trace.call(
        "update by subquery",
        () -> s.executeUpdate("update t set v = (select max(x.v) from t x) where v > 25"));
    trace.call(
        "insert select", () -> s.executeUpdate("insert into t (id, v) select id + 10, v from t"));
    trace.call("count of select", s::getUpdateCount);
    trace.call(
        "execute insert select",
        () -> s.execute("insert into t (id, v) select id + 100, v from t where id < 3"));
    trace.call("its count", s::getUpdateCount);
    trace.call("its result", s::getResultSet);
    trace.call("its more", s::getMoreResults);
    trace.call("its end", s::getUpdateCount);
    trace.call("delete by predicate", () -> s.executeUpdate("delete from t where id > 100"));
    trace.call("large update", () -> s.executeLargeUpdate("update t set v = 5 where id = 14"));
    trace.call("rows", () -> s.executeQuery("select * from t order by id"));
    trace.call("warnings", s::getWarnings);
    trace.call("values", () -> s.executeQuery("values (1, 'a')"));
  }

  private void keys(Connection c) throws SQLException {
    Statement s = kept(c.createStatement());
    trace.call(
        "create g",
        () ->
            s.execute("create table g (id " + engine.identity() + ", v int constraint gu unique)"));
    trace.call("keys never asked", s::getGeneratedKeys);
    trace.call("insert g", () -> s.executeUpdate("insert into g (v) values (1)"));
    trace.call("keys not asked", s::getGeneratedKeys);
    trace.call(
        "insert asking",
        () -> s.executeUpdate("insert into g (v) values (2)", Statement.RETURN_GENERATED_KEYS));
    trace.call("keys asked", s::getGeneratedKeys);
    trace.call(
        "insert by name",
        () -> s.executeUpdate("insert into g (v) values (3)", new String[] {"ID"}));
    trace.call("keys by name", s::getGeneratedKeys);
    trace.call(
        "insert by index", () -> s.executeUpdate("insert into g (v) values (4)", new int[] {1}));
    trace.call("keys by index", s::getGeneratedKeys);
    trace.call(
        "insert not asking",
        () -> s.executeUpdate("insert into g (v) values (5)", Statement.NO_GENERATED_KEYS));
    trace.call("no keys", s::getGeneratedKeys);
    trace.call(
        "wrong name", () -> s.executeUpdate("insert into g (v) values (6)", new String[] {"X"}));
    trace.call("duplicate", () -> s.executeUpdate("insert into g (v) values (5)"));
    trace.call("execute g", () -> s.execute("insert into g (v) values (7)"));
    trace.call("count g", s::getUpdateCount);
    trace.call("result g", s::getResultSet);
    trace.call("more g", s::getMoreResults);
    trace.call("count g after", s::getUpdateCount);
    PreparedStatement p = kept(c.prepareStatement("insert into g (v) values (?)"));
    p.setInt(1, 8);
    trace.call("prepared g", p::executeUpdate);
    trace.call("prepared no keys", p::getGeneratedKeys);
    p.setInt(1, 9);
    trace.call("prepared execute g", p::execute);
    trace.call("prepared count", p::getUpdateCount);
    trace.call("prepared result", p::getResultSet);
    trace.call("prepared more", p::getMoreResults);
    trace.call("prepared end", p::getUpdateCount);
    PreparedStatement k =
        kept(c.prepareStatement("insert into g (v) values (?)", Statement.RETURN_GENERATED_KEYS));
    k.setInt(1, 20);
    trace.call("prepared asking", k::executeUpdate);
    trace.call("prepared keys", k::getGeneratedKeys);
    trace.call("g", () -> s.executeQuery("select * from g order by id"));
  }

  private void results(Connection c) throws SQLException {
    Statement s = kept(c.createStatement(engine.widestCursor(), ResultSet.CONCUR_READ_ONLY));
    trace.call("execute query", () -> s.execute("select id, v from t order by id"));
    trace.call("count of query", s::getUpdateCount);
    ResultSet rows = s.getResultSet();
    trace.call("first", rows::next);
    trace.call("row", rows::getRow);
    trace.call("column", () -> rows.getInt("ID"));
    trace.call("as long", () -> rows.getObject(1, Long.class));
    trace.call("last", rows::last);
    trace.call("absolute", () -> rows.absolute(2));
    trace.call("previous", rows::previous);
    trace.call("is first", rows::isFirst);
    trace.call("was null", rows::wasNull);
    trace.call("find", () -> rows.findColumn("V"));
    trace.call("wrong column", () -> rows.getInt("NIX"));
    trace.call("update read-only", () -> voided(() -> rows.updateInt(1, 1)));
    trace.call("type", rows::getType);
    trace.call("concurrency", rows::getConcurrency);
    trace.call("holdability", rows::getHoldability);
    trace.call("table name", () -> rows.getMetaData().getTableName(1));
    trace.call("next statement", () -> s.executeUpdate("update t set v = 1 where id = 1"));
    trace.call("closed by it", rows::isClosed);
    trace.call("read closed", rows::next);
    trace.call("statement of closed", rows::getStatement);
  }

  private static Object voided(Trace.Action action) throws SQLException {
    action.run();
    return "done";
  }

  private void prepared(Connection c) throws SQLException {
    PreparedStatement p = kept(c.prepareStatement("insert into t (id, v, w) values (?, ?, ?)"));
    ParameterMetaData parameters = p.getParameterMetaData();
    trace.call("parameters", parameters::getParameterCount);
    trace.call("parameter type", () -> parameters.getParameterTypeName(3));
    trace.call("metadata", p::getMetaData);
    trace.call("unset", p::executeUpdate);
    trace.act("set", () -> p.setInt(1, 50));
    trace.act("set out of range", () -> p.setInt(4, 50));
    trace.act("set wrong type", () -> p.setDate(2, Date.valueOf("2024-01-01")));
    trace.act("set object", () -> p.setObject(2, 7L, Types.INTEGER));
    trace.act("set string", () -> p.setString(3, "x"));
    trace.call("run", p::executeUpdate);
    trace.call("again", p::executeUpdate);
    trace.act("clear", p::clearParameters);
    trace.call("cleared", p::executeUpdate);
    trace.call("query of write", p::executeQuery);
    trace.call("text", () -> p.executeUpdate("delete from t"));
    PreparedStatement q = kept(c.prepareStatement("select v from t where id = ?"));
    q.setInt(1, 50);
    trace.call("query", q::executeQuery);
    trace.call("update of query", q::executeUpdate);
    trace.call("execute of query", q::execute);
    trace.call("its rows", q::getResultSet);
    PreparedStatement u = kept(c.prepareStatement("update t set w = ? where v between ? and ?"));
    u.setString(1, "k");
    u.setInt(2, 0);
    u.setInt(3, 1000);
    trace.call("keys plan", u::executeUpdate);
    trace.call("keys plan execute", u::execute);
    trace.call("keys plan count", u::getUpdateCount);
    trace.call("too long", () -> voided(() -> u.setString(1, "0123456789")));
    trace.call("too long runs", u::executeUpdate);
    trace.act("close", u::close);
    trace.call("closed", u::executeUpdate);
    trace.call("rows", () -> kept(c.createStatement()).executeQuery("select * from t order by id"));
  }

  private void batches(Connection c) throws SQLException {
    Statement s = kept(c.createStatement());
    trace.call("empty batch", s::executeBatch);
    trace.act("add", () -> s.addBatch("insert into t (id, v) values (60, 1)"));
    trace.act("add predicate", () -> s.addBatch("update t set v = 2 where v = 1"));
    trace.act("add key", () -> s.addBatch("insert into g (v) values (60)"));
    trace.call("batch", s::executeBatch);
    trace.call("keys of batch", s::getGeneratedKeys);
    trace.act("add bad", () -> s.addBatch("insert into t (id, v) values (61, 1)"));
    trace.act("add duplicate", () -> s.addBatch("insert into t (id, v) values (61, 2)"));
    trace.act("add after", () -> s.addBatch("insert into t (id, v) values (62, 2)"));
    trace.call("failing batch", s::executeBatch);
    trace.call("batch is gone", s::executeBatch);
    trace.act("add select", () -> s.addBatch("select * from t"));
    trace.call("batch of select", s::executeBatch);
    trace.act("add unknown", () -> s.addBatch("insert into nix values (1)"));
    trace.call("batch of unknown", s::executeBatch);
    PreparedStatement p = kept(c.prepareStatement("insert into g (v) values (?)"));
    for (int v : new int[] {70, 71, 70, 72}) {
      p.setInt(1, v);
      p.addBatch();
    }
    trace.call("failing prepared batch", p::executeBatch);
    PreparedStatement u = kept(c.prepareStatement("update t set v = v + 1 where id = ?"));
    for (int id : new int[] {1, 2, 999}) {
      u.setInt(1, id);
      u.addBatch();
    }
    trace.call("large batch", u::executeLargeBatch);
    u.setInt(1, 1);
    u.addBatch();
    trace.act("clear batch", u::clearBatch);
    trace.call("cleared batch", u::executeBatch);
    trace.call("g", () -> s.executeQuery("select v from g order by v"));
    trace.call("t", () -> s.executeQuery("select * from t order by id"));
  }

  private void transactions(Connection c) throws SQLException {
    Statement s = kept(c.createStatement());
    trace.call("savepoint in autocommit", c::setSavepoint);
    trace.act("commit in autocommit", c::commit);
    trace.act("off", () -> c.setAutoCommit(false));
    trace.call("insert", () -> s.executeUpdate("insert into t (id, v) values (80, 1)"));
    Savepoint one = c.setSavepoint("one");
    trace.call("name", one::getSavepointName);
    trace.call("id of named", one::getSavepointId);
    trace.call("insert 2", () -> s.executeUpdate("insert into t (id, v) values (81, 1)"));
    Savepoint two = c.setSavepoint();
    trace.call("name of unnamed", two::getSavepointName);
    trace.call("predicate", () -> s.executeUpdate("update t set v = 3 where id > 70"));
    trace.act("rollback two", () -> c.rollback(two));
    trace.act("rollback one", () -> c.rollback(one));
    trace.act("rollback gone", () -> c.rollback(two));
    trace.act("release one", () -> c.releaseSavepoint(one));
    trace.act("release again", () -> c.releaseSavepoint(one));
    trace.call("rows", () -> s.executeQuery("select id from t where id >= 80"));
    trace.act("read only in transaction", () -> c.setReadOnly(true));
    if (engine.refusesToCloseOpenWork()) {
      trace.act("close in transaction", c::close);
    }
    trace.call("is closed", c::isClosed);
    trace.act("rollback", c::rollback);
    trace.act("writes again", () -> c.setReadOnly(false));
    trace.call("after", () -> s.executeQuery("select count(*) from t where id >= 80"));
    trace.call("ddl", () -> s.execute("create table d (id int)"));
    trace.act("rollback ddl", c::rollback);
    trace.call("no d", () -> s.executeQuery("select * from d"));
    trace.call("insert 3", () -> s.executeUpdate("insert into t (id, v) values (82, 1)"));
    trace.act("on", () -> c.setAutoCommit(true));
    trace.act("rollback nothing", c::rollback);
    trace.call("committed", () -> s.executeQuery("select id from t where id >= 80"));
    Statement closing =
        kept(
            c.createStatement(
                ResultSet.TYPE_FORWARD_ONLY,
                ResultSet.CONCUR_READ_ONLY,
                ResultSet.CLOSE_CURSORS_AT_COMMIT));
    ResultSet rows = closing.executeQuery("select id from t order by id");
    trace.call("one row", rows::next);
    trace.call("write between", () -> s.executeUpdate("update t set v = 4 where id = 82"));
    trace.call("next row", rows::next);
  }

  private void lobs(Connection c) throws SQLException {
    Statement s = kept(c.createStatement());
    trace.call(
        "create l",
        () ->
            s.execute(
                "create table l (id int not null constraint lk primary key, "
                    + engine.lobColumns()
                    + ","
                    + " n decimal(9,2), d date, tm time, ts timestamp)"));
    PreparedStatement p = kept(c.prepareStatement("insert into l values (?, ?, ?, ?, ?, ?, ?)"));
    p.setInt(1, 1);
    p.setBinaryStream(2, new ByteArrayInputStream(new byte[] {1, 2, 3}));
    p.setCharacterStream(3, new StringReader("text"), 4);
    p.setBigDecimal(4, new BigDecimal("1.5"));
    p.setDate(5, Date.valueOf("2024-02-29"));
    p.setTime(6, Time.valueOf("01:02:03"));
    p.setTimestamp(7, Timestamp.valueOf("2024-02-29 01:02:03.123456789"));
    trace.call("streams", p::executeUpdate);
    trace.call("row", () -> s.executeQuery("select * from l"));
    if (engine.hasLocators()) {
      locators(c, s, p);
    }
  }

  private void locators(Connection c, Statement s, PreparedStatement p) throws SQLException {
    trace.act("autocommit off", () -> c.setAutoCommit(false));
    Blob blob = c.createBlob();
    trace.call("blob write", () -> blob.setBytes(1, new byte[] {9, 8}));
    Clob clob = c.createClob();
    trace.call("clob write", () -> clob.setString(1, "clob"));
    p.setInt(1, 2);
    p.setBlob(2, blob);
    p.setClob(3, clob);
    trace.call("locators", p::executeUpdate);
    p.setInt(1, 3);
    p.setBinaryStream(2, new ByteArrayInputStream(new byte[] {1}), 5);
    p.setNull(3, Types.CLOB);
    trace.call("short stream", p::executeUpdate);
    trace.call("rows", () -> s.executeQuery("select * from l order by id"));
    ResultSet rows = s.executeQuery("select b, c from l where id = 1");
    rows.next();
    Blob read = rows.getBlob(1);
    trace.call("length", read::length);
    trace.call("bytes", () -> read.getBytes(2, 2));
    trace.call("position", () -> read.position(new byte[] {3}, 1));
    trace.call("position of blob", () -> read.position(blob, 1));
    trace.call("clob", () -> rows.getClob(2));
    trace.act("free", read::free);
    trace.call("freed", read::length);
    trace.act("commit", c::commit);
    trace.act("autocommit on", () -> c.setAutoCommit(true));
  }

  private void calls(Connection c) throws SQLException {
    CallableStatement q = kept(c.prepareCall("values 1 + ?"));
    trace.act("set by name", () -> q.setInt("a", 1));
    q.setInt(1, 2);
    trace.call("query by call", q::executeQuery);
    trace.act("out parameter", () -> q.registerOutParameter(1, Types.INTEGER));
    CallableStatement w = kept(c.prepareCall("update t set v = ? where id = 1"));
    w.setInt(1, 3);
    trace.call("write by call", w::executeUpdate);
    trace.call("escape", () -> kept(c.createStatement()).executeQuery("values {fn abs(-1)}"));
  }

  private void errors(Connection c) throws SQLException {
    Statement s = kept(c.createStatement());
    for (String sql :
        List.of(
            "selec 1",
            "select * from nix",
            "insert into nix values (1)",
            "insert into t (nix) values (1)",
            "insert into t (id) values ('a')",
            "update t set nix = 1",
            "update t set id = 1 where id = 2",
            "delete from nix where id = 1",
            "create table t (id int)",
            "drop table nix",
            engine.commitsByText() ? "" : "commit", // ControlTest has it where it runs.
            "",
            "insert into t (id, v) values (1, 1)")) {
      trace.call(sql, () -> s.execute(sql));
      trace.call("prepare " + sql, () -> c.prepareStatement(sql) != null);
      trace.call("update " + sql, () -> s.executeUpdate(sql));
      trace.call("query " + sql, () -> s.executeQuery(sql));
    }
    String none =
        engine.knowsNull() ? null : "selec"; // The other one throws a NullPointerException.
    trace.call("null", () -> s.execute(none));
    trace.call("query that writes", () -> s.executeQuery("update t set v = 1 where v > 0"));
    trace.call("update that reads", () -> s.executeUpdate("values 1"));
    trace.act("close", s::close);
    trace.act("close again", s::close);
    trace.call("closed", () -> s.executeUpdate("update t set v = 1 where v > 0"));
    trace.call("closed insert", () -> s.executeUpdate("insert into g (v) values (900), (901)"));
    trace.call("closed count", s::getUpdateCount);
  }

  private void settings(Connection c) throws SQLException {
    DatabaseMetaData m = c.getMetaData();
    trace.call("product", m::getDatabaseProductName);
    trace.call("user", m::getUserName);
    trace.call("tables", () -> names(m.getTables(null, "APP", "%", null), "TABLE_NAME"));
    trace.call("columns", () -> names(m.getColumns(null, "APP", "T", "%"), "COLUMN_NAME"));
    trace.call("catalog", c::getCatalog);
    trace.call("schema", c::getSchema);
    trace.call("isolation", c::getTransactionIsolation);
    trace.act("serializable", () -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
    trace.call("isolation", c::getTransactionIsolation);
    trace.act("bad isolation", () -> c.setTransactionIsolation(77));
    trace.call("holdability", c::getHoldability);
    trace.call("valid", () -> c.isValid(1));
    trace.call("native", () -> c.nativeSQL("values {fn abs(1)}"));
    trace.call("info", c::getClientInfo);
    trace.act("set info", () -> c.setClientInfo("ApplicationName", "a"));
    trace.call("array", () -> c.createArrayOf("INT", new Object[] {1}));
    trace.call("type map", c::getTypeMap);
    trace.call("wrapper", () -> c.isWrapperFor(Connection.class));
    trace.call("network timeout", c::getNetworkTimeout);
    trace.call("read only", c::isReadOnly);
    Statement s = kept(c.createStatement());
    trace.act("schema q", () -> s.execute("create schema q"));
    trace.act("set schema", () -> s.execute("set schema q"));
    trace.call("now", c::getSchema);
    trace.call("not in q", () -> s.executeUpdate("insert into t (id) values (1)"));
    trace.act("back", () -> c.setSchema("APP"));
    trace.act("timeout", () -> s.setQueryTimeout(30));
    trace.call("max rows", s::getMaxRows);
    trace.act("set max rows", () -> s.setMaxRows(1));
    trace.call("one row", () -> s.executeQuery("select id from t order by id"));
    trace.call("not limited", () -> s.executeUpdate("update t set v = 8 where v > 0"));
    trace.act("negative fetch", () -> s.setFetchSize(-1));
    trace.call("poolable", s::isPoolable);
    trace.act("close on completion", s::closeOnCompletion);
    trace.call("is it", s::isCloseOnCompletion);
  }

  private static List<String> names(ResultSet rows, String column) throws SQLException {
    List<String> names = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        names.add(rows.getString(column));
      }
    }
    return names;
  }

  private void end(Connection c) throws SQLException {
    Statement s = kept(c.createStatement());
    trace.call("t", () -> s.executeQuery("select * from t order by id"));
    trace.call("g", () -> s.executeQuery("select * from g order by id"));
    trace.act("close", c::close);
    trace.call("closed", c::isClosed);
    trace.call("autocommit", c::getAutoCommit);
    trace.act("commit", c::commit);
    trace.call("statement", c::createStatement);
    trace.call("prepare", () -> c.prepareStatement("values 1"));
    trace.call("valid", () -> c.isValid(1));
    trace.act("again", c::close);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void everyAnswerIsThatOfTheBareDriver(TestEngine on) throws Exception {
    engine = on;
    List<String> bare = traceOf(new RecordingNode(engine.create()).connectBare());
    List<String> ours = traceOf(new RecordingNode(engine.create()).connect());
    assertTrue(bare.size() >= SHORTEST, "only " + bare.size() + " calls");
    assertEquals(bare.size(), ours.size());
    List<String> differences = new ArrayList<>(Trace.differences(bare, ours));
    differences.removeIf(line -> engine.answersOtherwise(line.split(": ", 2)[1]));
    assertEquals(List.of(), differences);
  }
}
