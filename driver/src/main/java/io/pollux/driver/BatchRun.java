package io.pollux.driver;

import io.pollux.driver.CallMethod.Answer;
import io.pollux.engine.Dialect;
import io.pollux.sql.CapturePlan;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a batch: as the real driver's own batch if each element is logged as it was written,
 * otherwise element by element.
 */
final class BatchRun {
  private final PolluxStatement statement;
  private final CallMethod method;
  private final LocalTransaction transaction;

  BatchRun(PolluxStatement statement, CallMethod method) {
    this.statement = statement;
    this.method = method;
    this.transaction = statement.connection().transaction();
  }

  /** Counts of the elements that ran, and what the application is to be told of the others. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Result(long[] counts, SQLException failure) {}

  static int[] ints(long[] counts) {
    return Arrays.stream(counts).mapToInt(Math::toIntExact).toArray();
  }

  long[] run(List<Invocation> calls) throws SQLException {
    if (calls.stream().allMatch(call -> call.found().plan() instanceof CapturePlan.Pass)) {
      return transaction.locked(this::driverBatch);
    }
    if (calls.stream().anyMatch(BatchRun::standsAlone)) {
      throw Refusals.notCaptured(
          "end of a transaction, or several statements in one text, in a batch",
          "what belongs together can't be told",
          "call commit or rollback of the connection between two batches, add each statement alone");
    }
    boolean isPlain = calls.stream().allMatch(BatchRun::isLoggedAsWritten);
    Result result = transaction.write(() -> isPlain ? atOnce(calls) : oneByOne(calls));
    if (result.failure() != null) {
      throw result.failure();
    }
    return result.counts();
  }

  private static boolean standsAlone(Invocation call) {
    CapturePlan plan = call.found().plan();
    return plan instanceof CapturePlan.Control || plan instanceof CapturePlan.Script;
  }

  private static boolean isLoggedAsWritten(Invocation call) {
    CapturePlan plan = call.found().plan();
    return plan instanceof CapturePlan.Pass
        || (plan instanceof CapturePlan.Closed closed
            && call.isOwn(closed.local())
            && closed.generatedKey().isEmpty());
  }

  private long[] driverBatch() throws SQLException {
    Statement inner = statement.inner();
    return method == CallMethod.LARGE_UPDATE
        ? inner.executeLargeBatch()
        : Arrays.stream(inner.executeBatch()).asLongStream().toArray();
  }

  private Result atOnce(List<Invocation> calls) throws SQLException {
    return transaction.atomically(
        () -> {
          Result result = batchOfDriver();
          log(calls, result.counts());
          return result;
        });
  }

  /** A failure that ended the transaction leaves nothing to log: it is thrown. */
  private Result batchOfDriver() throws SQLException {
    try {
      return new Result(driverBatch(), null);
    } catch (BatchUpdateException e) {
      if (endsTransaction(e) || dialect().failsAsAWhole()) {
        throw e;
      }
      return new Result(e.getLargeUpdateCounts(), e);
    }
  }

  private Dialect dialect() {
    return statement.connection().node().dialect();
  }

  private boolean endsTransaction(SQLException failure) {
    return dialect().endsTransaction(failure);
  }

  private void log(List<Invocation> calls, long[] counts) throws SQLException {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == Statement.SUCCESS_NO_INFO) {
        throw Refusals.notCaptured(
            "batch",
            "the driver does not tell how many rows its elements changed",
            "run the statements one by one");
      }
      if (calls.get(i).found().plan() instanceof CapturePlan.Closed plan && counts[i] > 0) {
        Invocation call = calls.get(i);
        Answer answer = Answer.of(counts[i]);
        statement.execution().checked(call, () -> new RowCapture(call).ran(plan, answer));
      }
    }
  }

  private Result oneByOne(List<Invocation> calls) throws SQLException {
    statement.inner().clearBatch();
    statement.inner().executeBatch(); // Some drivers run nothing else until a batch has run.
    boolean hidesKeys =
        calls.size() > 1
            && calls.stream().anyMatch(call -> call.keys().asks() && returnsKeys(call));
    if (hidesKeys) {
      throw Refusals.notCaptured(
          "generated keys of a batch",
          "each element runs alone, and only the last one's keys could be shown",
          "execute the statements one by one");
    }
    long[] counts = new long[calls.size()];
    SQLException first = null;
    for (int i = 0; i < counts.length; i++) {
      try {
        counts[i] = element(calls.get(i).renewed());
      } catch (SQLException e) {
        if (endsTransaction(e) || transaction.capture().broken().isPresent()) {
          throw e;
        }
        if (dialect().failsAsAWhole()) {
          Arrays.fill(counts, Statement.EXECUTE_FAILED);
          throw failure(e, counts);
        }
        if (!dialect().finishesBatches()) {
          return new Result(counts, failure(e, Arrays.copyOf(counts, i)));
        }
        counts[i] = Statement.EXECUTE_FAILED;
        first = first == null ? e : first;
      }
    }
    return new Result(counts, first == null ? null : failure(first, counts));
  }

  private boolean returnsKeys(Invocation call) {
    CapturePlan plan = call.found().plan();
    boolean generates =
        plan instanceof CapturePlan.Split
            || (plan instanceof CapturePlan.Closed closed && closed.generatedKey().isPresent());
    return plan instanceof CapturePlan.Returning || (generates && dialect().tellsAllKeys());
  }

  private long element(Invocation call) throws SQLException {
    Outcome outcome = statement.execution().perform(call);
    statement.show(outcome);
    if (outcome.answer().hasRows()) {
      throw new SQLException("an element of a batch returned rows", "HY000");
    }
    return outcome.answer().count();
  }

  private static BatchUpdateException failure(SQLException cause, long[] counts) {
    return new BatchUpdateException(
        cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), counts, cause);
  }
}
