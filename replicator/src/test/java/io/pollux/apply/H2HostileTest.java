package io.pollux.apply;

import io.pollux.core.TableName;
import java.nio.file.Path;
import java.util.List;

final class H2HostileTest extends HostileTest {
  private static final List<String> OBJECTS =
      List.of(
          "CREATE SCHEMA OTHER",
          "CREATE TABLE OTHER.T (ID INTEGER PRIMARY KEY, A INTEGER)",
          "CREATE TABLE FIRED (ID INTEGER PRIMARY KEY, A INTEGER)",
          "CREATE TRIGGER FIRING AFTER UPDATE ON FIRED FOR EACH ROW AS"
              + " 'org.h2.api.Trigger create() { return (c, o, n) -> {}; }'",
          "CREATE VIEW V AS SELECT ID, A FROM T",
          "CREATE SYNONYM SYN FOR SECRET",
          "CREATE SEQUENCE Q",
          "CREATE ALIAS TWICE DETERMINISTIC FOR 'java.lang.Math.abs(int)'",
          "CREATE ROLE R",
          "INSERT INTO OTHER.T VALUES (1, 2)");

  @Override
  Engine engine() {
    return new Engine(
        "hostile-h2.txt",
        "PUBLIC",
        List.of("POLLUX", "INFORMATION_SCHEMA", ""),
        new TableName("INFORMATION_SCHEMA", "TABLES"),
        new TableName("POLLUX", "POLLUX_SLOT"),
        OBJECTS,
        "GENERATED ALWAYS AS (B + 1)",
        List.of("SCRIPT"));
  }

  @Override
  String create(Path place) {
    return "jdbc:h2:" + place;
  }
}
