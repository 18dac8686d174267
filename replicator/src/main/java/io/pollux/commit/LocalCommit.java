package io.pollux.commit;

import io.pollux.core.Stamp;
import java.sql.SQLException;
import java.util.Optional;

/** What the gate asks the connection to do, on the thread that called {@link CommitGate#commit}. */
public interface LocalCommit {
  /** The real connection, inside the open transaction: the gate writes the slot row through it. */
  java.sql.Connection connection();

  /**
   * A schema change that the database commits by itself; the connection's transaction is empty. It
   * runs once its record is durable here as undecided, before the slot row is written.
   */
  default Optional<Definition> definition() {
    return Optional.empty();
  }

  /** What runs a schema change. */
  @FunctionalInterface
  interface Definition {
    /**
     * Makes {@link io.pollux.sql.SystemTables#markDefinition} durable with the stamp of the change,
     * and then the change itself.
     */
    void run(Stamp stamp) throws SQLException;
  }

  void commit() throws SQLException;

  void rollback() throws SQLException;
}
