package io.pollux.driver;

import java.sql.Savepoint;

/** A savepoint of the application, and where the capture stood when it was set. */
final class PolluxSavepoint extends SavepointDelegate {
  private final int mark;

  PolluxSavepoint(Scope scope, Savepoint inner, int mark) {
    super(scope, inner);
    this.mark = mark;
  }

  int mark() {
    return mark;
  }

  @Override
  public String toString() {
    return inner().toString();
  }
}
