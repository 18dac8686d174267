package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.driver.CallMethod.Answer;
import io.pollux.sql.Bound;
import java.sql.SQLException;
import java.util.List;

/** One execution as the application asked for it. */
interface Invocation {
  /** The application's text and its plan. */
  Plans.Found found();

  KeyRequest keys();

  CallMethod method();

  PolluxStatement statement();

  /** Whether JDBC does not allow this call for a statement that writes. */
  boolean mustFail();

  /** The application's own text on its own statement, in its own way. */
  Answer run() throws SQLException;

  /** Whether {@link #runForKey} is possible on the statement as it was prepared. */
  boolean canRunForKey();

  /** As {@link #run}, but the real statement also returns the generated key of a column. */
  Answer runForKey(String column) throws SQLException;

  /** The parameters' values, streams read; null stands for one that was not set. */
  List<SqlValue> parameters() throws SQLException;

  /** Makes the parameters ready for one more {@link #run}: a stream can be read but once. */
  void rewind(List<SqlValue> parameters) throws SQLException;

  /** This execution with the plan that holds now. */
  Invocation renewed() throws SQLException;

  /** Whether {@code bound} is what the application wrote, so that its own statement can run it. */
  default boolean isOwn(Bound bound) {
    return bound.sql().equals(found().sql());
  }
}
