package io.pollux.driver;

import java.sql.Savepoint;

/** A savepoint of the application, and where the capture stood when it was set. */
final class PolluxSavepoint extends SavepointDelegate {
  private final Savepoints.Point point;

  PolluxSavepoint(Scope scope, Savepoint inner, Savepoints.Point point) {
    super(scope, inner);
    this.point = point;
  }

  Savepoints.Point point() {
    return point;
  }

  @Override
  public String toString() {
    return inner().toString();
  }
}
