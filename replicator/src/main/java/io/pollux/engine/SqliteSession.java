package io.pollux.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a session does in its own way, as {@link Dialect#useSchema} takes it: where its tables are,
 * and whether it enforces foreign keys.
 */
final class SqliteSession {
  /** The schema of all tables that are not temporary, and a session that enforces nothing. */
  static final String MAIN = "main";

  private static final String ENFORCING = "main, foreign keys";

  private SqliteSession() {}

  static String read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA foreign_keys")) {
      return result.next() && result.getInt(1) == 1 ? ENFORCING : MAIN;
    }
  }

  /** Commits: inside a transaction the engine ignores the change. */
  static void use(Connection connection, String session) throws SQLException {
    if (!session.equals(MAIN) && !session.equals(ENFORCING)) {
      throw new SQLException("no session is called '" + session + "'", "22023");
    }
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA foreign_keys = " + (session.equals(ENFORCING) ? "ON" : "OFF"));
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }
}
