package io.pollux.driver;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Which of the JDBC methods that run a statement the application called. */
enum CallMethod {
  QUERY,
  UPDATE,
  LARGE_UPDATE,
  EXECUTE;

  /**
   * What the real driver answered.
   *
   * @param rows of a QUERY only; otherwise null
   * @param count -1 if there are rows
   */
  record Answer(boolean hasRows, long count, ResultSet rows) {
    static Answer of(long count) {
      return new Answer(false, count, null);
    }

    private static Answer of(ResultSet rows) {
      return new Answer(true, -1, rows);
    }

    private static Answer of(boolean hasRows, Statement statement) throws SQLException {
      return new Answer(hasRows, hasRows ? -1 : statement.getUpdateCount(), null);
    }
  }

  Answer run(Statement statement, String sql, KeyRequest keys) throws SQLException {
    return switch (this) {
      case QUERY -> Answer.of(statement.executeQuery(sql));
      case UPDATE -> Answer.of(keys.executeUpdate(statement, sql));
      case LARGE_UPDATE -> Answer.of(keys.executeLargeUpdate(statement, sql));
      case EXECUTE -> Answer.of(keys.execute(statement, sql), statement);
    };
  }

  Answer run(PreparedStatement statement) throws SQLException {
    return switch (this) {
      case QUERY -> Answer.of(statement.executeQuery());
      case UPDATE -> Answer.of(statement.executeUpdate());
      case LARGE_UPDATE -> Answer.of(statement.executeLargeUpdate());
      case EXECUTE -> Answer.of(statement.execute(), statement);
    };
  }
}
