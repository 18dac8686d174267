package io.pollux.proxy;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command {@code pollux} (docs/cli.md). Answers go to stdout, everything else to stderr; the
 * exit code is 0 if it is done, 1 if the answer is no, 2 if usage or environment is wrong.
 */
@Command(
    name = "pollux",
    mixinStandardHelpOptions = true,
    versionProvider = PolluxMain.Version.class,
    description = "Runs a database application as a redundant pair.",
    footer = {"", "Of the samples: pollux demo, pollux bench; see their --help."},
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SetupCommands.Init.class,
      SetupCommands.Join.class,
      SetupCommands.Token.class,
      RunCommand.class,
      NodeCommands.Status.class,
      WaitCommand.class,
      NodeCommands.Verify.class,
      NodeCommands.Promote.class,
      NodeCommands.Demote.class,
      NodeCommands.Switch.class,
      NodeCommands.Resync.class,
      NodeCommands.Stop.class,
      IdentityCommand.class,
      CheckCommand.class,
      LogCommand.class,
      CompletionCommand.class
    })
public final class PolluxMain implements Runnable {
  /** Kept, because a logger that nobody holds forgets its level. */
  private static final Logger TLS_LIBRARY = Logger.getLogger("org.bouncycastle");

  @Spec private CommandSpec spec;

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = PolluxMain.class.getPackage().getImplementationVersion();
      return new String[] {"pollux " + (version == null ? "from its classes" : version)};
    }
  }

  public static void main(String[] arguments) {
    TLS_LIBRARY.setLevel(Level.OFF); // What it has to say arrives as an exception too.
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(commandLine(out, err).execute(arguments));
  }

  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine command = new CommandLine(new PolluxMain());
    return command
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
