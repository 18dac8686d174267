package io.pollux.driver;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalInt;

/** A result; reading it costs what the real driver's costs. Changes through it are refused. */
final class PolluxResultSet extends ResultSetDelegate {
  /** Null behind a result that the real driver made by itself, as for metadata. */
  private final PolluxStatement statement;

  /** The real result stands on its first row already, the application does not know. */
  private boolean isRewound;

  /** Columns that the application sees; behind them are some that only the log needs. */
  private OptionalInt visible = OptionalInt.empty();

  private PolluxResultSet(
      PolluxConnection connection, PolluxStatement statement, ResultSet inner, boolean isRewound) {
    super(connection.resultScope(), inner);
    this.statement = statement;
    this.isRewound = isRewound;
    if (statement != null) {
      statement.lend(inner);
    }
  }

  static PolluxResultSet of(PolluxConnection connection, ResultSet inner) {
    return new PolluxResultSet(connection, null, inner, false);
  }

  static PolluxResultSet of(PolluxStatement statement, ResultSet inner) {
    return new PolluxResultSet(statement.connection(), statement, inner, false);
  }

  /** Generated keys whose first row was read for the log. */
  static PolluxResultSet rewound(PolluxStatement statement, ResultSet inner) {
    return new PolluxResultSet(statement.connection(), statement, inner, true);
  }

  /** The first columns of a result. */
  static PolluxResultSet firstColumns(PolluxStatement statement, ResultSet inner, int visible) {
    PolluxResultSet rows = of(statement, inner);
    rows.visible = OptionalInt.of(visible);
    return rows;
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    ResultSetMetaData all = inner().getMetaData();
    return all == null ? null : new PolluxColumns(scope(), all, visible);
  }

  @Override
  public boolean next() throws SQLException {
    if (isRewound) {
      isRewound = false;
      return true;
    }
    boolean hasRow = inner().next();
    if (!hasRow) {
      atEnd();
    }
    return hasRow;
  }

  @Override
  public void close() throws SQLException {
    inner().close();
    atEnd();
  }

  private void atEnd() throws SQLException {
    if (statement != null) {
      statement.endDrawing();
    }
  }

  @Override
  public Statement getStatement() throws SQLException {
    Statement real = inner().getStatement();
    return statement == null ? scope().wrap(real) : statement;
  }

  /** Called before each method that changes a row; a read-only result refuses by itself. */
  @Override
  void beforeRowChange() throws SQLException {
    if (inner().getConcurrency() == CONCUR_UPDATABLE) {
      throw Refusals.notCaptured(
          "updatable result set",
          "a change through it has no text that could be logged",
          "use INSERT, UPDATE or DELETE with the key of the row");
    }
  }
}
