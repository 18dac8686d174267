package io.pollux.bench;

import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.random.RandomGenerator;

/** The transactions. Statements are prepared each time, as applications behind a pool do. */
final class Workloads {
  private static final int BATCHES = 10;
  private static final int BATCH_ROWS = 100;
  private static final int LOB_BYTES = 256 * 1024;

  private Workloads() {}

  static void tpcb(Connection connection, RandomGenerator random) throws SQLException {
    int account = random.nextInt(Tables.ACCOUNTS);
    int teller = random.nextInt(Tables.TELLERS);
    int branch = teller * Tables.BRANCHES / Tables.TELLERS;
    int delta = random.nextInt(-5000, 5000);
    update(
        connection, "UPDATE bench_account SET balance = balance + ? WHERE id = ?", delta, account);
    query(connection, "SELECT balance FROM bench_account WHERE id = ?", account);
    update(connection, "UPDATE bench_teller SET balance = balance + ? WHERE id = ?", delta, teller);
    update(connection, "UPDATE bench_branch SET balance = balance + ? WHERE id = ?", delta, branch);
    update(
        connection,
        "INSERT INTO bench_history (account, teller, branch, delta) VALUES (?, ?, ?, ?)",
        account,
        teller,
        branch,
        delta);
  }

  static void read(Connection connection, RandomGenerator random) throws SQLException {
    query(
        connection,
        "SELECT balance FROM bench_account WHERE id = ?",
        random.nextInt(Tables.ACCOUNTS));
  }

  static void insert(Connection connection, RandomGenerator random) throws SQLException {
    update(
        connection,
        "INSERT INTO bench_history (account, teller, branch, delta) VALUES (?, ?, ?, ?)",
        random.nextInt(Tables.ACCOUNTS),
        0,
        0,
        1);
  }

  static void predicateUpdate(Connection connection, RandomGenerator random) throws SQLException {
    update(
        connection,
        "UPDATE bench_account SET balance = balance + ? WHERE bucket = ?",
        1,
        random.nextInt(Tables.BUCKETS));
  }

  static void insertSelect(Connection connection, RandomGenerator random) throws SQLException {
    update(
        connection,
        "INSERT INTO bench_history (account, teller, branch, delta)"
            + " SELECT MIN(id), 0, 0, COUNT(*) FROM bench_account WHERE bucket = ?",
        random.nextInt(Tables.BUCKETS));
  }

  static void largeTransaction(Connection connection, RandomGenerator random) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO bench_history (account, teller, branch, delta) VALUES (?, ?, ?, ?)")) {
      for (int batch = 0; batch < BATCHES; batch++) {
        for (int row = 0; row < BATCH_ROWS; row++) {
          bind(insert, random.nextInt(Tables.ACCOUNTS), batch, 0, row);
          insert.addBatch();
        }
        insert.executeBatch();
      }
    }
  }

  static void lob(Connection connection, RandomGenerator random) throws SQLException {
    byte[] bytes = new byte[LOB_BYTES];
    random.nextBytes(bytes);
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE bench_document SET body = ? WHERE id = ?")) {
      update.setBinaryStream(1, new ByteArrayInputStream(bytes), bytes.length);
      update.setInt(2, random.nextInt(Tables.DOCUMENTS));
      demandRows(update.executeUpdate(), "bench_document");
    }
  }

  /** Commits a change that changes nothing. */
  static void touch(Connection connection) throws SQLException {
    update(connection, "UPDATE bench_branch SET balance = balance + ? WHERE id = ?", 0, 0);
    connection.commit();
  }

  private static void update(Connection connection, String sql, int... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      demandRows(statement.executeUpdate(), sql);
    }
  }

  private static void query(Connection connection, String sql, int... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      try (ResultSet result = statement.executeQuery()) {
        demandRows(result.next() ? 1 : 0, sql);
      }
    }
  }

  private static void bind(PreparedStatement statement, int... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setInt(i + 1, values[i]);
    }
  }

  /** A benchmark of statements that do nothing is fast and worthless. */
  private static void demandRows(int rows, String what) throws SQLException {
    if (rows < 1) {
      throw new SQLException("no row was touched: " + what);
    }
  }
}
