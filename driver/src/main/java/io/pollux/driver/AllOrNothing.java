package io.pollux.driver;

import io.pollux.engine.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

/** Several statements that stand for one: what fails leaves nothing, in database and capture. */
final class AllOrNothing {
  private final LocalTransaction transaction;
  private final TransactionCapture capture;
  private final Connection inner;
  private final Dialect dialect;

  AllOrNothing(LocalTransaction transaction, Connection inner, Dialect dialect) {
    this.transaction = transaction;
    this.capture = transaction.capture();
    this.inner = inner;
    this.dialect = dialect;
  }

  <R> R run(SqlWork<R> work) throws SQLException {
    int mark = capture.mark();
    if (dialect.failsAsAWhole()) {
      return together(mark, work);
    }
    Savepoint before = inner.setSavepoint();
    try {
      R result = Guard.run(work);
      inner.releaseSavepoint(before);
      return result;
    } catch (SQLException e) {
      undo(before, mark, e);
      throw e;
    }
  }

  /** The engine undoes it with the rest of the transaction; where it was not the engine, we do. */
  private <R> R together(int mark, SqlWork<R> work) throws SQLException {
    try {
      return Guard.run(work);
    } catch (SQLException e) {
      capture.rollbackTo(mark);
      if (dialect.work(inner) != Dialect.Work.FAILED) {
        capture.breakOff("a part of a statement ran: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  private void undo(Savepoint before, int mark, SQLException failure) {
    if (dialect.endsTransaction(failure)) {
      return;
    }
    try {
      inner.rollback(before);
      capture.rollbackTo(mark);
      transaction.schemaMayHaveChanged();
    } catch (SQLException e) {
      failure.addSuppressed(e);
      capture.breakOff("a failed statement could not be undone: " + e.getMessage(), failure);
    }
  }
}
