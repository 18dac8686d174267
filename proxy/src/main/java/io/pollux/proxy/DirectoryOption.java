package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.node.ConfigFile;
import io.pollux.node.NodeConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The node that a command is about. */
final class DirectoryOption {
  @Option(
      names = "--dir",
      required = true,
      defaultValue = "${sys:pollux.dir:-${env:POLLUX_DIR}}",
      description = "The node's directory; default: POLLUX_DIR.")
  private Path directory;

  /**
   * A directory whose configuration is sound.
   *
   * @throws PolluxException DIRECTORY_MISSING, BAD_CONFIGURATION
   */
  Path path() throws PolluxException {
    NodeConfig unused = config();
    return directory;
  }

  NodeConfig config() throws PolluxException {
    return ConfigFile.read(directory.resolve("pollux.yaml"));
  }
}
