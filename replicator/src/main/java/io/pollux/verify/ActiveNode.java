package io.pollux.verify;

import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.engine.Dialect;
import io.pollux.env.EventLoop;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** The node that compares, as the sweep sees it. */
public interface ActiveNode {
  /** Its id. */
  String id();

  EventLoop loop();

  /** One thread that reads, and does nothing else. */
  Executor worker();

  Dialect dialect();

  Connection connect() throws SQLException;

  /** Whether this node reigns and a backup follows it. On the loop. */
  boolean isFollowed();

  /** Where the log ends. On the loop. */
  Position end();

  /** What the backup has in its database. On the loop. */
  Position applied();

  /**
   * Logs a record under a stamp of now. On the worker.
   *
   * @param appended hears the position, on the loop
   * @throws SQLException if it can't be logged: it is too large, or this node does not reign
   */
  void log(Function<Stamp, LogRecord> record, Consumer<Position> appended) throws SQLException;

  /**
   * Runs {@code work} while no commit is under way. On the worker.
   *
   * @return false, and nothing was done, if commits took longer than {@code longest}
   */
  boolean holdStill(Duration longest, Work work) throws SQLException;

  /** Something that reads and logs. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }
}
