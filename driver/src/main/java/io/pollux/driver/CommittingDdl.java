package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.Stamp;
import io.pollux.driver.CallMethod.Answer;
import io.pollux.sql.CapturePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A schema change on an engine that commits it by itself, also what was done before it and also
 * when it fails (FAULTS.md H10). Only in the connection's lock.
 */
final class CommittingDdl {
  private final PolluxConnection connection;
  private final Invocation call;
  private Answer answer;

  CommittingDdl(PolluxConnection connection, Invocation call) {
    this.connection = connection;
    this.call = call;
  }

  Outcome run(CapturePlan.Ddl plan) throws SQLException {
    Change.Ddl change = new Change.Ddl(call.found().schema(), call.found().sql());
    connection.transaction().define(change, this::define);
    if (plan.fills().isPresent()) {
      Shadowed shadowed = new Shadowed(call.statement());
      connection
          .transaction()
          .writeAndCommit(
              () -> {
                new FilledColumns(connection, shadowed).capture(plan.fills().get());
                return null;
              });
    }
    return Outcome.ofStatement(answer);
  }

  private void define(Stamp stamp) throws SQLException {
    Connection inner = connection.inner();
    String mark = connection.node().dialect().systemTables().markDefinition();
    try (PreparedStatement statement = inner.prepareStatement(mark)) {
      statement.setBytes(1, stamp.toBytes());
      statement.executeUpdate();
    }
    inner.commit();
    answer = call.run();
    connection.node().schemaChanged();
    connection.facts().drop();
  }
}
