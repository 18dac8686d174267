package io.pollux.commit;

import java.sql.SQLException;

/** The only way to commit captured work. One gate for each node; any number of threads. */
public interface CommitGate {
  /**
   * Reserves a slot row for a physical connection until it is {@linkplain Slot#close() given back}.
   *
   * @throws SQLException 25006 if this node may not write: it names the active node; 08003 if the
   *     node is stopped
   */
  Slot openSlot() throws SQLException;

  /**
   * Carries a transaction with captured work through the commit protocol. On return it is committed
   * as the commit mode promises.
   *
   * @throws SQLException the local database's own error if the transaction is certainly rolled
   *     back; 40001 or 25006 if this node was fenced and the transaction rolled back; 08007 if the
   *     outcome is unknown, with the stamp in the message
   */
  void commit(Slot slot, Draft draft, LocalCommit local) throws SQLException;
}
