package io.pollux.driver;

import io.pollux.apply.JdbcTarget;
import io.pollux.commit.CommitGate;
import io.pollux.engine.Dialect;
import io.pollux.env.Clock;
import io.pollux.runtime.Redundancy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

/** A node as the driver sees it. Any thread. */
interface RunningNode extends AutoCloseable {
  Dialect dialect();

  /** Opens a connection of the real driver; waits while the database is replaced. */
  Connection open(JdbcTarget.Connections connections) throws SQLException;

  /** The wall clock, for values that SQL asks of a clock. */
  Clock clock();

  /**
   * The gate of one connection.
   *
   * @param options the {@code pollux.*} properties of the connection, as {@link DriverOption} lists
   *     them
   */
  CommitGate gate(Properties options) throws SQLException;

  /** Rises whenever a plan made before may no longer hold, also by a change that was applied. */
  long schemaVersion();

  /** A schema change ran, was committed, or was rolled back. */
  void schemaChanged();

  /** What the application may know and do beside its data. */
  Redundancy redundancy();

  /** The application took an object of the real driver: what it does there is not captured. */
  void unobserved(Class<?> type);

  /** Stops the node; its threads are gone on return. Idempotent. */
  @Override
  void close();
}
