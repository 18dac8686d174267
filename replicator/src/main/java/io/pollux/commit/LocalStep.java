package io.pollux.commit;

import io.pollux.codec.Encoded;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.env.FailPoints;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The part of a commit that happens in the application's own transaction: slot row, then commit,
 * then certainty.
 */
final class LocalStep {
  private final SlotPool.Row row;
  private final Stamp stamp;
  private final LocalCommit local;
  private boolean settled;

  LocalStep(SlotPool.Row row, Stamp stamp, LocalCommit local) {
    this.row = Objects.requireNonNull(row, "row");
    this.stamp = Objects.requireNonNull(stamp, "stamp");
    this.local = Objects.requireNonNull(local, "local");
  }

  /** Nothing of the transaction is in the database. */
  static final class RolledBack extends Exception {
    private static final long serialVersionUID = 1L;
    private final SQLException reported;

    RolledBack(SQLException reported) {
      super(reported);
      this.reported = reported;
    }

    /** What the application is told. */
    SQLException reported() {
      return reported;
    }
  }

  /** Only the database knows the outcome, and it does not answer. */
  static final class Unknown extends Exception {
    private static final long serialVersionUID = 1L;
    private final SQLException reported;

    Unknown(SQLException reported) {
      super(reported);
      this.reported = reported;
    }

    SQLException reported() {
      return reported;
    }
  }

  static SQLException unknown(Stamp stamp, String why, Throwable cause) {
    return new SQLException(
        "the outcome of transaction "
            + stamp
            + " is unknown: "
            + why
            + "; it is or will be the same on both nodes: look for its rows before doing it again",
        "08007",
        cause);
  }

  SlotPool.Row row() {
    return row;
  }

  /** Someone else will ask the database and settle the stamp. */
  void leaveOpen() {
    settled = true;
  }

  /** Whether the log knows the fate of the stamp, or someone sees to it. */
  boolean isSettled() {
    return settled;
  }

  void decided(Encoded record, Consumer<Position> appended) {
    settled = true;
    row.order().decided(stamp, record, appended);
  }

  void nothing() {
    settled = true;
    row.order().nothing(stamp);
  }

  Stamp stamp() {
    return stamp;
  }

  void rollback() throws SQLException {
    local.rollback();
  }

  /** Returns when the transaction is certainly committed here. */
  void commit(Optional<byte[]> payload) throws RolledBack, Unknown {
    FailPoints.hit(payload.isPresent() ? "commit.beforeLocal" : "commit.beforePrepared");
    if (isDefinition()) {
      define();
    }
    try {
      if (!row.writeAndCommit(local.connection(), stamp, payload)) {
        writeSlot(payload);
      }
      local.commit(); // What is committed already, the real driver leaves as it is.
      FailPoints.hit(payload.isPresent() ? "commit.afterLocal" : "commit.afterPrepared");
    } catch (SQLException e) {
      settle(e);
    }
  }

  boolean isDefinition() {
    return local.definition().isPresent();
  }

  private void define() throws RolledBack {
    try {
      local.definition().orElseThrow().run(stamp);
    } catch (SQLException e) {
      rollbackAfter(e);
      throw new RolledBack(e);
    }
  }

  private void writeSlot(Optional<byte[]> payload) throws RolledBack {
    try {
      if (row.write(local.connection(), stamp, payload) == 1) {
        return;
      }
      local.rollback();
      throw new RolledBack(fenced());
    } catch (SQLException e) {
      rollbackAfter(e);
      throw new RolledBack(e);
    }
  }

  /**
   * The database keeps nothing of a transaction whose slot row it did not take, so a failing
   * rollback changes nothing.
   */
  void rollbackAfter(SQLException cause) {
    try {
      local.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private SQLException fenced() {
    return new SQLException(
        "slot "
            + row.number()
            + " is fenced: epoch "
            + stamp.epoch()
            + " boot "
            + stamp.boot()
            + " is over; the transaction is rolled back, connect again",
        "25006");
  }

  private void settle(SQLException failure) throws RolledBack, Unknown {
    rollbackAfter(failure);
    if (row.isFenced(failure)) {
      throw new RolledBack(fenced());
    }
    Optional<Boolean> committed = ask();
    if (committed.isEmpty()) {
      throw new Unknown(unknown(stamp, "the database failed in the commit", failure));
    } else if (!committed.get()) {
      throw new RolledBack(failure);
    }
  }

  /**
   * Whether the database has it; empty if the database does not say. Waits for whoever holds the
   * slot row.
   */
  Optional<Boolean> ask() {
    try {
      return Optional.of(!stamp.isAfter(row.lockedStamp()));
    } catch (SQLException e) {
      System.getLogger(LocalStep.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "the outcome of transaction {0} is still unknown: {1}",
              stamp,
              e.getMessage());
      return Optional.empty();
    }
  }
}
