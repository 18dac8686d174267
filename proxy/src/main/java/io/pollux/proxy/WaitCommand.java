package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.Activity;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.SyncState;
import io.pollux.env.SystemClock;
import io.pollux.node.ControlClient;
import io.pollux.node.NodeStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Waits for a node to get somewhere; also for its process to start. */
@Command(
    name = "wait",
    mixinStandardHelpOptions = true,
    description = "Waits until a node is in sync, active or connected.")
final class WaitCommand implements Callable<Integer> {
  private static final Optional<NodeStatus.Link> CONNECTED = Optional.of(NodeStatus.Link.CONNECTED);

  @Mixin private DirectoryOption dir;
  @Mixin private Output output;

  @Option(
      names = "--until",
      required = true,
      paramLabel = "STATE",
      converter = Goals.class,
      description = "in-sync, active or connected.")
  private Goal goal;

  @Option(
      names = "--timeout",
      defaultValue = "60s",
      converter = DurationOption.class,
      description = "Default: ${DEFAULT-VALUE}.")
  private Duration timeout;

  private Optional<NodeStatus> last = Optional.empty();

  /** What can be waited for. */
  private record Goal(
      String label, Predicate<NodeStatus> isReached, Function<NodeStatus, String> why) {
    private static final List<Goal> ALL =
        List.of(
            new Goal(
                "in-sync", status -> status.sync() == SyncState.IN_SYNC, NodeStatus::syncReason),
            new Goal(
                "active",
                status -> status.activity() == Activity.ACTIVE,
                NodeStatus::activityReason),
            new Goal(
                "connected",
                status -> status.peer().map(NodeStatus.Peer::link).equals(CONNECTED),
                status -> status.peer().map(NodeStatus.Peer::reason).orElse("it has no peer")));
  }

  static final class Goals implements ITypeConverter<Goal> {
    @Override
    public Goal convert(String text) {
      return Goal.ALL.stream()
          .filter(goal -> goal.label.equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + text + "' is none of in-sync, active, connected"));
    }
  }

  @Override
  public Integer call() throws PolluxException {
    Path directory = dir.path();
    boolean reached =
        Progress.during(
            "waiting until " + goal.label,
            () -> Polling.until(new SystemClock(), timeout, () -> isReached(directory)));
    if (!reached) {
      throw new PolluxException(
          Reason.TIMEOUT,
          "waited "
              + timeout.toSeconds()
              + "s in vain for the node in "
              + directory
              + " to be "
              + goal.label
              + ": "
              + last.map(goal.why).orElse("its process is not running")
              + "; see 'pollux status'");
    }
    ObjectNode document = Output.MAPPER.createObjectNode().put("reached", goal.label);
    output.print(document, goal.label);
    return 0;
  }

  private boolean isReached(Path directory) throws PolluxException {
    try {
      last =
          Optional.of(
              NodeCommands.status(ControlClient.call(directory, ControlClient.request("status"))));
      return last.filter(goal.isReached).isPresent();
    } catch (PolluxException e) {
      if (e.reason() != Reason.NODE_NOT_RUNNING && e.reason() != Reason.STOPPED) {
        throw e;
      }
      last = Optional.empty();
      return false;
    }
  }
}
