package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.node.ControlClient;
import io.pollux.node.IdentityDocument;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Who a node is and whom it trusts. */
@Command(
    name = "identity",
    mixinStandardHelpOptions = true,
    description = "Shows a node's key, changes it, or stops trusting another's.",
    subcommands = {
      IdentityCommand.Show.class,
      IdentityCommand.Rotate.class,
      IdentityCommand.Revoke.class
    })
final class IdentityCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "show, rotate or revoke is missing");
  }

  private static String text(JsonNode document) {
    StringBuilder text = new StringBuilder();
    line(text, "name", document.path("name").asText());
    line(
        text,
        "key",
        document.path("keyType").asText() + " " + document.path("fingerprint").asText());
    line(
        text,
        "valid",
        document.path("validFrom").asText() + " to " + document.path("validUntil").asText());
    for (JsonNode node : document.path("trusted")) {
      line(text, "trusts", node.path("name").asText() + " " + node.path("fingerprint").asText());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append(String.format(Locale.ROOT, "%-9s %s%n", label, value));
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Prints name, key, validity, and the keys that are trusted.")
  static final class Show implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      JsonNode document = document();
      output.print(document, text(document));
      return 0;
    }

    /** The node's own word if it runs, its files if not. */
    private JsonNode document() throws PolluxException {
      try {
        return NodeCommands.ask(dir, ControlClient.request("identity"), "identity");
      } catch (PolluxException e) {
        if (e.reason() != Reason.NODE_NOT_RUNNING) {
          throw e;
        }
        return IdentityDocument.read(dir.path());
      }
    }
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Gives the running node a new key; the peer must be connected.")
  static final class Rotate implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private KeyOption key;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      ObjectNode request = ControlClient.request("rotate");
      key.path()
          .ifPresent(p -> request.put("keyFile", p.toString()).put("password", key.password()));
      JsonNode document = NodeCommands.ask(dir, request, "changing the key");
      output.print(document, text(document));
      return 0;
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Stops trusting a key for ever; its node can only join again with a new one.")
  static final class Revoke implements Callable<Integer> {
    @Parameters(paramLabel = "NODE", description = "The other node's name or fingerprint.")
    private String node;

    @Mixin private DirectoryOption dir;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      ObjectNode request = ControlClient.request("revoke").put("node", node);
      JsonNode document = NodeCommands.ask(dir, request, "revoking " + node);
      output.print(document, text(document));
      return 0;
    }
  }
}
