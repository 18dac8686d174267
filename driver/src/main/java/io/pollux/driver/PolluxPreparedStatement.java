package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.sql.CapturePlan;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A prepared statement whose executions follow its plan. */
class PolluxPreparedStatement extends ParameterSetters {
  private final Origin origin;
  private final List<List<SqlValue>> batch = new ArrayList<>();
  private Plans.Found found;

  PolluxPreparedStatement(Origin origin, PreparedStatement inner) {
    super(origin, inner);
    this.origin = origin;
    this.found = origin.found().orElse(null);
  }

  static PolluxPreparedStatement foreign(PolluxConnection connection, PreparedStatement inner) {
    return new PolluxPreparedStatement(Origin.of(connection), inner);
  }

  final KeyRequest keys() {
    return origin.keys();
  }

  final boolean returnsKey() {
    return origin.returnsKey();
  }

  @Override
  final boolean mayRunTexts() {
    return false;
  }

  /** The plan as of now. Names resolve in the schema that was current when it was prepared. */
  private Plans.Found found() throws SQLException {
    if (found == null) {
      throw Refusals.notCaptured(
          "statement that the driver made",
          "its text is not known",
          "prepare the text on the connection");
    }
    PolluxConnection connection = connection();
    if (!found.holds(connection.node().schemaVersion())) {
      found = connection.transaction().locked(() -> connection.plans().renew(found));
    }
    return found;
  }

  private Outcome perform(CallMethod method) throws SQLException {
    return perform(new PreparedInvocation(this, found(), method, Optional.empty()));
  }

  @Override
  final void show(Outcome outcome) {
    boolean hidesKey = returnsKey() && !outcome.hasOwnKeys();
    super.show(hidesKey ? Outcome.withoutKeys(outcome.answer()) : outcome);
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    return rows(perform(CallMethod.QUERY).answer().rows());
  }

  @Override
  public int executeUpdate() throws SQLException {
    return (int) perform(CallMethod.UPDATE).answer().count();
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return perform(CallMethod.LARGE_UPDATE).answer().count();
  }

  @Override
  public boolean execute() throws SQLException {
    return perform(CallMethod.EXECUTE).answer().hasRows();
  }

  @Override
  public void addBatch() throws SQLException {
    boolean reads = found().plan() instanceof CapturePlan.Pass;
    List<SqlValue> values =
        reads ? List.of() : parameters().load(connection().transaction().capture());
    inner().addBatch();
    batch.add(values);
  }

  @Override
  public void clearBatch() throws SQLException {
    super.clearBatch();
    batch.clear();
  }

  @Override
  final long[] runBatch(CallMethod method) throws SQLException {
    begin();
    List<Invocation> calls = new ArrayList<>();
    for (List<SqlValue> values : batch) {
      calls.add(new PreparedInvocation(this, found(), method, Optional.of(values)));
    }
    batch.clear();
    return new BatchRun(this, method).run(calls);
  }
}
