package io.pollux.apply;

import io.pollux.core.TableName;
import java.nio.file.Path;
import java.util.List;

final class SqliteHostileTest extends HostileTest {
  private static final List<String> OBJECTS =
      List.of(
          "CREATE TABLE FIRED (ID INTEGER PRIMARY KEY, A INTEGER)",
          "CREATE TRIGGER FIRING AFTER UPDATE ON FIRED FOR EACH ROW BEGIN"
              + " UPDATE SECRET SET V = 'f'; END",
          "CREATE VIEW V AS SELECT ID, A FROM T");

  @Override
  Engine engine() {
    return new Engine(
        "hostile-sqlite.txt",
        "main",
        List.of(""),
        new TableName("sqlite", "sqlite_master"),
        new TableName("main", "pollux_slot"),
        OBJECTS,
        "GENERATED ALWAYS AS (B + 1)",
        List.of(
            "SELECT name, sql FROM sqlite_master",
            "SELECT S, A FROM T",
            "SELECT V, ID FROM SECRET",
            "SELECT node, counter FROM pollux_slot",
            "SELECT name, file FROM pragma_database_list",
            "SELECT 'mode', journal_mode FROM pragma_journal_mode"));
  }

  @Override
  String create(Path place) {
    return "jdbc:sqlite:" + place;
  }
}
