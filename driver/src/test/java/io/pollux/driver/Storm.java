package io.pollux.driver;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random statements on few rows, as applications write them: each a step that can be run on any
 * connection, with the same values each time.
 */
final class Storm {
  private static final int KEYS = 40;
  private static final int VALUES = 8;
  private static final int STEP = 4;

  /** What moves a key away from all others. */
  private static final int FAR = 1_000_000;

  private final TestEngine engine;
  private final Random random;

  /** How many keys this one has used up, of an engine that wants new ones. */
  private int used;

  private final int first;

  /**
   * @param seed those of the storms on one database differ by less than {@link #STEP}
   */
  Storm(TestEngine engine, long seed) {
    this.engine = engine;
    this.random = new Random(seed);
    this.first = KEYS + (int) Math.floorMod(seed, (long) STEP);
  }

  /** What one execution does. */
  @FunctionalInterface
  interface Step {
    void run(Connection connection) throws SQLException;
  }

  /** Makes the tables, with a few rows. */
  static List<String> schema(TestEngine engine) {
    List<String> texts = new ArrayList<>();
    String exact = engine == TestEngine.DERBY ? "decimal(12,3)" : "numeric(12,3)";
    texts.add(
        "create table acc (id int not null primary key, v int not null, w int, s varchar(60), d"
            + " double precision, n "
            + exact
            + ", ts timestamp)");
    texts.add("create index acc_v on acc (v)");
    texts.add(
        "create table gen (id "
            + engine.identity()
            + ", v int, s varchar(40) default 'none', ts timestamp default current_timestamp)");
    texts.add(
        "create table child (id int not null primary key, p int not null references acc (id) on"
            + " delete cascade, v int)");
    texts.add(
        "create table comp (a int not null, b varchar(10) not null, v int, u int not null,"
            + " primary key (a, b), constraint comp_u unique (u))");
    texts.add("create table loose (v int, s varchar(20))");
    texts.add("create table lob (id int not null primary key, " + engine.lobColumns() + ")");
    texts.add("create view seen as select id, v from acc where v > 2");
    for (int id = 0; id < KEYS; id += 2) {
      texts.add("insert into acc (id, v, s) values (" + id + ", " + id % VALUES + ", 'begin')");
      texts.add("insert into comp values (" + id % 5 + ", 'k" + id + "', 1, " + id + ")");
    }
    texts.add("insert into child values (1, 0, 1)");
    return texts;
  }

  static List<String> tables() {
    return List.of("acc", "gen", "child", "comp", "loose", "lob");
  }

  /** One that may be there, or may have been. */
  private int key() {
    return random.nextInt(KEYS + used * STEP);
  }

  /** For a new row: one that others use too, unless the engine can't bear that. */
  private int newKey() {
    return engine.bearsKeysAgain() ? key() : first + STEP * used++;
  }

  private int value() {
    return random.nextInt(VALUES);
  }

  /** A statement with values in the places of its marks. */
  private static Step sql(String text, Object... values) {
    return connection -> {
      try (PreparedStatement statement = connection.prepareStatement(text)) {
        for (int i = 0; i < values.length; i++) {
          if (values[i] instanceof Integer number) {
            statement.setInt(i + 1, number);
          } else {
            statement.setObject(i + 1, values[i]);
          }
        }
        statement.executeUpdate();
      }
    };
  }

  private static Step text(String text) {
    return connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute(text);
      }
    };
  }

  /** The next step of a transaction. */
  Step next() {
    return switch (random.nextInt(10)) {
      case 0, 1 -> insert();
      case 2, 3 -> byKey();
      case 4, 5 -> byPredicate();
      case 6 -> fromOthers();
      case 7 -> generated();
      case 8 -> odd();
      default -> structural();
    };
  }

  private Step insert() {
    int id = newKey();
    return switch (random.nextInt(6)) {
      case 0 ->
          sql(
              "insert into acc (id, v, w, s, n) values (?, ?, ?, ?, ?)",
              id,
              value(),
              value(),
              "text '" + id + "' -- ?",
              new BigDecimal("12.345"));
      case 1 ->
          text(
              "insert into acc (id, v) values ("
                  + id
                  + ", 1), ("
                  + (id + 1)
                  + ", "
                  + value()
                  + ")");
      case 2 ->
          sql(
              "insert into child values (?, ?, ?)",
              engine.bearsKeysAgain() ? id * 10 + value() : id,
              engine.holdsParents() ? id : 0,
              value());
      case 3 -> sql("insert into comp (b, u, a, v) values (?, ?, ?, ?)", "n" + id, id, value(), 2);
      case 4 -> sql("insert into loose values (?, ?)", value(), random.nextBoolean() ? "x" : null);
      default ->
          sql(
              "insert into acc values (?, ?, null, ?, ?, null, ?)",
              id,
              value(),
              "",
              random.nextDouble(),
              engine == TestEngine.SQLITE
                  ? Timestamp.valueOf("2026-03-29 02:30:00.5")
                  : LocalDateTime.parse("2026-03-29T02:30:00.123"));
    };
  }

  private Step byKey() {
    int id = key();
    return switch (random.nextInt(8)) {
      case 0 -> sql("update acc set v = v + 1 where id = ?", id);
      case 1 -> sql("update acc set w = ?, s = ? where id = ? and v < 6", value(), "by key", id);
      case 2 -> sql("delete from acc where id = ? and id > 0", id);
      case 3 -> sql("update acc set ts = current_timestamp, d = d * 1.1 where id = ?", id);
      case 4 -> sql("update acc set id = id + ? where id = ? and id > 0", FAR, id);
      case 5 ->
          sql("update comp set v = coalesce(v, 0) * 2 where b = ? and a = ?", "k" + id, id % 5);
      case 6 -> sql("update acc set d = " + engine.random() + " where id = ?", id);
      default -> sql("update lob set c = c where id = ?", id);
    };
  }

  private Step byPredicate() {
    return switch (random.nextInt(9)) {
      case 0 -> sql("update acc set w = coalesce(w, 0) + 1 where v = ?", value());
      case 1 -> sql("update acc set v = ? where v between ? and 5", value(), value());
      case 2 -> sql("delete from acc where v = ? and id > ?", value(), KEYS / 2);
      case 3 -> sql("update acc set s = s || 'x' where v in (1, ?) and length(s) < 40", value());
      case 4 -> sql("delete from child where v = ? or v is null", value());
      case 5 -> sql("update comp set v = case when v > 3 then 0 else a end where a < ?", value());
      case 6 -> sql("update acc set n = n + 0.001, v = 7 - v where w > ? and not v = 3", value());
      case 7 -> sql("delete from loose where v = ?", value());
      default -> sql("update loose set s = 'y' where v = ? and s is null", value());
    };
  }

  private Step fromOthers() {
    return switch (random.nextInt(9)) {
      case 0 ->
          sql(
              "insert into loose (v, s) select v, s from acc where v = ? and length(s) < 20",
              value());
      case 1 -> sql("insert into gen (v) select v from acc where v = ? order by id", value());
      case 2 ->
          sql(
              "insert into acc (id, v) select ?, v from acc where id = ? and v < 9",
              newKey(),
              key());
      case 3 ->
          sql(
              "update acc set w = (select count(*) from child c where c.p = acc.id) where v = ?",
              value());
      case 4 ->
          sql("update acc set v = (select max(x.v) from comp x) where id = ? and w is null", key());
      case 5 -> sql("delete from gen where v > (select max(a.v) from acc a where a.id < ?)", key());
      case 6 ->
          sql(
              "delete from child where exists (select 1 from acc a where a.id = p and a.v = ?)",
              value());
      case 7 -> sql("update comp set v = 9 where a in (select v from acc where w = ?)", value());
      default ->
          sql("update gen set s = 'seen' where v in (select v from seen where id < ?)", key());
    };
  }

  private Step generated() {
    int value = value();
    return switch (random.nextInt(5)) {
      case 0 -> connection -> generatedKey(connection, value);
      case 1 -> text("insert into gen (v, s) values (" + value + ", 'a'), (" + value + ", 'b')");
      case 2 -> connection -> batch(connection, value);
      case 3 -> text("insert into gen (v) values (" + value + ")");
      default -> sql("update gen set v = v + 1, ts = current_timestamp where v = ?", value);
    };
  }

  /** The key that is shown is that of the row. */
  private static void generatedKey(Connection connection, int value) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into gen (v) values (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setInt(1, value);
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        keys.next();
        try (PreparedStatement update =
            connection.prepareStatement("update gen set s = 'keyed' where id = ?")) {
          update.setLong(1, keys.getLong(1));
          if (update.executeUpdate() != 1) {
            throw new AssertionError("the generated key " + keys.getLong(1) + " is of no row");
          }
        }
      }
    }
  }

  /** Its third element may fail; the others may stay, as the driver likes. */
  private static void batch(Connection connection, int value) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into comp (a, b, v, u) values (?, ?, 3, ?)")) {
      for (int i = 0; i < 4; i++) {
        insert.setInt(1, value);
        insert.setString(2, "b" + i);
        insert.setInt(3, 100 + value * 4 + i % 3);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private Step odd() {
    int id = newKey();
    byte[] bytes = new byte[random.nextInt(3) * 1000];
    random.nextBytes(bytes);
    String letters = "ä😀z".repeat(random.nextInt(500));
    int value = value();
    boolean deletes = chance(20);
    return switch (random.nextInt(engine == TestEngine.SQLITE ? 5 : 7)) {
      case 5, 6 -> connection -> throughResult(connection, value, deletes);
      case 0, 1 -> connection -> lob(connection, id, letters, bytes);
      case 2 -> sql("delete from lob where id = ?", key());
      case 3 -> text("select count(*) from acc where v = " + value());
      default -> sql(engine.upsert(), value(), "k" + id, id);
    };
  }

  private static void lob(Connection connection, int id, String letters, byte[] bytes)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into lob values (?, ?, ?)")) {
      insert.setInt(1, id);
      insert.setBinaryStream(2, new ByteArrayInputStream(bytes), bytes.length);
      insert.setCharacterStream(3, new StringReader(letters), letters.length());
      insert.executeUpdate();
    }
  }

  /** Derby's cursor loses its row where each change is a transaction. */
  private static void throughResult(Connection connection, int value, boolean deletes)
      throws SQLException {
    if (connection.getAutoCommit()) {
      return;
    }
    try (Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rows =
            statement.executeQuery("select id, v, w from acc where id > 0 and v = " + value)) {
      while (rows.next()) {
        if (deletes) {
          rows.deleteRow();
        } else {
          rows.updateInt("w", rows.getInt("id") + value);
          rows.updateRow();
        }
      }
    }
  }

  /** Unique values that move, parts that are undone, and several rows at once. */
  private Step structural() {
    int value = value();
    return switch (random.nextInt(5)) {
      case 0 -> text("update comp set u = u + 1000 where a = " + value);
      case 1 -> sql("update comp set u = 1 - u where u in (0, 1) and a < ?", value);
      case 2 -> sql("update acc set id = id + ? where v = ? and id > 0", near(), value);
      case 3 -> undone(byPredicate(), insert());
      default -> undone(fromOthers(), byKey());
    };
  }

  /** To the next key, where rows may get in each other's way. */
  private int near() {
    return engine.bearsKeysAgain() ? 1 : FAR;
  }

  private static Step undone(Step lost, Step kept) {
    return connection -> {
      if (connection.getAutoCommit()) {
        kept.run(connection);
        return;
      }
      Savepoint before = connection.setSavepoint();
      lost.run(connection);
      connection.rollback(before);
      kept.run(connection);
    };
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }
}
