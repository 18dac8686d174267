package io.pollux.driver;

import io.pollux.driver.CallMethod.Answer;
import java.sql.ResultSet;
import java.util.Optional;

/**
 * What the application sees of an execution.
 *
 * @param isOfStatement the real statement that the application holds shows the result itself;
 *     otherwise it did not run, and {@code answer} is all there is
 * @param hasOwnKeys {@code keys}, or none at all, are shown instead of that statement's keys
 */
record Outcome(Answer answer, boolean isOfStatement, boolean hasOwnKeys, Optional<ResultSet> keys) {

  static Outcome ofStatement(Answer answer) {
    return new Outcome(answer, true, false, Optional.empty());
  }

  /** The statement's own result; its keys were read already and are shown again. */
  static Outcome withKeys(Answer answer, ResultSet keys) {
    return new Outcome(answer, true, true, Optional.of(keys));
  }

  /** Rows that a write returned beside the real statement. */
  static Outcome rows(ResultSet rows) {
    return new Outcome(new Answer(true, -1, rows), false, true, Optional.empty());
  }

  static Outcome apart(long count, Optional<ResultSet> keys) {
    return new Outcome(Answer.of(count), false, true, keys);
  }
}
