package io.pollux.apply;

import io.pollux.core.Change;
import io.pollux.core.TableName;
import java.sql.Connection;
import java.sql.SQLException;

/** Decides which of a peer's changes may be executed here. Used by one thread at a time. */
public interface Guard {
  /**
   * Returns if {@code change} may be executed through {@code connection} now.
   *
   * @throws RefusedException if it may not
   * @throws SQLException if the catalogue can't be read
   */
  void check(Connection connection, Change change) throws SQLException;

  /** A definition was executed, or the database is another one: nothing that was read holds. */
  void schemaChanged();

  /**
   * Returns if the rows of {@code name} may be read for a peer.
   *
   * @throws RefusedException if it is not a table of the application's
   */
  void checkRead(Connection connection, TableName name) throws SQLException;
}
