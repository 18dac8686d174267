package io.pollux.driver;

import io.pollux.commit.CommitGate;
import io.pollux.commit.Draft;
import io.pollux.commit.LocalCommit;
import io.pollux.commit.Slot;
import io.pollux.core.Change;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The transaction of one connection: runs work under the connection's lock, gives each write in
 * autocommit a transaction of its own, and commits captured work through the gate and in no other
 * way.
 */
final class LocalTransaction {
  private static final String FAILED_INSIDE = "a JDBC call failed inside Pollux";

  private final Connection inner;
  private final NodeHandle node;
  private final CommitGate gate;
  private final SessionFacts facts;

  /** One for each connection, taken before any lock of the real driver (docs/locks.md). */
  private final ReentrantLock lock = new ReentrantLock();

  private final TransactionCapture capture = new TransactionCapture();
  private final LocalCommit local = new InnerCommit();
  private Slot slot;

  /** The real connection's own differs only while a write runs. */
  private volatile boolean autoCommit;

  /** BEGIN as text opened what is open: autocommit is on again when it ends. */
  private volatile boolean isBegun;

  /** An autocommit write runs, so what it calls is a part of it. */
  private boolean isInOwn;

  /** Set by a thread that must not wait for the lock; whoever holds it cleans up. */
  private volatile boolean isAborted;

  LocalTransaction(Connection inner, NodeHandle node, CommitGate gate, SessionFacts facts)
      throws SQLException {
    this.inner = inner;
    this.node = node;
    this.gate = gate;
    this.facts = facts;
    this.autoCommit = inner.getAutoCommit();
  }

  private class InnerCommit implements LocalCommit {
    @Override
    public Connection connection() {
      return inner;
    }

    @Override
    public void commit() throws SQLException {
      inner.commit();
    }

    @Override
    public void rollback() throws SQLException {
      inner.rollback();
    }
  }

  TransactionCapture capture() {
    return capture;
  }

  /** What the application sees. */
  boolean autoCommit() {
    return autoCommit || (isBegun && dialect().begin() != Dialect.Begin.AUTOCOMMIT_OFF);
  }

  /** Whether each write is a transaction of its own. */
  boolean isEachItsOwn() {
    return autoCommit;
  }

  /** Whether such a one runs now. */
  boolean isInOwn() {
    return isInOwn;
  }

  boolean isBegun() {
    return isBegun;
  }

  /** Its release would commit past the gate. */
  void refuseSavepointThatBegins() throws SQLException {
    if (autoCommit && dialect().begin() == Dialect.Begin.UNSEEN_IN_AUTOCOMMIT) {
      throw Refusals.notCaptured(
          "savepoint in autocommit",
          "it would begin a transaction that its release commits",
          "execute BEGIN or call setAutoCommit(false) before it");
    }
  }

  /** BEGIN as text. */
  void begin() throws SQLException {
    inner.setAutoCommit(false);
    autoCommit = false;
    isBegun = true;
  }

  /** Runs work that writes nothing. */
  <R> R locked(SqlWork<R> work) throws SQLException {
    lock.lock();
    try {
      return Guard.run(work);
    } catch (SQLException e) {
      forgetIfEnded(e);
      throw e;
    } finally {
      unlock();
    }
  }

  private void unlock() {
    if (isAborted) {
      release();
    }
    lock.unlock();
  }

  /** Runs work that writes; in autocommit also commits it, or rolls it back if it fails. */
  <R> R write(SqlWork<R> work) throws SQLException {
    return locked(
        () -> {
          ensureSlot();
          return autoCommit && !isInOwn ? inOwnTransaction(work) : inOpenTransaction(work);
        });
  }

  /** As {@link #write}, and commits also what is open of the application's transaction. */
  <R> R writeAndCommit(SqlWork<R> work) throws SQLException {
    return write(
        () -> {
          R result = work.run();
          if (!autoCommit || isInOwn) {
            commitOpenWork();
          }
          return result;
        });
  }

  private <R> R inOpenTransaction(SqlWork<R> work) throws SQLException {
    if (capture.broken().isPresent()) {
      throw rolledBack();
    }
    int mark = capture.mark();
    boolean isKnown = false;
    try {
      R result = Guard.run(work);
      isKnown = true;
      return result;
    } catch (Guard.Defect e) {
      capture.breakOff(FAILED_INSIDE, e);
      throw e;
    } catch (SQLException e) {
      isKnown = true;
      capture.rollbackTo(mark);
      throw e;
    } finally {
      if (!isKnown) { // An Error, as when memory ends while changed rows are read.
        capture.breakOff(FAILED_INSIDE, null);
      }
    }
  }

  /** All or nothing, in the database and in the capture. Only inside {@link #write}. */
  <R> R atomically(SqlWork<R> work) throws SQLException {
    return new AllOrNothing(this, inner, dialect()).run(work);
  }

  private Dialect dialect() {
    return node.node().dialect();
  }

  void schemaMayHaveChanged() {
    if (capture.hasDdl()) {
      facts.drop();
      node.node().schemaChanged();
    }
  }

  private <R> R inOwnTransaction(SqlWork<R> work) throws SQLException {
    inner.setAutoCommit(false);
    isInOwn = true;
    try {
      R result = runOwn(work);
      commitOrRollBack();
      inner.setAutoCommit(true);
      return result;
    } finally {
      isInOwn = false;
    }
  }

  /** A statement that failed left nothing, so that this ends as quietly as it would have. */
  private <R> R runOwn(SqlWork<R> work) throws SQLException {
    try {
      return inOpenTransaction(work);
    } catch (SQLException e) {
      boolean leftNothing =
          capture.isEmpty() && capture.broken().isEmpty() && !dialect().endsTransaction(e);
      endOwn(e, leftNothing ? local::commit : local::rollback);
      throw e;
    }
  }

  private void commitOrRollBack() throws SQLException {
    try {
      commitOpenWork();
    } catch (SQLException e) {
      endOwn(e, local::rollback);
      throw e;
    }
  }

  /** How a transaction ends. */
  interface End {
    void run() throws SQLException;
  }

  private void endOwn(SQLException failure, End end) {
    try {
      end.run();
      forgetRolledBack();
      inner.setAutoCommit(true);
    } catch (SQLException e) {
      failure.addSuppressed(e);
      capture.breakOff("a failed write could not be ended: " + e.getMessage(), failure);
    }
  }

  private void ensureSlot() throws SQLException {
    if (slot == null) {
      slot = gate.openSlot();
    }
  }

  void commit() throws SQLException {
    locked(
        () -> {
          end(this::commitOpenWork);
          return null;
        });
  }

  private void end(End end) throws SQLException {
    if (!isBegun) {
      end.run();
      return;
    }
    endBegun();
    try {
      end.run();
      inner.setAutoCommit(true);
    } catch (SQLException e) {
      endOwn(e, local::rollback);
      throw e;
    }
  }

  private void endBegun() {
    autoCommit |= isBegun;
    isBegun = false;
  }

  /** Captured work goes through the gate; without any, the real driver answers alone. */
  private void commitOpenWork() throws SQLException {
    if (capture.broken().isPresent()) {
      throw rolledBack();
    }
    if (capture.isEmpty()) {
      boolean hadDdl = capture.hasDdl();
      inner.commit();
      forget(hadDdl);
      return;
    }
    if (dialect().work(inner) == Dialect.Work.FAILED) {
      inner.commit(); // Rolls back, and says so or not as the bare driver does.
      forgetRolledBack();
      return;
    }
    ensureSlot();
    checkDeferred();
    commitThroughGate(local);
  }

  /** What fails here fails the commit, and that ends the transaction. */
  private void checkDeferred() throws SQLException {
    try {
      if (capture.hasDdl() || facts.mayDefer(node.node().schemaVersion())) {
        dialect().beforeStamp(inner);
      }
    } catch (SQLException e) {
      try {
        rollbackInner();
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private void commitThroughGate(LocalCommit with) throws SQLException {
    boolean hadDdl = capture.hasDdl();
    try {
      node.spent().moveTo(capture);
      Draft draft = new Draft(facts.client(), capture.changes(dialect(), inner));
      Guard.run(
          () -> {
            gate.commit(slot, draft, with);
            return null;
          });
    } catch (SQLException e) {
      node.spent().takeFrom(capture);
      discardSlot();
      throw e;
    } finally {
      forget(hadDdl);
    }
  }

  /** After a failure nobody knows what the slot row holds: the next write takes another one. */
  private void discardSlot() {
    if (slot != null) {
      slot.close();
      slot = null;
    }
  }

  private void forget(boolean hadDdl) {
    capture.clear();
    if (hadDdl) {
      node.node().schemaChanged();
      facts.drop();
    }
  }

  private SQLException rolledBack() {
    SQLException reason = capture.broken().orElseThrow();
    try {
      rollbackInner();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
    return reason;
  }

  void rollback() throws SQLException {
    locked(
        () -> {
          end(this::rollbackInner);
          return null;
        });
  }

  private void rollbackInner() throws SQLException {
    inner.rollback();
    forgetRolledBack();
  }

  private void forgetRolledBack() {
    node.spent().takeFrom(capture);
    facts.drop();
    forget(capture.hasDdl());
  }

  private void forgetIfEnded(SQLException error) {
    if (autoCommit || !dialect().endsTransaction(error)) {
      return;
    }
    forgetRolledBack();
    if (isBegun) {
      endBegun();
      endOwn(error, local::rollback);
    }
  }

  /** The transaction went back to a savepoint. */
  void wentBackTo(Savepoints.Point point) {
    capture.rollbackTo(point.mark());
    capture.savepoints().backTo(point);
    facts.drop();
    schemaMayHaveChanged();
  }

  /** JDBC 4.3 §10.1.1: switching the mode during a transaction commits it. */
  void setAutoCommit(boolean wanted) throws SQLException {
    locked(
        () -> {
          if (isBegun && wanted == autoCommit()) {
            return null;
          }
          if (wanted && !autoCommit) {
            commitCaptured();
          }
          inner.setAutoCommit(wanted);
          autoCommit = wanted;
          isBegun = false;
          return null;
        });
  }

  /**
   * Runs what makes the real driver commit by itself: captured work goes through the gate first.
   */
  <R> R committing(SqlWork<R> work) throws SQLException {
    return locked(
        () -> {
          commitCaptured();
          return work.run();
        });
  }

  private void commitCaptured() throws SQLException {
    if (!capture.isEmpty() || capture.broken().isPresent()) {
      commitOpenWork();
    }
  }

  /**
   * Runs a schema change that the real driver commits by itself: what was captured before it goes
   * through the gate first, then the change alone. Only inside {@link #locked}.
   */
  void define(Change.Ddl change, LocalCommit.Definition definition) throws SQLException {
    ensureSlot();
    commitCaptured();
    boolean isOwn = autoCommit && !isInOwn;
    inner.setAutoCommit(false);
    try {
      capture.add(change);
      commitThroughGate(new DefiningCommit(definition));
    } finally {
      if (isOwn && !inner.isClosed()) {
        inner.setAutoCommit(true);
      }
    }
  }

  private final class DefiningCommit extends InnerCommit {
    private final Definition definition;

    DefiningCommit(Definition definition) {
      this.definition = definition;
    }

    @Override
    public Optional<Definition> definition() {
      return Optional.of(definition);
    }
  }

  /** Runs a query that draws from sequences: in autocommit its result set tells when it is read. */
  <R> R drawing(SqlWork<R> work) throws SQLException {
    return locked(
        () -> {
          ensureSlot();
          R result = work.run();
          if (autoCommit) {
            capture.clear();
          }
          return result;
        });
  }

  /** A result set that draws from sequences was read to its end or closed. */
  void sequencesDrawn(List<TableName> sequences) throws SQLException {
    if (inner.isClosed()) {
      return;
    }
    write(
        () -> {
          sequences.forEach(capture::sequenceDrawn);
          return null;
        });
  }

  void close() throws SQLException {
    locked(
        () -> {
          inner.close();
          release();
          return null;
        });
  }

  /** Does not wait for the lock: a call that hangs may hold it. */
  void abort(Executor executor) throws SQLException {
    inner.abort(executor);
    isAborted = true;
    if (lock.tryLock()) {
      unlock();
    }
  }

  private void release() {
    forgetRolledBack();
    discardSlot();
  }
}
