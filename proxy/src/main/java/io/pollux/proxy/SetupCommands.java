package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.env.SystemClock;
import io.pollux.node.NodeConfig;
import io.pollux.node.Setup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that make a pair. */
final class SetupCommands {
  private SetupCommands() {}

  /** What both nodes must be told. */
  private static final class NodeOptions {
    @Option(names = "--dir", required = true, description = "The node's new directory.")
    private Path directory;

    @Option(names = "--name", required = true, description = "What the node is called.")
    private String name;

    @Option(
        names = "--listen",
        required = true,
        paramLabel = "HOST:PORT",
        description = "Where the other node reaches this one.")
    private String listen;

    @Option(
        names = {"--database", "--url"},
        required = true,
        paramLabel = "URL",
        description = "JDBC URL of the application's database.")
    private String url;

    @Option(names = "--user", description = "The database's user.")
    private Optional<String> user;

    @Option(
        names = "--password",
        arity = "0..1",
        interactive = true,
        description = "That user's password; asked for if it does not stand here.")
    private Optional<String> password;

    @Mixin private KeyOption key;

    private Setup.Plan plan() {
      NodeConfig.Database database = new NodeConfig.Database(url, user, password);
      return new Setup.Plan(directory, name, listen, database, key.file());
    }
  }

  /** How long a token is good. */
  private static final class Validity {
    @Option(
        names = "--valid",
        defaultValue = "1h",
        converter = DurationOption.class,
        description = "How long the token is good; default: ${DEFAULT-VALUE}.")
    private Duration validity;
  }

  private static void printToken(Output output, String token) {
    output.print(Output.MAPPER.createObjectNode().put("token", token), token);
  }

  @Command(
      name = "init",
      mixinStandardHelpOptions = true,
      description = "Makes the master's directory and prints a join token.")
  static final class Init implements Callable<Integer> {
    @Mixin private NodeOptions node;
    @Mixin private Validity valid;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      printToken(output, new Setup(new SystemClock()).init(node.plan(), valid.validity));
      return 0;
    }
  }

  @Command(
      name = "token",
      mixinStandardHelpOptions = true,
      description = "Prints another join token of a master.")
  static final class Token implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private Validity valid;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      printToken(output, new Setup(new SystemClock()).token(dir.path(), valid.validity));
      return 0;
    }
  }

  @Command(
      name = "join",
      mixinStandardHelpOptions = true,
      description = "Makes the backup's directory; the master's node must run.")
  static final class Join implements Callable<Integer> {
    @Parameters(paramLabel = "TOKEN", description = "What 'pollux init' printed.")
    private String token;

    @Mixin private NodeOptions node;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      NodeConfig config = new Setup(new SystemClock()).join(node.plan(), token);
      NodeConfig.Peer master = config.peer().orElseThrow();
      output.print(
          Output.MAPPER
              .createObjectNode()
              .put("name", config.name())
              .put("group", config.group())
              .put("master", master.name())
              .put("address", master.address())
              .put("fingerprint", master.fingerprint()),
          config.name()
              + " joined "
              + master.name()
              + " at "
              + master.address()
              + "; start it with 'pollux run --dir "
              + node.directory
              + "'");
      return 0;
    }
  }
}
