package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on one line what went wrong, and with the exit code of what kind it was. */
final class Failures {
  static final int ANSWER_IS_NO = 1;
  static final int WRONG = 2;

  private static final Set<Reason> ANSWERS =
      EnumSet.of(Reason.NOT_ACTIVE, Reason.NOT_IN_SYNC, Reason.TIMEOUT, Reason.LOG_DAMAGED);

  private Failures() {}

  static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    say(
        command,
        "USAGE",
        e.getMessage()
            + didYouMean(e)
            + "; see '"
            + command.getCommandSpec().qualifiedName()
            + " --help'");
    return WRONG;
  }

  private static String didYouMean(ParameterException e) {
    return e instanceof UnmatchedArgumentException unmatched
            && !unmatched.getSuggestions().isEmpty()
        ? " (did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?)"
        : "";
  }

  static int execution(Exception e, CommandLine command, ParseResult parsed) {
    if (Boolean.getBoolean("pollux.debug")) {
      e.printStackTrace(command.getErr());
    }
    if (e instanceof PolluxException known) {
      say(command, known.reason().name(), known.getMessage());
      return ANSWERS.contains(known.reason()) ? ANSWER_IS_NO : WRONG;
    }
    say(
        command,
        "UNEXPECTED",
        command.getCommandSpec().qualifiedName()
            + " failed: "
            + e
            + "; set POLLUX_JAVA_OPTS=-Dpollux.debug=true and report what it prints");
    return WRONG;
  }

  private static void say(CommandLine command, String reason, String message) {
    String line = oneLine(message);
    if (Output.wantsJson(command)) {
      Output.writeJson(
          command.getOut(),
          Output.MAPPER.createObjectNode().put("error", reason).put("message", line));
    }
    command.getErr().println("pollux: " + line);
    command.getErr().flush();
  }

  private static String oneLine(String message) {
    return String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
