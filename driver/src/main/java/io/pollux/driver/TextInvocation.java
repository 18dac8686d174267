package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.driver.CallMethod.Answer;
import java.sql.SQLException;
import java.util.List;

/** A text that the application gave to a plain statement. */
record TextInvocation(
    PolluxStatement statement,
    Plans.Found found,
    CallMethod method,
    KeyRequest keys,
    boolean mustFail)
    implements Invocation {

  @Override
  public Answer run() throws SQLException {
    return method.run(statement.inner(), found.sql(), keys);
  }

  @Override
  public boolean canRunForKey() {
    return true;
  }

  @Override
  public Answer runForKey(String column) throws SQLException {
    return method.run(statement.inner(), found.sql(), KeyRequest.names(column));
  }

  @Override
  public List<SqlValue> parameters() {
    return List.of();
  }

  /** A text has no parameters. */
  @Override
  public void rewind(List<SqlValue> parameters) {}

  @Override
  public Invocation renewed() throws SQLException {
    Plans.Found now = statement.connection().plans().renew(found);
    return new TextInvocation(statement, now, method, keys, mustFail);
  }
}
