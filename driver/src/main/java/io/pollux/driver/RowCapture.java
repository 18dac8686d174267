package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.Change.ParameterSet;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.driver.CallMethod.Answer;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Performs the plan of one execution inside the open transaction: runs what the plan says and adds
 * to the capture what it changed. A failure leaves what the bare driver would leave: nothing of the
 * statement.
 */
final class RowCapture implements CapturePlan.Handler<Outcome, SQLException> {
  private final PolluxConnection connection;
  private final TransactionCapture capture;
  private final Invocation call;
  private final PolluxStatement statement;
  private final Shadowed shadowed;

  /** Keys of the last insert that ran apart; some drivers return them only once. */
  private Optional<ResultSet> drawn = Optional.empty();

  RowCapture(Invocation call) {
    this.call = call;
    this.statement = call.statement();
    this.connection = statement.connection();
    this.capture = connection.transaction().capture();
    this.shadowed = new Shadowed(statement);
  }

  @Override
  public Outcome pass(CapturePlan.Pass plan) throws SQLException {
    return Outcome.ofStatement(call.run());
  }

  @Override
  public Outcome control(CapturePlan.Control plan) throws SQLException {
    return new ControlRun(connection, call).run(plan);
  }

  @Override
  public Outcome script(CapturePlan.Script plan) throws SQLException {
    return new ScriptRun(connection, call).run(plan);
  }

  @Override
  public Outcome session(CapturePlan.Session plan) throws SQLException {
    Answer answer = call.run();
    connection.facts().drop();
    return Outcome.ofStatement(answer);
  }

  @Override
  public Outcome refuse(CapturePlan.Refuse plan) throws SQLException {
    throw Refusals.notCaptured(plan);
  }

  @Override
  public Outcome sequence(CapturePlan.Sequence plan) throws SQLException {
    Answer answer = call.run();
    plan.sequences().forEach(capture::sequenceDrawn);
    return Outcome.ofStatement(answer);
  }

  @Override
  public Outcome closed(CapturePlan.Closed plan) throws SQLException {
    Evaluation evaluation = evaluation();
    boolean needsKey = plan.generatedKey().isPresent();
    if (!call.isOwn(plan.local()) || (needsKey && !call.keys().asks() && !call.canRunForKey())) {
      statement.closeRows();
      return apart(plan, evaluation);
    }
    if (needsKey && !call.keys().asks()) {
      return keyUnseen(plan, evaluation);
    }
    Answer answer = call.run();
    requireCount(answer);
    if (!needsKey) {
      return learned(() -> logged(plan, evaluation, answer, Optional.empty()));
    }
    return learned(() -> keyShown(plan, evaluation, answer));
  }

  /** The application asked for the key: it is read here and shown once more. */
  private Outcome keyShown(CapturePlan.Closed plan, Evaluation evaluation, Answer answer)
      throws SQLException {
    if (answer.count() <= 0) {
      return Outcome.ofStatement(answer);
    }
    ResultSet keys = statement.inner().getGeneratedKeys();
    SqlValue key = firstKey(keys, plan.generatedKey().orElseThrow());
    logged(plan, evaluation, answer, Optional.of(key));
    return Outcome.withKeys(answer, PolluxResultSet.rewound(statement, keys));
  }

  /** Only the log needs the key: the application sees none. */
  private Outcome keyUnseen(CapturePlan.Closed plan, Evaluation evaluation) throws SQLException {
    String column = plan.generatedKey().orElseThrow();
    Answer answer = call.runForKey(column);
    requireCount(answer);
    if (answer.count() > 0) {
      learned(
          () -> {
            try (ResultSet keys = statement.inner().getGeneratedKeys()) {
              return logged(plan, evaluation, answer, Optional.of(firstKey(keys, column)));
            }
          });
    }
    return Outcome.apart(answer.count(), Optional.empty());
  }

  private Outcome logged(
      CapturePlan.Closed plan, Evaluation evaluation, Answer answer, Optional<SqlValue> key)
      throws SQLException {
    log(plan, evaluation, answer.count(), key);
    return Outcome.ofStatement(answer);
  }

  /** Logs an element of a batch that the real driver ran. */
  Outcome ran(CapturePlan.Closed plan, Answer answer) throws SQLException {
    return logged(plan, evaluation(), answer, Optional.empty());
  }

  private Outcome apart(CapturePlan.Closed plan, Evaluation evaluation) throws SQLException {
    int count = atomically(() -> runApart(plan, evaluation));
    return Outcome.apart(count, shownKeys(plan, count));
  }

  /** Runs a part of a plan on a statement of its own and logs it. */
  private int runApart(CapturePlan.Closed plan, Evaluation evaluation) throws SQLException {
    PreparedStatement shadow = shadow(plan);
    int count = shadowed.update(shadow, evaluation.values(plan.local()));
    Optional<SqlValue> key = Optional.empty();
    if (count > 0 && plan.generatedKey().isPresent()) {
      ResultSet keys = shadow.getGeneratedKeys();
      key = Optional.of(firstKey(keys, plan.generatedKey().get()));
      keep(keys);
    }
    log(plan, evaluation, count, key);
    return count;
  }

  /** An open result would hold back what the application does next. */
  private void keep(ResultSet keys) throws SQLException {
    if (drawn.isPresent()) {
      drawn.get().close();
    }
    drawn = Optional.of(keys);
    if (!call.keys().asks()) {
      keys.close();
    }
  }

  private PreparedStatement shadow(CapturePlan.Closed plan) throws SQLException {
    Shadows shadows = statement.shadows();
    return plan.generatedKey().isPresent()
        ? shadows.returningKey(plan.local().sql(), plan.generatedKey().get())
        : shadows.get(plan.local().sql());
  }

  /** Keys of what ran apart, if the application asked: those that the last insert drew. */
  private Optional<ResultSet> shownKeys(CapturePlan.Closed last, int count) throws SQLException {
    if (!call.keys().asks() || count <= 0 || last.generatedKey().isEmpty()) {
      return Optional.empty();
    }
    return drawn.map(keys -> PolluxResultSet.rewound(statement, keys));
  }

  private void log(
      CapturePlan.Closed plan, Evaluation evaluation, long count, Optional<SqlValue> key)
      throws SQLException {
    if (count <= 0) {
      return;
    }
    add(plan.table(), plan.logged(), evaluation.values(plan.logged(), key), count);
    key.ifPresent(value -> drawn(plan.table(), value));
  }

  void drawn(TableName table, SqlValue key) {
    if (key instanceof SqlValue.Whole number) {
      capture.identityDrawn(table, number.value());
    }
  }

  void add(TableName table, Bound logged, List<SqlValue> values, long count) {
    List<ParameterSet> sets = List.of(new ParameterSet(values, count));
    capture.add(new Change.Statement(call.found().schema(), table, logged.sql(), sets));
  }

  private static SqlValue firstKey(ResultSet keys, String column) throws SQLException {
    if (keys == null || !keys.next()) {
      throw new SQLException("the driver returned no generated key of column " + column, "HY000");
    }
    boolean isOnly = keys.getMetaData().getColumnCount() == 1;
    long key = isOnly ? keys.getLong(1) : keys.getLong(column);
    if (keys.wasNull()) {
      throw new SQLException("the generated key of column " + column + " is null", "HY000");
    }
    return new SqlValue.Whole(key);
  }

  /** Who waited too long is told so in the words of a statement that waits for a row. */
  private void lock(String text) throws SQLException {
    try {
      shadowed.execute(text);
    } catch (SQLException e) {
      SQLException deeper = e.getNextException();
      throw deeper != null && connection.node().dialect().isTransient(deeper) ? deeper : e;
    }
  }

  @Override
  public Outcome locked(CapturePlan.Locked plan) throws SQLException {
    if (!connection.node().dialect().seesWhatItLocks(connection.inner())) {
      throw Refusals.notCaptured(
          "change of several rows of " + plan.statement().table(),
          "they have no key that stays as it is, and at this isolation level the statement may not"
              + " see rows that were committed before it; the backup would",
          "make it the first statement of its transaction, use READ COMMITTED, or give the table a"
              + " primary key that the statement does not change");
    }
    lock(plan.lock());
    return closed(plan.statement());
  }

  @Override
  public Outcome split(CapturePlan.Split plan) throws SQLException {
    requireKeysShown(plan.parts().size(), plan.parts().get(0));
    Evaluation evaluation = evaluation();
    statement.closeRows();
    int count =
        atomically(
            () -> {
              int sum = 0;
              for (CapturePlan.Closed part : plan.parts()) {
                sum += runApart(part, evaluation.at(List.of()));
              }
              return sum;
            });
    return Outcome.apart(count, shownKeys(plan.parts().get(plan.parts().size() - 1), count));
  }

  private void requireKeysShown(int rows, CapturePlan.Closed insert) throws SQLException {
    boolean asked = call.keys().asks() && insert.generatedKey().isPresent();
    if (rows > 1 && asked && connection.node().dialect().tellsAllKeys()) {
      throw Refusals.notCaptured(
          "generated keys of several rows",
          "each row is inserted alone, and only the last one's key could be shown",
          "insert the rows one by one");
    }
  }

  @Override
  public Outcome insertSelect(CapturePlan.InsertSelect plan) throws SQLException {
    Evaluation evaluation = evaluation();
    statement.closeRows();
    int count =
        atomically(
            () -> {
              List<List<SqlValue>> rows = shadowed.select(plan.query(), evaluation);
              requireKeysShown(rows.size(), plan.insert());
              plan.sequences().forEach(capture::sequenceDrawn);
              for (List<SqlValue> row : rows) {
                runApart(plan.insert(), evaluation.at(row));
              }
              return rows.size();
            });
    return Outcome.apart(count, shownKeys(plan.insert(), count));
  }

  @Override
  public Outcome eachKey(CapturePlan.EachKey plan) throws SQLException {
    return new KeyedRun(this, call, shadowed).eachKey(plan);
  }

  @Override
  public Outcome images(CapturePlan.Images plan) throws SQLException {
    return new KeyedRun(this, call, shadowed).images(plan);
  }

  @Override
  public Outcome ddl(CapturePlan.Ddl plan) throws SQLException {
    return atomically(
        () -> {
          Answer answer = call.run();
          capture.add(new Change.Ddl(call.found().schema(), call.found().sql()));
          connection.node().schemaChanged();
          connection.facts().drop();
          if (plan.fills().isPresent()) {
            new FilledColumns(connection, shadowed).capture(plan.fills().get());
          }
          return Outcome.ofStatement(answer);
        });
  }

  @Override
  public Outcome returning(CapturePlan.Returning plan) throws SQLException {
    return new ReturningRun(this, call, shadowed).run(plan);
  }

  @Override
  public Outcome merge(CapturePlan.Merge plan) throws SQLException {
    return new MergeRun(this, call, shadowed).run(plan);
  }

  Evaluation evaluation() throws SQLException {
    return Evaluation.of(connection, call.parameters());
  }

  /** All or nothing, in the database and in the capture. */
  <R> R atomically(SqlWork<R> work) throws SQLException {
    return connection.transaction().atomically(work);
  }

  /** The statement ran. If what it did can't be learned, the transaction must not commit. */
  <R> R learned(SqlWork<R> work) throws SQLException {
    try {
      return work.run();
    } catch (SQLException e) {
      capture.breakOff(e.getMessage(), e);
      throw e;
    }
  }

  void requireCount(Answer answer) throws SQLException {
    if (answer.hasRows()) {
      SQLException refusal =
          Refusals.notCaptured(
              "statement that writes and returns rows",
              "its effect can't be told from its result",
              "run the write with executeUpdate and read the rows with a query");
      capture.breakOff(refusal.getMessage(), refusal);
      throw refusal;
    }
  }
}
