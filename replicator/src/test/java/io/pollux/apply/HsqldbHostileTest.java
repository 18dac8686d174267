package io.pollux.apply;

import io.pollux.core.TableName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

final class HsqldbHostileTest extends HostileTest {
  private static final List<String> OBJECTS =
      List.of(
          "CREATE SCHEMA OTHER",
          "CREATE TABLE OTHER.T (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER)",
          "CREATE TABLE FIRED (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER)",
          "CREATE TRIGGER FIRING AFTER UPDATE ON FIRED FOR EACH ROW UPDATE SECRET SET V = 'f'",
          "CREATE VIEW V AS SELECT ID, A FROM T",
          "CREATE SYNONYM SYN FOR SECRET",
          "CREATE SEQUENCE Q",
          "CREATE FUNCTION TWICE(X INTEGER) RETURNS INTEGER RETURN X * 2",
          "CREATE ROLE R",
          "INSERT INTO OTHER.T VALUES (1, 2)");

  @Override
  Engine engine() {
    return new Engine(
        "hostile-hsqldb.txt",
        "PUBLIC",
        List.of("POLLUX", "INFORMATION_SCHEMA", "SYSTEM_LOBS", ""),
        new TableName("INFORMATION_SCHEMA", "TABLES"),
        new TableName("POLLUX", "POLLUX_SLOT"),
        OBJECTS,
        "GENERATED ALWAYS AS (B + 1)",
        List.of("SCRIPT"));
  }

  @Override
  String create(Path place) {
    return "jdbc:hsqldb:mem:" + place;
  }

  @Override
  void drop(String database) throws SQLException {
    try (Connection last = DriverManager.getConnection(database);
        Statement statement = last.createStatement()) {
      statement.execute("SHUTDOWN IMMEDIATELY");
    }
  }
}
