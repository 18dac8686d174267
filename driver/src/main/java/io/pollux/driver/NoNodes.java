package io.pollux.driver;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

/** A build without the node: every connection is refused, so that nothing runs uncaptured. */
final class NoNodes implements NodeSource {
  @Override
  public Path directory(String url, Optional<Path> configured) throws SQLException {
    throw new SQLException("this build of the driver has no node for " + url, "08001");
  }

  @Override
  public RunningNode start(Path directory, String url, Properties properties) throws SQLException {
    throw new SQLException("this build of the driver has no node for " + url, "08001");
  }
}
