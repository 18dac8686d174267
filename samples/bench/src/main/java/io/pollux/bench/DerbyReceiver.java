package io.pollux.bench;

import java.sql.DriverManager;
import java.sql.SQLException;

/** The other machine of Derby's replication. */
final class DerbyReceiver {
  /** What {@code startSlave=true} throws when it has succeeded. */
  private static final String STARTED = "XRE08";

  private DerbyReceiver() {}

  public static void main(String[] arguments) throws SQLException, InterruptedException {
    try {
      DriverManager.getConnection(arguments[0]).close();
    } catch (SQLException e) {
      if (!STARTED.equals(e.getSQLState())) {
        throw e;
      }
    }
    Thread.currentThread().join(); // Until it is killed.
  }
}
