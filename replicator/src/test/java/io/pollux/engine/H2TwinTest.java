package io.pollux.engine;

import java.util.List;

class H2TwinTest extends TwinTest {
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE T (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER NOT NULL, B INTEGER,"
              + " S VARCHAR(60), TS TIMESTAMP, D DOUBLE PRECISION)",
          "CREATE TABLE G (ID INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, A INTEGER"
              + " DEFAULT 7, B INTEGER GENERATED ALWAYS AS (A * 2), S VARCHAR(60) DEFAULT USER,"
              + " TS TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
          "CREATE TABLE P (ID INTEGER NOT NULL, A INTEGER NOT NULL, B INTEGER UNIQUE,"
              + " S VARCHAR(60) DEFAULT 'x', PRIMARY KEY (ID, A))",
          "CREATE TABLE U (ID INTEGER, A INTEGER, B INTEGER, S VARCHAR(60))",
          "CREATE TABLE TREE (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER NOT NULL,"
              + " B INTEGER REFERENCES TREE ON DELETE CASCADE, S VARCHAR(60))",
          "CREATE SEQUENCE Q START WITH 1",
          "CREATE VIEW W AS SELECT ID, A FROM T",
          "CREATE SCHEMA OTHER",
          "CREATE TABLE OTHER.T (ID INTEGER NOT NULL PRIMARY KEY, A INTEGER)");

  @Override
  Engine engine() {
    return new Engine(
        new H2Dialect(),
        "jdbc:h2:mem:",
        SCHEMA,
        List.of("Closed", "Split", "EachKey", "Images", "InsertSelect", "Merge"));
  }
}
