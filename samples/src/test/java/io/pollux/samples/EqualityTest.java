package io.pollux.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EqualityTest {
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE PARENT (ID INT NOT NULL PRIMARY KEY, NAME VARCHAR(20))",
          "CREATE TABLE CHILD (ID INT NOT NULL, PARENT INT, D DOUBLE, N DECIMAL(10,2),"
              + " T TIMESTAMP, B BLOB, C CLOB, PRIMARY KEY (ID))",
          "CREATE INDEX BY_NAME ON PARENT (NAME)",
          "CREATE VIEW V AS SELECT NAME FROM PARENT",
          "INSERT INTO PARENT VALUES (1, 'one'), (2, NULL)",
          "INSERT INTO CHILD (ID, PARENT, D, N, T) VALUES (1, 1, 0.5, 1.50,"
              + " '2024-10-27 02:30:00')");

  private static final String UNCHANGED = "jdbc:derby:memory:unchanged;create=true";

  private final int run = UUID.randomUUID().hashCode();

  @BeforeAll
  static void createTheUnchangedOne() throws SQLException {
    open(UNCHANGED).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:derby:memory:%s;create=true",
        "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1",
        "jdbc:hsqldb:mem:%s",
        "jdbc:sqlite:file:%s?mode=memory&cache=shared"
      })
  void copiesAreEqualAndOneChangedRowIsFoundOnEachEngine(String url) throws SQLException {
    IntFunction<String> urls = i -> String.format(url, "e" + i + "x" + Math.abs(run));
    try (Connection a = open(urls.apply(1));
        Connection b = open(urls.apply(2))) {
      assertEquals("equal: 2 tables, 3 rows", compare(urls.apply(1), urls.apply(2), 0));
      execute(a, "INSERT INTO PARENT VALUES (3, 'three')");
      execute(b, "INSERT INTO PARENT VALUES (3, 'Three')");
      String found = compare(urls.apply(1), urls.apply(2), 1);
      assertTrue(found.contains("only in A: ID=Integer 3, NAME=String three"), found);
      assertTrue(found.endsWith("DIFFERENT: 2 differences"), found);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE TABLE MORE (ID INT)|table: only in B: \"APP\".\"MORE\"",
        "DROP TABLE CHILD|table: only in A: \"APP\".\"CHILD\"",
        "ALTER TABLE CHILD ADD COLUMN X INT|column 8 X INTEGER",
        "ALTER TABLE CHILD ALTER COLUMN N NOT NULL|column 4 N DECIMAL",
        "ALTER TABLE CHILD ALTER COLUMN N SET DEFAULT 7|default 7",
        "ALTER TABLE CHILD DROP PRIMARY KEY|primary key [ID]",
        "ALTER TABLE CHILD ADD FOREIGN KEY (PARENT) REFERENCES PARENT|foreign key [PARENT",
        "ALTER TABLE CHILD ADD CHECK (N > 0)|check APP.CHILD | (N > 0)",
        "DROP INDEX BY_NAME|index [NAME",
        "CREATE UNIQUE INDEX ONE ON CHILD (PARENT)|index [PARENT false A]",
        "CREATE VIEW W AS SELECT ID FROM PARENT|view APP.W",
        "CREATE TRIGGER G AFTER INSERT ON CHILD DELETE FROM PARENT|trigger APP.CHILD | G",
        "CREATE SEQUENCE Q START WITH 5|sequence APP.Q",
        "DELETE FROM PARENT WHERE ID = 2|2 rows in A, 1 in B",
        "UPDATE PARENT SET NAME = '' WHERE ID = 2|only in B: ID=Integer 2, NAME=String",
        "UPDATE CHILD SET D = NULL|only in A: ID=Integer 1",
        "UPDATE CHILD SET D = 0.5000000000000001|only in B: ID=Integer 1",
        "UPDATE CHILD SET N = 1.51|N=151e-2",
        "UPDATE CHILD SET T = '2024-10-27 02:30:00.000000001'|02:30:00.000000001",
        "UPDATE CHILD SET B = CAST(X'00' AS BLOB)|B=blob 1",
        "UPDATE CHILD SET C = ''|C=clob 0"
      })
  void eachKindOfDifferenceIsFound(String change, String expected) throws SQLException {
    try (Connection b = open(derby("b"))) {
      execute(b, change);
      String found = compare(UNCHANGED, derby("b"), 1);
      assertTrue(found.contains(expected), found);
    }
    drop("b");
  }

  @Test
  void rowsAreComparedAsAMultisetWhateverTheirOrder() throws SQLException {
    try (Connection a = open(derby("a"));
        Connection b = open(derby("b"))) {
      for (Connection each : List.of(a, b)) {
        execute(each, "CREATE TABLE HEAP (N INT)");
      }
      execute(a, "INSERT INTO HEAP VALUES 1, 2, 2");
      execute(b, "INSERT INTO HEAP VALUES 2, 1, 2");
      compare(derby("a"), derby("b"), 0);
      execute(a, "INSERT INTO HEAP VALUES 1");
      execute(b, "INSERT INTO HEAP VALUES 2");
      String found = compare(derby("a"), derby("b"), 1);
      assertTrue(found.contains("only in A: N=Integer 1"), found);
    }
    drop("a", "b");
  }

  @Test
  void largeObjectsDifferByOneByteOrOneCharacter() throws SQLException {
    try (Connection a = open(derby("a"));
        Connection b = open(derby("b"))) {
      byte[] bytes = new byte[100_000];
      String text = "ä".repeat(100_000);
      large(a, bytes, text);
      large(b, bytes, text);
      compare(derby("a"), derby("b"), 0);
      bytes[99_999] = 1;
      large(b, bytes, text);
      compare(derby("a"), derby("b"), 1);
      large(a, bytes, text.replaceAll(".$", "a"));
      compare(derby("a"), derby("b"), 1);
    }
    drop("a", "b");
  }

  @Test
  void arraysAreComparedByTheirElements() throws SQLException {
    try (Connection a = open("jdbc:h2:mem:zero1;DB_CLOSE_DELAY=-1");
        Connection b = open("jdbc:h2:mem:zero2;DB_CLOSE_DELAY=-1")) {
      execute(a, "CREATE TABLE F (X REAL ARRAY, Y DOUBLE PRECISION)");
      execute(b, "CREATE TABLE F (X REAL ARRAY, Y DOUBLE PRECISION)");
      execute(a, "INSERT INTO F VALUES (ARRAY[1.5], 'NaN')");
      execute(b, "INSERT INTO F VALUES (ARRAY[1.5], 'NaN')");
      compare("jdbc:h2:mem:zero1", "jdbc:h2:mem:zero2", 0);
      execute(b, "UPDATE F SET X = ARRAY[1.25]");
      compare("jdbc:h2:mem:zero1", "jdbc:h2:mem:zero2", 1);
    }
  }

  @Test
  void tablesOfPolluxAreLeftOut() throws SQLException {
    try (Connection b = open(derby("b"))) {
      execute(b, "CREATE TABLE POLLUX_SLOT (N INT CHECK (N > 0))");
      assertEquals("equal: 2 tables, 3 rows", compare(UNCHANGED, derby("b"), 0));
    }
    drop("b");
  }

  @Test
  void aDatabaseThatCannotBeReadIsNeitherEqualNorDifferent() {
    assertEquals(2, Program.of(new Equality()).setErr(quiet()).execute("jdbc:no:a", "x"));
  }

  private static void large(Connection connection, byte[] bytes, String text) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE CHILD SET B = ?, C = ? WHERE ID = 1")) {
      update.setBytes(1, bytes);
      update.setString(2, text);
      assertEquals(1, update.executeUpdate());
    }
  }

  private String derby(String name) {
    return "jdbc:derby:memory:" + name + run + ";create=true";
  }

  private void drop(String... names) throws SQLException {
    for (String name : names) {
      try {
        DriverManager.getConnection(derby(name).replace("create", "drop")).close();
      } catch (SQLException e) {
        assertEquals("08006", e.getSQLState(), "Derby's way to say that it is gone");
      }
    }
  }

  private static Connection open(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    for (String sql : SCHEMA) {
      execute(connection, sql);
    }
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String compare(String a, String b, int expectedExit) {
    StringWriter out = new StringWriter();
    int exit = Program.of(new Equality()).setOut(new PrintWriter(out)).execute(a, b);
    assertEquals(expectedExit, exit, out.toString());
    return out.toString().strip();
  }

  private static PrintWriter quiet() {
    return new PrintWriter(new StringWriter());
  }
}
