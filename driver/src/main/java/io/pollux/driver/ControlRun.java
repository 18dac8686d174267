package io.pollux.driver;

import io.pollux.engine.Dialect.Begin;
import io.pollux.sql.CapturePlan;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * BEGIN, COMMIT, SAVEPOINT and their like as texts: what ends a transaction goes the way of {@link
 * java.sql.Connection#commit}, the rest runs as it is written. Only in the connection's lock.
 */
final class ControlRun {
  private final PolluxConnection connection;
  private final LocalTransaction transaction;
  private final Invocation call;

  ControlRun(PolluxConnection connection, Invocation call) {
    this.connection = connection;
    this.transaction = connection.transaction();
    this.call = call;
  }

  Outcome run(CapturePlan.Control plan) throws SQLException {
    if (call.mustFail() || call.method() == CallMethod.QUERY) {
      throw Refusals.notCaptured(
          "transaction control as a query", "it returns no rows", "call execute or executeUpdate");
    }
    if (transaction.isInOwn()) {
      throw Refusals.notCaptured(
          "transaction control among other statements",
          "they are one transaction already",
          "begin the text with BEGIN, or call setAutoCommit(false) before it");
    }
    return switch (plan.step()) {
      case BEGIN, BEGIN_WRITING -> begin(plan);
      case COMMIT -> end(transaction::commit);
      case ROLLBACK -> end(transaction::rollback);
      case SAVEPOINT, ROLLBACK_TO, RELEASE -> savepoint(plan);
    };
  }

  private Begin kind() {
    return connection.node().dialect().begin();
  }

  private Outcome asWritten() throws SQLException {
    return Outcome.ofStatement(call.run());
  }

  private Outcome done() {
    return Outcome.apart(0, Optional.empty());
  }

  /** Where it opens nothing, it runs for the engine's own answer. */
  private Outcome begin(CapturePlan.Control plan) throws SQLException {
    boolean opens =
        kind() == Begin.AUTOCOMMIT_OFF || (kind() != Begin.NOTHING && transaction.isEachItsOwn());
    if (!opens) {
      return asWritten();
    }
    call.statement().closeRows();
    transaction.begin();
    if (plan.step() == CapturePlan.Control.Step.BEGIN_WRITING) {
      holdWriters();
    }
    return done();
  }

  private void holdWriters() throws SQLException {
    try (Statement statement = connection.inner().createStatement()) {
      statement.executeUpdate(connection.node().dialect().systemTables().lockApplied());
    } catch (SQLException e) {
      try {
        transaction.rollback();
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private Outcome end(LocalTransaction.End end) throws SQLException {
    if (transaction.isEachItsOwn()) {
      return asWritten(); // Nothing is open.
    }
    if (kind() == Begin.UNSEEN_IN_AUTOCOMMIT && !transaction.isBegun()) {
      throw Refusals.notCaptured(
          "end of a transaction as text",
          "its driver would not know that autocommit is off any more",
          "call commit or rollback of the connection");
    }
    call.statement().closeRows();
    end.run();
    return done();
  }

  private Outcome savepoint(CapturePlan.Control plan) throws SQLException {
    transaction.refuseSavepointThatBegins();
    TransactionCapture capture = transaction.capture();
    Outcome outcome = asWritten();
    Optional<Savepoints.Point> point = capture.savepoints().last(plan.savepoint());
    switch (plan.step()) {
      case SAVEPOINT -> capture.savepoints().set(plan.savepoint(), capture.mark());
      case RELEASE -> point.ifPresent(capture.savepoints()::release);
      default ->
          point.ifPresentOrElse(
              transaction::wentBackTo,
              () -> capture.breakOff("which savepoint a text went back to is not known", null));
    }
    return outcome;
  }
}
