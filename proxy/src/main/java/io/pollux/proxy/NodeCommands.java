package io.pollux.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.node.ControlClient;
import io.pollux.node.NodeStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the running node of a directory is asked. */
final class NodeCommands {
  private NodeCommands() {}

  /** A command whose answer only says that it is done. */
  private abstract static class Order implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private Output output;

    abstract ObjectNode request();

    abstract String done();

    @Override
    public Integer call() throws PolluxException {
      output.print(ask(dir, request(), done()), done());
      return 0;
    }
  }

  static JsonNode ask(DirectoryOption dir, ObjectNode request, String what) throws PolluxException {
    JsonNode answer = Progress.during(what, () -> ControlClient.call(dir.path(), request));
    ((ObjectNode) answer).remove("ok"); // The exit code says it.
    return answer;
  }

  static NodeStatus status(JsonNode answer) {
    try {
      return Output.MAPPER.treeToValue(answer, NodeStatus.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the node is of another version than this command", e);
    }
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Says what a node is and does.")
  static final class Status implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      JsonNode answer = ask(dir, ControlClient.request("status"), "status");
      output.print(answer, StatusText.of(status(answer)));
      return 0;
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Compares all tables with the peer's while the application writes.")
  static final class Verify implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      JsonNode answer = ask(dir, ControlClient.request("verify"), "comparing all tables");
      output.print(answer, VerifyText.of(answer));
      return answer.path("equal").asBoolean() ? 0 : Failures.ANSWER_IS_NO;
    }
  }

  @Command(
      name = "promote",
      mixinStandardHelpOptions = true,
      description = "Makes the node active because the other one is gone.")
  static final class Promote extends Order {
    @Option(
        names = "--force",
        description = "Even if it may lack what the other one committed, or that one still runs.")
    private boolean force;

    @Option(
        names = "--reason",
        defaultValue = "asked for on the command line",
        description = "For the log.")
    private String reason;

    @Override
    ObjectNode request() {
      return ControlClient.request("promote").put("force", force).put("reason", reason);
    }

    @Override
    String done() {
      return "active";
    }
  }

  @Command(
      name = "demote",
      mixinStandardHelpOptions = true,
      description = "Ends the node's reign; it follows the other one.")
  static final class Demote extends Order {
    @Override
    ObjectNode request() {
      return ControlClient.request("demote");
    }

    @Override
    String done() {
      return "demoted";
    }
  }

  @Command(
      name = "switchover",
      mixinStandardHelpOptions = true,
      description =
          "Makes the node that is not active so, without loss: it catches up first, then commits"
              + " pause for a moment. Works on either node.")
  static final class Switch extends Order {
    @Override
    ObjectNode request() {
      return ControlClient.request("switchover");
    }

    @Override
    String done() {
      return "switched over";
    }
  }

  @Command(
      name = "resync",
      mixinStandardHelpOptions = true,
      description = "Replaces the node's database by a full copy of the active node's.")
  static final class Resync extends Order {
    @Override
    ObjectNode request() {
      return ControlClient.request("resync");
    }

    @Override
    String done() {
      return "a full copy is on its way; see 'pollux wait --until in-sync'";
    }
  }

  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = "Ends the node's process, if it is one of 'pollux run'.")
  static final class Stop extends Order {
    @Override
    ObjectNode request() {
      return ControlClient.request("stop");
    }

    @Override
    String done() {
      return "stopped";
    }
  }
}
