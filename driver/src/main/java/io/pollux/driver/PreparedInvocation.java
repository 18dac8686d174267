package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.driver.CallMethod.Answer;
import io.pollux.engine.Dialect;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * An execution of a prepared statement.
 *
 * @param element the values of an element of a batch; otherwise those that are set now
 */
record PreparedInvocation(
    PolluxPreparedStatement statement,
    Plans.Found found,
    CallMethod method,
    Optional<List<SqlValue>> element)
    implements Invocation {

  @Override
  public KeyRequest keys() {
    return statement.keys();
  }

  @Override
  public boolean mustFail() {
    return method == CallMethod.QUERY;
  }

  @Override
  public Answer run() throws SQLException {
    if (element.isPresent()) {
      bind(element.get());
    }
    return method.run(statement.inner());
  }

  private void bind(List<SqlValue> values) throws SQLException {
    statement.inner().clearParameters();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) != null) {
        dialect().bind(statement.inner(), i + 1, values.get(i));
      }
    }
  }

  private Dialect dialect() {
    return statement.connection().node().dialect();
  }

  @Override
  public boolean canRunForKey() {
    return statement.returnsKey();
  }

  @Override
  public Answer runForKey(String column) throws SQLException {
    return run();
  }

  @Override
  public List<SqlValue> parameters() throws SQLException {
    return element.isPresent()
        ? element.get()
        : statement.parameters().load(statement.connection().transaction().capture());
  }

  @Override
  public void rewind(List<SqlValue> values) throws SQLException {
    PreparedStatement inner = statement.inner();
    for (int index : statement.parameters().streams()) {
      dialect().bind(inner, index, values.get(index - 1));
    }
  }

  @Override
  public Invocation renewed() throws SQLException {
    Plans.Found now = statement.connection().plans().renew(found);
    return new PreparedInvocation(statement, now, method, element);
  }
}
