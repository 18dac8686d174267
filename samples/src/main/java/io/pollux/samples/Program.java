package io.pollux.samples;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** The command line that the samples share: exit 2 and one line if they could not do their work. */
final class Program {
  private Program() {}

  static CommandLine of(Callable<Integer> program) {
    return new CommandLine(program)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              command.getErr().println(command.getCommandName() + ": " + e.getMessage());
              command.getErr().flush();
              return CommandLine.ExitCode.USAGE;
            });
  }
}
