package io.pollux.driver;

import io.pollux.commit.CommitGate;
import io.pollux.sql.CapturePlan;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * A connection whose writes are captured. To the application it is the real driver's connection;
 * any thread may use it, one call at a time runs.
 */
final class PolluxConnection extends ConnectionDelegate {
  private final NodeHandle node;
  private final SessionFacts facts;
  private final LocalTransaction transaction;
  private final Plans plans;
  private final Scope ownScope = Scope.ofConnection(this);
  private final Scope resultScope = Scope.ofResults(this);

  /** Nothing ever runs on it; closed with the connection. */
  private Statement untouched;

  PolluxConnection(Connection inner, NodeHandle node, CommitGate gate) throws SQLException {
    super(null, inner);
    this.node = node;
    this.facts = new SessionFacts(inner, node.node().dialect());
    this.transaction = new LocalTransaction(inner, node, gate, facts);
    this.plans = new Plans(inner, node, facts);
  }

  @Override
  Scope scope() {
    return ownScope;
  }

  Scope resultScope() {
    return resultScope;
  }

  RunningNode node() {
    return node.node();
  }

  SessionFacts facts() {
    return facts;
  }

  LocalTransaction transaction() {
    return transaction;
  }

  Plans plans() {
    return plans;
  }

  void markUnobserved(Class<?> type) {
    node.node().unobserved(type);
  }

  /** What a statement shows that was never asked for keys. */
  ResultSet noKeys() throws SQLException {
    if (untouched == null) {
      untouched = inner().createStatement();
    }
    ResultSet none = untouched.getGeneratedKeys();
    if (none != null && none.isClosed()) { // Some drivers return the same one again.
      untouched.close();
      untouched = inner().createStatement();
      none = untouched.getGeneratedKeys();
    }
    return none;
  }

  Plans.Found find(String sql) throws SQLException {
    return transaction.locked(() -> plans.find(sql));
  }

  @Override
  public Statement createStatement() throws SQLException {
    return new PolluxStatement(Origin.of(this), inner().createStatement());
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    return new PolluxStatement(Origin.of(this), inner().createStatement(type, concurrency));
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    return new PolluxStatement(
        Origin.of(this), inner().createStatement(type, concurrency, holdability));
  }

  /** How the real driver prepares a text. */
  private interface Preparation<S> {
    S prepare(KeyRequest keys) throws SQLException;
  }

  private PreparedStatement prepare(
      String sql, KeyRequest keys, Preparation<PreparedStatement> preparation) throws SQLException {
    return transaction.locked(
        () -> {
          Plans.Found found = plans.find(sql);
          Optional<String> key = unaskedKey(found, keys);
          PreparedStatement inner = preparation.prepare(key.map(KeyRequest::names).orElse(keys));
          refuse(found, inner);
          Origin origin = new Origin(this, Optional.of(found), keys, key.isPresent());
          return new PolluxPreparedStatement(origin, inner);
        });
  }

  /** The key that the log will need though the application does not ask for it. */
  private static Optional<String> unaskedKey(Plans.Found found, KeyRequest keys) {
    boolean isOwn =
        found.plan() instanceof CapturePlan.Closed closed
            && closed.local().sql().equals(found.sql());
    return isOwn && !keys.asks()
        ? ((CapturePlan.Closed) found.plan()).generatedKey()
        : Optional.empty();
  }

  private static void refuse(Plans.Found found, PreparedStatement inner) throws SQLException {
    if (found.plan() instanceof CapturePlan.Refuse plan) {
      try (inner) {
        inner.getParameterMetaData(); // Some drivers ask the engine only now.
      }
      throw Refusals.notCaptured(plan);
    }
    if (found.plan() instanceof CapturePlan.Script) {
      inner.close();
      throw Refusals.notCaptured(
          "several statements", "they are prepared as one", "prepare them one by one");
    }
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return prepare(sql, KeyRequest.NONE, keys -> keys.prepare(inner(), sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int keyFlag) throws SQLException {
    return prepare(sql, KeyRequest.flag(keyFlag), keys -> keys.prepare(inner(), sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
    return prepare(sql, KeyRequest.indexes(columns), keys -> keys.prepare(inner(), sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
    return prepare(sql, KeyRequest.names(columns), keys -> keys.prepare(inner(), sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    return prepare(
        sql,
        KeyRequest.NONE,
        keys ->
            keys.asks()
                ? keys.prepare(inner(), sql)
                : inner().prepareStatement(sql, type, concurrency));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return prepare(
        sql,
        KeyRequest.NONE,
        keys ->
            keys.asks()
                ? keys.prepare(inner(), sql)
                : inner().prepareStatement(sql, type, concurrency, holdability));
  }

  private CallableStatement prepareCall(String sql, Preparation<CallableStatement> preparation)
      throws SQLException {
    return transaction.locked(
        () -> {
          Plans.Found found = plans.find(sql);
          CallableStatement inner = preparation.prepare(KeyRequest.NONE);
          refuse(found, inner);
          return new PolluxCallableStatement(
              new Origin(this, Optional.of(found), KeyRequest.NONE, false), inner);
        });
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return prepareCall(sql, keys -> inner().prepareCall(sql));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    return prepareCall(sql, keys -> inner().prepareCall(sql, type, concurrency));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return prepareCall(sql, keys -> inner().prepareCall(sql, type, concurrency, holdability));
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    return inner().isClosed() ? inner().getAutoCommit() : transaction.autoCommit();
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    transaction.setAutoCommit(autoCommit);
  }

  @Override
  public void commit() throws SQLException {
    transaction.commit();
  }

  @Override
  public void rollback() throws SQLException {
    transaction.rollback();
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    if (savepoint instanceof PolluxSavepoint ours) {
      transaction.locked(
          () -> {
            inner().rollback(ours.inner());
            transaction.wentBackTo(ours.point());
            return null;
          });
    } else {
      inner().rollback(savepoint);
    }
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    transaction.locked(
        () -> {
          super.releaseSavepoint(savepoint);
          if (savepoint instanceof PolluxSavepoint ours) {
            transaction.capture().savepoints().release(ours.point());
          }
          return null;
        });
  }

  private Savepoint mark(String name, SqlWork<Savepoint> savepoint) throws SQLException {
    return transaction.locked(
        () -> {
          transaction.refuseSavepointThatBegins();
          Savepoint inner = savepoint.run();
          TransactionCapture capture = transaction.capture();
          return new PolluxSavepoint(
              ownScope, inner, capture.savepoints().set(name, capture.mark()));
        });
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return mark("", () -> inner().setSavepoint());
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return mark(
        name == null ? "" : node().dialect().normalize(node().dialect().quote(name)),
        () -> inner().setSavepoint(name));
  }

  /** Some engines commit when the isolation changes during a transaction (JDBC 4.3 §10.2.1). */
  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    if (level == inner().getTransactionIsolation()) {
      inner().setTransactionIsolation(level);
      return;
    }
    transaction.committing(
        () -> {
          inner().setTransactionIsolation(level);
          return null;
        });
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    inner().setSchema(schema);
    facts.drop();
  }

  @Override
  public void setCatalog(String catalog) throws SQLException {
    inner().setCatalog(catalog);
    facts.drop();
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    inner().setClientInfo(name, value);
    facts.clientInfoChanged();
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    inner().setClientInfo(properties);
    facts.clientInfoChanged();
  }

  @Override
  public void close() throws SQLException {
    transaction.close();
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    transaction.abort(executor);
  }
}
