package io.pollux.commit;

import java.sql.SQLException;

/** What the gate asks the connection to do, on the thread that called {@link CommitGate#commit}. */
public interface LocalCommit {
  /** The real connection, inside the open transaction: the gate writes the slot row through it. */
  java.sql.Connection connection();

  void commit() throws SQLException;

  void rollback() throws SQLException;
}
