package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.driver.CallMethod.Answer;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lock and count (DESIGN.md section 4): reads the keys under locks, runs the application's own
 * text, and if it changed as many rows as there are keys, the two sets are the same. Otherwise
 * somebody wrote between the two: back to the savepoint and once more.
 */
final class KeyedRun {
  /** So often two statements may see different rows before the keys alone decide. */
  static final int MAX_ATTEMPTS = 5;

  private final RowCapture rows;
  private final Invocation call;
  private final Shadowed shadowed;
  private final PolluxConnection connection;

  KeyedRun(RowCapture rows, Invocation call, Shadowed shadowed) {
    this.rows = rows;
    this.call = call;
    this.shadowed = shadowed;
    this.connection = call.statement().connection();
  }

  /** Keys that were read and are locked, and the result of the statement that changed just them. */
  private record Touched(List<List<SqlValue>> keys, Outcome outcome) {}

  Outcome eachKey(CapturePlan.EachKey plan) throws SQLException {
    Evaluation evaluation = rows.evaluation();
    return rows.atomically(() -> keyByKey(plan, evaluation));
  }

  /** To change just these rows is one of the results that READ COMMITTED allows. */
  private Outcome keyByKey(CapturePlan.EachKey plan, Evaluation evaluation) throws SQLException {
    call.statement().closeRows();
    List<List<SqlValue>> keys = keysToChange(plan.selectKeys(), plan.hold(), evaluation);
    PreparedStatement shadow = call.statement().shadows().get(plan.each().sql());
    int count = 0;
    for (List<SqlValue> key : keys) {
      Evaluation at = evaluation.at(key);
      int changed = shadowed.update(shadow, at.values(plan.each()));
      if (changed > 0) {
        rows.add(plan.table(), plan.logged(), at.values(plan.logged()), changed);
      }
      count += changed;
    }
    return Outcome.apart(count, Optional.empty());
  }

  /** Those that match the application's condition, and go on to match it as they are held. */
  private List<List<SqlValue>> keysToChange(
      Bound select, Optional<Bound> hold, Evaluation evaluation) throws SQLException {
    List<List<SqlValue>> keys = shadowed.select(select, evaluation);
    if (hold.isEmpty() || keys.isEmpty()) {
      return keys;
    }
    for (List<SqlValue> key : keys) {
      shadowed.run(hold.get(), evaluation.at(key));
    }
    Set<List<SqlValue>> stillMatching = new HashSet<>(shadowed.select(select, evaluation));
    return keys.stream().filter(stillMatching::contains).toList();
  }

  Outcome images(CapturePlan.Images plan) throws SQLException {
    Evaluation evaluation = rows.evaluation();
    return rows.atomically(
        () -> {
          Touched touched =
              touch(plan.selectKeys(), plan.hold(), plan.local(), evaluation)
                  .orElseThrow(
                      () ->
                          Refusals.retry(
                              "other transactions kept adding rows of "
                                  + plan.table()
                                  + " to those that an UPDATE was to change"));
          plan.sequences().forEach(connection.transaction().capture()::sequenceDrawn);
          log(plan, touched.keys(), evaluation);
          return touched.outcome();
        });
  }

  private void log(CapturePlan.Images plan, List<List<SqlValue>> keys, Evaluation evaluation)
      throws SQLException {
    List<List<SqlValue>> images = new ArrayList<>(keys.size());
    for (List<SqlValue> key : keys) {
      List<List<SqlValue>> image = shadowed.select(plan.selectImage(), evaluation.at(key));
      if (image.size() != 1) {
        throw new SQLException(
            image.size() + " rows of " + plan.table() + " have the key " + key, "HY000");
      }
      images.add(image.get(0));
    }
    List<String> columns = new ArrayList<>(plan.setColumns());
    columns.addAll(plan.keyColumns());
    if (!images.isEmpty()) {
      Change.Rows change =
          new Change.Rows(
              plan.table(), Change.Action.UPDATE, columns, plan.keyColumns().size(), images);
      connection.transaction().capture().add(change);
    }
  }

  private Optional<Touched> touch(
      Bound select, Optional<Bound> hold, Bound local, Evaluation evaluation) throws SQLException {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Savepoint before = connection.inner().setSavepoint();
      List<List<SqlValue>> keys = keysToChange(select, hold, evaluation);
      Outcome outcome = runLocal(local, evaluation, attempt);
      if (outcome.answer().count() == keys.size()) {
        connection.inner().releaseSavepoint(before);
        return Optional.of(new Touched(keys, outcome));
      }
      connection.inner().rollback(before);
    }
    return Optional.empty();
  }

  private Outcome runLocal(Bound local, Evaluation evaluation, int attempt) throws SQLException {
    if (!call.isOwn(local)) {
      call.statement().closeRows();
      PreparedStatement shadow = call.statement().shadows().get(local.sql());
      return Outcome.apart(shadowed.update(shadow, evaluation.values(local)), Optional.empty());
    }
    if (attempt > 0) {
      call.rewind(evaluation.parameters());
    }
    Answer answer = call.run();
    rows.requireCount(answer);
    return Outcome.ofStatement(answer);
  }
}
