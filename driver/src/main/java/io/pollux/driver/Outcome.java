package io.pollux.driver;

import io.pollux.driver.CallMethod.Answer;
import java.sql.ResultSet;
import java.util.List;
import java.util.Optional;

/**
 * What the application sees of an execution.
 *
 * @param isOfStatement the real statement that the application holds shows the result itself;
 *     otherwise it did not run, and {@code answer} is all there is
 * @param next counts that follow the one of {@code answer}
 * @param hasOwnKeys {@code keys}, or none at all, are shown instead of that statement's keys
 */
record Outcome(
    Answer answer,
    boolean isOfStatement,
    boolean hasOwnKeys,
    Optional<ResultSet> keys,
    List<Long> next) {

  static Outcome ofStatement(Answer answer) {
    return new Outcome(answer, true, false, Optional.empty(), List.of());
  }

  /** The statement's own result; its keys were read already and are shown again. */
  static Outcome withKeys(Answer answer, ResultSet keys) {
    return new Outcome(answer, true, true, Optional.of(keys), List.of());
  }

  /** The statement's own result; it has keys that nobody asked for. */
  static Outcome withoutKeys(Answer answer) {
    return new Outcome(answer, true, true, Optional.empty(), List.of());
  }

  /** Rows that a write returned beside the real statement. */
  static Outcome rows(ResultSet rows) {
    return new Outcome(new Answer(true, -1, rows), false, true, Optional.empty(), List.of());
  }

  static Outcome apart(long count, Optional<ResultSet> keys) {
    return new Outcome(Answer.of(count), false, true, keys, List.of());
  }

  /** At least one. */
  static Outcome counts(List<Long> counts) {
    List<Long> next = counts.subList(1, counts.size());
    return new Outcome(Answer.of(counts.get(0)), false, true, Optional.empty(), next);
  }

  /** What {@link java.sql.Statement#getMoreResults} goes on to. */
  Outcome following() {
    return next.isEmpty() ? apart(-1, keys) : counts(next);
  }
}
