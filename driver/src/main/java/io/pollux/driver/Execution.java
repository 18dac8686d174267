package io.pollux.driver;

import io.pollux.sql.CapturePlan;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Chooses for each execution the transaction that its plan needs, and performs the plan in it. */
final class Execution {
  private final PolluxConnection connection;
  private final LocalTransaction transaction;

  Execution(PolluxConnection connection) {
    this.connection = connection;
    this.transaction = connection.transaction();
  }

  Outcome perform(Invocation call) throws SQLException {
    CapturePlan plan = call.found().plan();
    if (plan instanceof CapturePlan.Pass) {
      return transaction.locked(() -> Outcome.ofStatement(call.run()));
    }
    if (plan instanceof CapturePlan.Refuse refusal) {
      return transaction.locked(() -> refuse(call, refusal));
    }
    SqlWork<Outcome> work = () -> plan.accept(new RowCapture(call));
    boolean choosesByItself =
        plan instanceof CapturePlan.Session
            || plan instanceof CapturePlan.Control
            || plan instanceof CapturePlan.Script;
    if (choosesByItself) {
      return transaction.locked(work);
    }
    if (plan instanceof CapturePlan.Ddl definition
        && connection.node().dialect().definitionsCommit()
        && !call.mustFail()) {
      return transaction.locked(() -> new CommittingDdl(connection, call).run(definition));
    }
    if (plan instanceof CapturePlan.Sequence) {
      return transaction.drawing(work);
    }
    return transaction.write(
        call.mustFail() && plan.returnsNoRows() ? () -> failing(call) : () -> checked(call, work));
  }

  /** The engine's own error comes first: no such table, syntax. Nothing runs. */
  private Outcome refuse(Invocation call, CapturePlan.Refuse refusal) throws SQLException {
    try (PreparedStatement statement = connection.inner().prepareStatement(call.found().sql())) {
      statement.getParameterMetaData(); // Some drivers ask the engine only now.
    }
    throw Refusals.notCaptured(refusal);
  }

  /**
   * Performs a plan, and makes sure that it was the right one: a schema change of somebody else may
   * have come between the plan and its execution.
   */
  Outcome checked(Invocation call, SqlWork<Outcome> work) throws SQLException {
    Outcome outcome = work.run();
    Plans.Found found = call.found();
    if (!(found.plan() instanceof CapturePlan.Ddl)
        && !connection.plans().renew(found).plan().equals(found.plan())) {
      SQLException stale = Refusals.retry("the schema changed while a statement ran");
      transaction.capture().breakOff(stale.getMessage(), stale);
      throw stale;
    }
    return outcome;
  }

  /** A call that JDBC does not allow for this statement; the real driver says so in its words. */
  private Outcome failing(Invocation call) throws SQLException {
    return transaction.atomically(
        () -> {
          call.run();
          throw Refusals.notCaptured(
              "statement that writes",
              "it was called as a query, or as text on a prepared statement",
              "call executeUpdate or execute of a statement of its own");
        });
  }
}
