package io.pollux.driver;

import java.sql.CallableStatement;

/** A call; what may write was refused when it was prepared. */
final class PolluxCallableStatement extends CallableStatementDelegate {
  PolluxCallableStatement(Origin origin, CallableStatement inner) {
    super(origin, inner);
  }

  static PolluxCallableStatement foreign(PolluxConnection connection, CallableStatement inner) {
    return new PolluxCallableStatement(Origin.of(connection), inner);
  }

  /** Called before each setter by name: which parameter that is, only the real driver knows. */
  @Override
  void beforeNamedParameter() {
    parameters().setByName();
  }
}
