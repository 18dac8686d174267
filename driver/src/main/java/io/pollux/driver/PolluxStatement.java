package io.pollux.driver;

import io.pollux.core.TableName;
import io.pollux.driver.CallMethod.Answer;
import io.pollux.sql.CapturePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A statement whose texts go through the plan before they go to the real driver. */
class PolluxStatement extends StatementDelegate {
  private final PolluxConnection connection;
  private final Execution execution;
  private final Shadows shadows;
  private final List<String> batch = new ArrayList<>();

  /** What another thread's {@link #cancel} must reach; null: the real statement itself. */
  private volatile Statement running;

  /** The real result that the application was given last. */
  private Optional<ResultSet> lent = Optional.empty();

  /** What is shown in the place of the real statement's result; null: nothing. */
  private Outcome shown;

  /** Not empty while the current result may draw from these. */
  private List<TableName> drawnFrom = List.of();

  PolluxStatement(Origin origin, Statement inner) {
    super(origin.connection().scope(), inner);
    this.connection = origin.connection();
    this.execution = new Execution(connection);
    this.shadows = new Shadows(connection.inner());
  }

  /** A statement that the real driver made by itself, behind a result of its own. */
  static PolluxStatement foreign(PolluxConnection connection, Statement inner) {
    return new PolluxStatement(Origin.of(connection), inner);
  }

  final PolluxConnection connection() {
    return connection;
  }

  final Execution execution() {
    return execution;
  }

  final Shadows shadows() {
    return shadows;
  }

  @Override
  public final Connection getConnection() throws SQLException {
    inner().getConnection();
    return connection;
  }

  /** Runs {@code work} so that {@link #cancel} and the query timeout hold for it. */
  final <R> R running(Statement shadow, SqlWork<R> work) throws SQLException {
    shadow.setQueryTimeout(inner().getQueryTimeout());
    running = shadow;
    try {
      return work.run();
    } finally {
      running = null;
    }
  }

  /** Does not wait for the connection's lock: the call that is to be cancelled holds it. */
  @Override
  public void cancel() throws SQLException {
    Statement current = running;
    (current == null ? inner() : current).cancel();
  }

  /** As each execution does before it starts, for one that runs beside the real statement. */
  final void closeRows() throws SQLException {
    if (!readsOnce()) {
      inner().getMoreResults(CLOSE_CURRENT_RESULT);
    } else if (this instanceof PreparedStatement && isClosed()) {
      throw new SQLException("statement is not executing");
    } else if (lent.isPresent()) {
      lent.orElseThrow().close();
      lent = Optional.empty();
    }
    inner().clearWarnings();
  }

  private boolean readsOnce() {
    return connection().node().dialect().readsOnce();
  }

  /** The application has this result in its hands. */
  final void lend(ResultSet rows) {
    lent = Optional.of(rows);
  }

  /** Forgets the result before this one. */
  final void begin() throws SQLException {
    endDrawing();
    shown = null;
  }

  final Outcome perform(Invocation call) throws SQLException {
    begin();
    Outcome outcome = execution.perform(call);
    show(outcome);
    if (call.found().plan() instanceof CapturePlan.Sequence plan) {
      drawnFrom = plan.sequences();
    }
    return outcome;
  }

  void show(Outcome outcome) {
    shown = outcome.hasOwnKeys() ? outcome : null;
  }

  /** The result that draws from sequences was read: in autocommit this is its commit. */
  final void endDrawing() throws SQLException {
    if (!drawnFrom.isEmpty()) {
      List<TableName> sequences = drawnFrom;
      drawnFrom = List.of();
      connection.transaction().sequencesDrawn(sequences);
    }
  }

  final ResultSet rows(ResultSet rows) {
    return rows == null || rows instanceof PolluxResultSet ? rows : PolluxResultSet.of(this, rows);
  }

  private Answer perform(CallMethod method, String sql, KeyRequest keys) throws SQLException {
    boolean mayRun = method != CallMethod.QUERY && mayRunTexts();
    return perform(new TextInvocation(this, connection.find(sql), method, keys, !mayRun)).answer();
  }

  /** JDBC forbids texts on a prepared statement. */
  boolean mayRunTexts() {
    return true;
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    return rows(perform(CallMethod.QUERY, sql, KeyRequest.NONE).rows());
  }

  private int update(String sql, KeyRequest keys) throws SQLException {
    return (int) perform(CallMethod.UPDATE, sql, keys).count();
  }

  private long largeUpdate(String sql, KeyRequest keys) throws SQLException {
    return perform(CallMethod.LARGE_UPDATE, sql, keys).count();
  }

  private boolean execute(String sql, KeyRequest keys) throws SQLException {
    return perform(CallMethod.EXECUTE, sql, keys).hasRows();
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return update(sql, KeyRequest.NONE);
  }

  @Override
  public int executeUpdate(String sql, int keyFlag) throws SQLException {
    return update(sql, KeyRequest.flag(keyFlag));
  }

  @Override
  public int executeUpdate(String sql, int[] columns) throws SQLException {
    return update(sql, KeyRequest.indexes(columns));
  }

  @Override
  public int executeUpdate(String sql, String[] columns) throws SQLException {
    return update(sql, KeyRequest.names(columns));
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    return largeUpdate(sql, KeyRequest.NONE);
  }

  @Override
  public long executeLargeUpdate(String sql, int keyFlag) throws SQLException {
    return largeUpdate(sql, KeyRequest.flag(keyFlag));
  }

  @Override
  public long executeLargeUpdate(String sql, int[] columns) throws SQLException {
    return largeUpdate(sql, KeyRequest.indexes(columns));
  }

  @Override
  public long executeLargeUpdate(String sql, String[] columns) throws SQLException {
    return largeUpdate(sql, KeyRequest.names(columns));
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    return execute(sql, KeyRequest.NONE);
  }

  @Override
  public boolean execute(String sql, int keyFlag) throws SQLException {
    return execute(sql, KeyRequest.flag(keyFlag));
  }

  @Override
  public boolean execute(String sql, int[] columns) throws SQLException {
    return execute(sql, KeyRequest.indexes(columns));
  }

  @Override
  public boolean execute(String sql, String[] columns) throws SQLException {
    return execute(sql, KeyRequest.names(columns));
  }

  private boolean isShownApart() {
    return shown != null && !shown.isOfStatement();
  }

  @Override
  public int getUpdateCount() throws SQLException {
    int count = asks() ? inner().getUpdateCount() : 0;
    return isShownApart() ? (int) shown.answer().count() : count;
  }

  @Override
  public long getLargeUpdateCount() throws SQLException {
    long count = asks() ? inner().getLargeUpdateCount() : 0;
    return isShownApart() ? shown.answer().count() : count;
  }

  @Override
  public ResultSet getResultSet() throws SQLException {
    return isShownApart() ? shown.answer().rows() : rows(inner().getResultSet());
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    takeCount();
    return asks() && inner().getMoreResults() && !isShownApart();
  }

  @Override
  public boolean getMoreResults(int current) throws SQLException {
    takeCount();
    return asks() && inner().getMoreResults(current) && !isShownApart();
  }

  /**
   * Whether the real statement can be asked for what it did: one of the simplest kind fails where
   * it did nothing, any other one where it is closed.
   */
  private boolean asks() {
    return !(isShownApart() && readsOnce());
  }

  private void takeCount() {
    if (isShownApart()) {
      shown = shown.following();
    }
  }

  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    if (shown == null) {
      return rows(inner().getGeneratedKeys());
    }
    return shown.keys().isPresent() ? shown.keys().get() : rows(connection.noKeys());
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    inner().addBatch(sql);
    batch.add(sql);
  }

  @Override
  public void clearBatch() throws SQLException {
    inner().clearBatch();
    batch.clear();
  }

  @Override
  public int[] executeBatch() throws SQLException {
    return BatchRun.ints(runBatch(CallMethod.UPDATE));
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    return runBatch(CallMethod.LARGE_UPDATE);
  }

  long[] runBatch(CallMethod method) throws SQLException {
    List<Invocation> calls = new ArrayList<>();
    begin();
    for (String sql : batch) {
      calls.add(new TextInvocation(this, connection.find(sql), method, KeyRequest.NONE, false));
    }
    batch.clear();
    return new BatchRun(this, method).run(calls);
  }

  @Override
  public void close() throws SQLException {
    try {
      endDrawing();
      shadows.close();
    } finally {
      inner().close();
    }
  }
}
