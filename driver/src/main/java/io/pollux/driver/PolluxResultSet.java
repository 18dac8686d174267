package io.pollux.driver;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalInt;

/** A result; reading it costs what the real driver's costs. */
final class PolluxResultSet extends ResultSetDelegate {
  /** Null behind a result that the real driver made by itself, as for metadata. */
  private final PolluxStatement statement;

  /** The real result stands on its first row already, the application does not know. */
  private boolean isRewound;

  /** Columns that the application sees; behind them are some that only the log needs. */
  private OptionalInt visible = OptionalInt.empty();

  /** Null until a row is changed. */
  private RowChanges changes;

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

  /** Called before each method that sets a column; a read-only result refuses by itself. */
  @Override
  void beforeColumnChange(int column, Object value) throws SQLException {
    if (isUpdatable()) {
      changes().set(column, Scope.bare(value));
    }
  }

  private boolean isUpdatable() throws SQLException {
    return inner().getConcurrency() == CONCUR_UPDATABLE;
  }

  private RowChanges changes() throws SQLException {
    if (statement == null) {
      throw Refusals.notCaptured(
          "updatable result set", "the driver made it by itself", "query the rows");
    }
    if (changes == null) {
      changes = new RowChanges(statement, inner());
    }
    return changes;
  }

  /** Something that changes a row. */
  private interface Change {
    void run() throws SQLException;
  }

  /** A result that can't be updated says so in the real driver's words. */
  private static void either(boolean isUpdatable, Change logged, Change real) throws SQLException {
    (isUpdatable ? logged : real).run();
  }

  @Override
  public void updateRow() throws SQLException {
    either(isUpdatable(), () -> changes().update(), inner()::updateRow);
  }

  @Override
  public void deleteRow() throws SQLException {
    either(isUpdatable(), () -> changes().delete(), inner()::deleteRow);
  }

  @Override
  public void insertRow() throws SQLException {
    either(isUpdatable(), () -> changes().insert(), inner()::insertRow);
  }

  @Override
  public void cancelRowUpdates() throws SQLException {
    inner().cancelRowUpdates();
    if (changes != null) {
      changes.forget();
    }
  }

  @Override
  public void moveToInsertRow() throws SQLException {
    inner().moveToInsertRow();
    if (isUpdatable()) {
      changes().inserting(true);
    }
  }

  @Override
  public void moveToCurrentRow() throws SQLException {
    inner().moveToCurrentRow();
    if (changes != null) {
      changes.inserting(false);
    }
  }
}
