package io.pollux.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class SqliteTwinTest extends TwinTest {
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE T (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER NOT NULL, B INTEGER,"
              + " S VARCHAR(60), TS TIMESTAMP, D DOUBLE PRECISION)",
          "CREATE TABLE G (ID INTEGER PRIMARY KEY AUTOINCREMENT, A INTEGER DEFAULT 7,"
              + " B INTEGER GENERATED ALWAYS AS (A * 2), S VARCHAR(60) DEFAULT (random()),"
              + " TS TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
          "CREATE TABLE P (ID INTEGER NOT NULL, A INTEGER NOT NULL, B INTEGER UNIQUE,"
              + " S VARCHAR(60) DEFAULT 'x', PRIMARY KEY (ID, A)) WITHOUT ROWID",
          "CREATE TABLE U (ID INTEGER, A INTEGER, B INTEGER, S VARCHAR(60))",
          "CREATE TABLE TREE (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER NOT NULL,"
              + " B INTEGER REFERENCES TREE ON DELETE CASCADE, S VARCHAR(60))",
          "CREATE TABLE N (ID TEXT PRIMARY KEY, A INTEGER, B INTEGER, S TEXT UNIQUE)",
          "CREATE VIEW W AS SELECT ID, A FROM T");

  @Override
  Engine engine() {
    try {
      return new Engine(
          new SqliteDialect(),
          "jdbc:sqlite:" + Files.createTempDirectory(Path.of("target"), "twin") + "/",
          SCHEMA,
          List.of("Closed", "Locked", "Returning"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  @Provide
  Arbitrary<String> statements() {
    return Arbitraries.frequencyOf(Tuple.of(3, super.statements()), Tuple.of(1, others()));
  }

  /** What only this engine understands. */
  private static Arbitrary<String> others() {
    Arbitrary<String> verbs =
        Arbitraries.of(
            "REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT OR ABORT", "INSERT");
    Arbitrary<String> tables = Arbitraries.of("P", "N", "[T]", "main.P", "\"tree\"", "`G`");
    Arbitrary<String> values =
        Arbitraries.of(
            "'1', 2, 3, 'b'",
            "2, 1, 3, 'a'",
            "NULL, 1, abs(random() % 5), 'c'",
            "3, 3, 3, datetime('now')",
            "4, 1, NULL, NULL), (4, 1, 9, 'a'");
    Arbitrary<String> conflicts =
        Arbitraries.of(
            "",
            "",
            " ON CONFLICT DO NOTHING",
            " ON CONFLICT (ID) DO UPDATE SET A = excluded.A + 1, S = hex(randomblob(2))");
    Arbitrary<String> inserts =
        Combinators.combine(verbs, tables, values, conflicts)
            .as(
                (verb, table, row, conflict) ->
                    verb + " INTO " + table + " (ID, A, B, S) VALUES (" + row + ")" + conflict);
    return Arbitraries.oneOf(
        inserts,
        Arbitraries.of(
            "UPDATE N SET A = A + 1",
            "UPDATE N SET ID = 'x' || ID WHERE A > 1",
            "UPDATE T SET B = V.A FROM (SELECT A FROM U) AS V WHERE T.ID = 1",
            "UPDATE T SET (A, B) = (SELECT 3, count(*) FROM U) WHERE ID < 3",
            "DELETE FROM N WHERE S IS NULL RETURNING ID, A",
            "UPDATE T SET A = 1 WHERE ID > 1 ORDER BY ID LIMIT 1",
            "WITH X AS (SELECT 1 AS A) UPDATE T SET A = (SELECT A FROM X)"));
  }
}
