package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.TableName;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the plans and the dialect rely on. */
class PostgresFactsTest {
  private final Dialect dialect = new PostgresDialect();
  private String url;
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void open() throws SQLException {
    url = PostgresServers.database();
    connection = DriverManager.getConnection(url);
    statement = connection.createStatement();
    run("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 1), (2, 2)");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void run(String... texts) throws SQLException {
    for (String sql : texts) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  private String failure(String sql) {
    return assertThrows(SQLException.class, () -> statement.execute(sql)).getSQLState();
  }

  @Test
  void aFailedStatementFailsTheTransactionAndItsCommitStoresNothing() throws SQLException {
    connection.setAutoCommit(false);
    assertEquals(Dialect.Work.NONE, dialect.work(connection));
    run("UPDATE t SET v = 5");
    assertEquals(Dialect.Work.OPEN, dialect.work(connection));
    assertEquals("23505", failure("INSERT INTO t VALUES (1, 1)"));
    assertEquals(Dialect.Work.FAILED, dialect.work(connection));
    assertEquals("25P02", failure("UPDATE t SET v = 6"));
    connection.commit();
    assertEquals(3, number("SELECT sum(v) FROM t"));
  }

  /** One round trip writes the slot row and commits, or does neither. */
  @Test
  void aFencedSlotDoesNotComeToTheCommit() throws SQLException {
    run(dialect.systemTables().create().toArray(String[]::new));
    run("INSERT INTO pollux.pollux_slot VALUES ('a', 1, 2, 3, 0, NULL)");
    connection.setAutoCommit(false);
    run("UPDATE t SET v = 7 WHERE id = 1");
    assertEquals("22012", failure(4, 3, 1));
    assertEquals(Dialect.Work.FAILED, dialect.work(connection));
    connection.rollback();
    assertEquals(1, number("SELECT v FROM t WHERE id = 1"));
    run("UPDATE t SET v = 8 WHERE id = 1");
    assertEquals("", failure(2, 3, 9));
    assertEquals(Dialect.Work.NONE, dialect.work(connection));
    connection.rollback();
    assertEquals(8, number("SELECT v FROM t WHERE id = 1"));
    assertEquals(9, number("SELECT counter FROM pollux.pollux_slot"));
  }

  private String failure(long epoch, long boot, long counter) throws SQLException {
    try (PreparedStatement write =
        connection.prepareStatement(dialect.systemTables().writeSlotAndCommit())) {
      write.setLong(1, counter);
      write.setBytes(2, new byte[] {1});
      write.setString(3, "a");
      write.setInt(4, 1);
      write.setLong(5, epoch);
      write.setLong(6, boot);
      try {
        write.execute();
        return "";
      } catch (SQLException e) {
        assertTrue(dialect.isFenced(e), e::toString);
        return e.getSQLState();
      }
    }
  }

  @Test
  void whatMayBeDeferredIsKnown() throws SQLException {
    assertFalse(dialect.mayDefer(connection));
    run("CREATE TABLE c (p int REFERENCES t (id) DEFERRABLE)");
    assertTrue(dialect.mayDefer(connection));
    run("DROP TABLE c");
    assertFalse(dialect.mayDefer(connection));
  }

  @Test
  void deferredConstraintsCanBeCheckedBeforeTheCommit() throws SQLException {
    run("ALTER TABLE t ADD CONSTRAINT late UNIQUE (v) DEFERRABLE INITIALLY DEFERRED");
    connection.setAutoCommit(false);
    run("UPDATE t SET v = 1");
    SQLException early = assertThrows(SQLException.class, () -> dialect.beforeStamp(connection));
    assertEquals("23505", early.getSQLState());
  }

  @Test
  void uniqueKeysAreCheckedRowByRow() throws SQLException {
    run("CREATE TABLE u (id int PRIMARY KEY)", "INSERT INTO u VALUES (1), (2)");
    assertEquals("23505", failure("UPDATE u SET id = id + 1"));
  }

  @Test
  void schemaChangesAreTransactional() throws SQLException {
    connection.setAutoCommit(false);
    run("CREATE TABLE gone (id int)", "CREATE SEQUENCE s", "TRUNCATE t");
    connection.rollback();
    assertEquals(2, number("SELECT count(*) FROM t"));
    assertEquals("42P01", failure("SELECT * FROM gone"));
  }

  @Test
  void theClockStandsStillInATransaction() throws SQLException {
    connection.setAutoCommit(false);
    run("CREATE TABLE c (a timestamptz DEFAULT now())", "INSERT INTO c DEFAULT VALUES");
    run("SELECT pg_sleep(0.01)", "INSERT INTO c DEFAULT VALUES");
    assertEquals(1, number("SELECT count(DISTINCT a) FROM c"));
  }

  @Test
  void anExplicitKeyMovesNoSequenceAndIsTakenAgainstAlways() throws SQLException {
    run("CREATE TABLE g (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int)");
    assertEquals("428C9", failure("INSERT INTO g VALUES (1, 1)"));
    run("INSERT INTO g OVERRIDING SYSTEM VALUE VALUES (1, 1)");
    assertEquals("23505", failure("INSERT INTO g (v) VALUES (1)"));
  }

  @Test
  void generatorsAreRaisedAboveMarksAndKeysAndNeverSetBack() throws SQLException {
    run(
        "CREATE TABLE g (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v serial)",
        "CREATE SEQUENCE s",
        "INSERT INTO g OVERRIDING SYSTEM VALUE VALUES (40, 7)");
    connection.setAutoCommit(false);
    TableName g = new TableName("public", "g");
    TableName s = new TableName("public", "s");
    List<Generator> marks =
        List.of(
            new Generator(GeneratorKind.IDENTITY, g, 30),
            new Generator(GeneratorKind.SEQUENCE, s, 500));
    dialect.becomeActive(connection, marks);
    assertEquals(600, dialect.lastValue(connection, GeneratorKind.SEQUENCE, s).orElseThrow());
    run("INSERT INTO g DEFAULT VALUES");
    assertTrue(number("SELECT max(id) FROM g") > 40);
    assertTrue(number("SELECT max(v) FROM g") > 7);
    dialect.keepAbove(connection, new Generator(GeneratorKind.SEQUENCE, s, 100));
    assertEquals(600, dialect.lastValue(connection, GeneratorKind.SEQUENCE, s).orElseThrow());
    dialect.keepAbove(connection, new Generator(GeneratorKind.SEQUENCE, s, 580));
    assertEquals(680, dialect.lastValue(connection, GeneratorKind.SEQUENCE, s).orElseThrow());
    connection.rollback();
    assertEquals(680, dialect.lastValue(connection, GeneratorKind.SEQUENCE, s).orElseThrow());
    assertEquals(681, dialect.nextValue(connection, s));
  }

  @Test
  void theCatalogueSeesKeysTriggersAndWhatIsNoTable() throws SQLException {
    run(
        "CREATE TABLE k (a int NOT NULL UNIQUE, b int UNIQUE, c int NOT NULL, d oid,"
            + " PRIMARY KEY (c, a), CONSTRAINT late UNIQUE (d) DEFERRABLE,"
            + " t int REFERENCES k (a) ON DELETE CASCADE)",
        "CREATE UNIQUE INDEX part ON k (c) WHERE a > 0",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TABLE child (p int REFERENCES t ON DELETE CASCADE)",
        "CREATE TRIGGER fires AFTER DELETE ON child EXECUTE FUNCTION f()",
        "CREATE VIEW w AS SELECT * FROM t",
        "CREATE TABLE parts (id int) PARTITION BY RANGE (id)");
    Table k = dialect.catalogue(connection).table(new TableName("public", "k")).orElseThrow();
    assertEquals(List.of(List.of("c", "a"), List.of("a")), k.keys());
    assertEquals(Set.of("d"), k.uniqueColumns());
    assertTrue(k.selfReferencing());
    Table t = dialect.catalogue(connection).table(new TableName("public", "t")).orElseThrow();
    assertEquals(List.of("fires"), t.triggers());
    for (String name : List.of("w", "parts")) {
      assertTrue(dialect.catalogue(connection).isView(new TableName("public", name)), name);
    }
    assertEquals(
        Optional.empty(),
        dialect.catalogue(connection).table(new TableName("pg_catalog", "pg_class")));
    assertTrue(dialect.catalogue(connection).mayWrite("f"));
    assertTrue(dialect.catalogue(connection).mayWrite("lo_unlink"));
    assertFalse(dialect.catalogue(connection).mayWrite("now"));
  }

  @Test
  void namesAreFoundAlongThePathAndTemporaryTablesFirst() throws SQLException {
    run(
        "CREATE SCHEMA \"A b\"",
        "CREATE TABLE \"A b\".t (id int)",
        "SET search_path = \"A b\", public");
    String path = dialect.currentSchema(connection);
    assertEquals("\"A b\", public", path);
    assertEquals("A b", dialect.catalogue(connection).resolve(path, "t").schema());
    run("CREATE TEMP TABLE t (id int)");
    String withTemporary = dialect.currentSchema(connection);
    assertTrue(withTemporary.startsWith("pg_temp_"), withTemporary);
    assertEquals("pg_temp", dialect.catalogue(connection).resolve(withTemporary, "t").schema());
    try (Connection other = DriverManager.getConnection(url)) {
      dialect.useSchema(other, withTemporary);
      assertEquals(path, dialect.currentSchema(other));
    }
  }

  @Test
  void urlsNameOneDatabaseWhateverTheirParameters() throws Exception {
    assertTrue(
        dialect.isSameDatabase(
            "jdbc:postgresql://h/db?user=a", "jdbc:postgresql://h:5432/db?user=b"));
    assertFalse(dialect.isSameDatabase("jdbc:postgresql://h/db", "jdbc:postgresql://h/other"));
    assertTrue(dialect.nodeDirectory("jdbc:postgresql://h/db").orElseThrow().endsWith("pollux-db"));
  }
}
