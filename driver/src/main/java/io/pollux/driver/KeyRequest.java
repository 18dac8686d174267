package io.pollux.driver;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.List;

/** How the application asks for generated keys: not at all, by flag, by index, or by name. */
sealed interface KeyRequest {
  KeyRequest NONE = new None();

  static KeyRequest flag(int flag) {
    return new Flag(flag);
  }

  static KeyRequest indexes(int[] columns) {
    return new Indexes(columns == null ? null : columns.clone());
  }

  static KeyRequest names(String... columns) {
    return new Names(columns == null ? null : columns.clone());
  }

  boolean asks();

  /** The columns; none if nothing was asked for, {@code byFlag} if none was named. */
  List<String> names(List<String> byFlag) throws SQLException;

  boolean execute(Statement statement, String sql) throws SQLException;

  int executeUpdate(Statement statement, String sql) throws SQLException;

  long executeLargeUpdate(Statement statement, String sql) throws SQLException;

  PreparedStatement prepare(Connection connection, String sql) throws SQLException;

  /** No keys were asked for. */
  record None() implements KeyRequest {
    @Override
    public boolean asks() {
      return false;
    }

    @Override
    public List<String> names(List<String> byFlag) {
      return List.of();
    }

    @Override
    public boolean execute(Statement statement, String sql) throws SQLException {
      return statement.execute(sql);
    }

    @Override
    public int executeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeUpdate(sql);
    }

    @Override
    public long executeLargeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeLargeUpdate(sql);
    }

    @Override
    public PreparedStatement prepare(Connection connection, String sql) throws SQLException {
      return connection.prepareStatement(sql);
    }
  }

  /**
   * {@link Statement#RETURN_GENERATED_KEYS} or not; a wrong value is the real driver's to refuse.
   */
  record Flag(int flag) implements KeyRequest {
    @Override
    public boolean asks() {
      return flag == Statement.RETURN_GENERATED_KEYS;
    }

    @Override
    public List<String> names(List<String> byFlag) {
      return asks() ? byFlag : List.of();
    }

    @Override
    public boolean execute(Statement statement, String sql) throws SQLException {
      return statement.execute(sql, flag);
    }

    @Override
    public int executeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeUpdate(sql, flag);
    }

    @Override
    public long executeLargeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeLargeUpdate(sql, flag);
    }

    @Override
    public PreparedStatement prepare(Connection connection, String sql) throws SQLException {
      return connection.prepareStatement(sql, flag);
    }
  }

  /** Columns by number. */
  @SuppressWarnings("ArrayRecordComponent")
  record Indexes(int[] columns) implements KeyRequest {
    @Override
    public boolean asks() {
      return columns != null && columns.length > 0;
    }

    @Override
    public List<String> names(List<String> byFlag) throws SQLException {
      if (asks()) {
        throw new SQLFeatureNotSupportedException(
            "generated keys by column index are not supported here; name the columns", "0A000");
      }
      return List.of();
    }

    @Override
    public boolean execute(Statement statement, String sql) throws SQLException {
      return statement.execute(sql, columns);
    }

    @Override
    public int executeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeUpdate(sql, columns);
    }

    @Override
    public long executeLargeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeLargeUpdate(sql, columns);
    }

    @Override
    public PreparedStatement prepare(Connection connection, String sql) throws SQLException {
      return connection.prepareStatement(sql, columns);
    }
  }

  /** Columns by name. */
  @SuppressWarnings("ArrayRecordComponent")
  record Names(String[] columns) implements KeyRequest {
    @Override
    public boolean asks() {
      return columns != null && columns.length > 0;
    }

    @Override
    public List<String> names(List<String> byFlag) {
      return asks() ? List.of(columns) : List.of();
    }

    @Override
    public boolean execute(Statement statement, String sql) throws SQLException {
      return statement.execute(sql, columns);
    }

    @Override
    public int executeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeUpdate(sql, columns);
    }

    @Override
    public long executeLargeUpdate(Statement statement, String sql) throws SQLException {
      return statement.executeLargeUpdate(sql, columns);
    }

    @Override
    public PreparedStatement prepare(Connection connection, String sql) throws SQLException {
      return connection.prepareStatement(sql, columns);
    }
  }
}
