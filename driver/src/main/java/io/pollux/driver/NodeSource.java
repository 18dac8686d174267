package io.pollux.driver;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

/** Finds and starts the node of a database. Any thread; the caller starts one node at a time. */
interface NodeSource {
  /**
   * The node's directory: {@code configured}, or the one beside the database.
   *
   * @param url the real one, without {@code pollux:}
   */
  Path directory(String url, Optional<Path> configured) throws SQLException;

  /**
   * Starts the node of a directory, in this process, or connects to the one that runs.
   *
   * @param properties what the real driver gets, to reach the database with
   */
  RunningNode start(Path directory, String url, Properties properties) throws SQLException;
}
