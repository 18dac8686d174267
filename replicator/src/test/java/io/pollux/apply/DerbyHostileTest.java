package io.pollux.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.core.TableName;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

final class DerbyHostileTest extends HostileTest {
  private static final List<String> OBJECTS =
      List.of(
          "CREATE TABLE OTHER.T (ID INTEGER PRIMARY KEY, A INTEGER)",
          "CREATE TABLE FIRED (ID INTEGER PRIMARY KEY, A INTEGER)",
          "CREATE TRIGGER FIRING AFTER UPDATE ON FIRED FOR EACH ROW UPDATE SECRET SET V = 'f'",
          "CREATE VIEW V AS SELECT ID, A FROM T",
          "CREATE SYNONYM SYN FOR SECRET",
          "CREATE SEQUENCE Q",
          "CREATE FUNCTION TWICE(X INTEGER) RETURNS INTEGER LANGUAGE JAVA PARAMETER STYLE JAVA"
              + " NO SQL DETERMINISTIC EXTERNAL NAME 'java.lang.Math.abs'",
          "INSERT INTO OTHER.T VALUES (1, 2)");

  private static final List<String> STATE =
      List.of(
          "SELECT 'table', TABLENAME FROM SYS.SYSTABLES",
          "SELECT 'column', COLUMNNAME FROM SYS.SYSCOLUMNS",
          "SELECT 'alias', ALIAS FROM SYS.SYSALIASES",
          "SELECT 'schema', SCHEMANAME FROM SYS.SYSSCHEMAS",
          "SELECT 'trigger', TRIGGERNAME FROM SYS.SYSTRIGGERS",
          "SELECT 'check', CONSTRAINTNAME FROM SYS.SYSCONSTRAINTS",
          "SELECT 'role', ROLEID FROM SYS.SYSROLES",
          "SELECT 'jar', FILENAME FROM SYS.SYSFILES",
          "SELECT S, A FROM T",
          "SELECT V, ID FROM SECRET",
          "SELECT 'other', A FROM OTHER.T",
          "SELECT NODE, COUNTER FROM POLLUX.POLLUX_SLOT");

  @Override
  Engine engine() {
    return new Engine(
        "hostile-derby.txt",
        "APP",
        List.of("POLLUX", "SYS", "SYSIBM", "SYSCS_UTIL", ""),
        new TableName("SYS", "SYSTABLES"),
        new TableName("POLLUX", "POLLUX_SLOT"),
        OBJECTS,
        "GENERATED ALWAYS AS (B + 1)",
        STATE);
  }

  @Override
  String create(Path place) {
    return "jdbc:derby:memory:" + place + ";create=true";
  }

  @Override
  void drop(String database) {
    String drop = database.replace(";create=true", ";drop=true");
    SQLException dropped =
        assertThrows(SQLException.class, () -> DriverManager.getConnection(drop));
    assertEquals("08006", dropped.getSQLState());
  }
}
