package io.pollux.driver;

import java.sql.SQLException;

/**
 * Keeps every RuntimeException of Pollux, and of what it calls, from the application; and a stack
 * overflow, with which embedded engines answer what is nested too deeply.
 */
final class Guard {
  private Guard() {}

  /** A defect, as an SQLException because nothing else may reach the application. */
  static final class Defect extends SQLException {
    private static final long serialVersionUID = 1L;

    Defect(Throwable cause) {
      super(
          "Pollux failed inside a JDBC call: "
              + cause
              + "; roll back, and please report it with its stack trace",
          "HY000",
          cause);
    }
  }

  static <R> R run(SqlWork<R> work) throws SQLException {
    try {
      return work.run();
    } catch (RuntimeException | StackOverflowError e) {
      throw new Defect(e);
    }
  }
}
