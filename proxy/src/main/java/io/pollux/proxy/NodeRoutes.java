package io.pollux.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.node.ControlClient;
import io.pollux.node.Node;
import io.pollux.node.NodeStatus;
import io.pollux.proxy.HttpAccess.Role;
import io.pollux.proxy.Route.Answer;
import io.pollux.proxy.Route.Events;
import io.pollux.proxy.Route.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a node is and does, and what an operator tells it, over HTTP. */
final class NodeRoutes {
  private static final long LOOK_EVERY_MILLIS = 500;
  private static final int KEEP_ALIVE_LOOKS = 4;

  private final Path directory;
  private final Node node;

  NodeRoutes(Path directory, Node node) {
    this.directory = Objects.requireNonNull(directory, "directory");
    this.node = Objects.requireNonNull(node, "node");
  }

  List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/v1/status",
            Role.READ,
            "What the node is and does, as 'pollux status --json' says it.",
            List.of(),
            request -> Answers.json(ask(ControlClient.request("status")))),
        new Route(
            "GET",
            "/v1/events",
            Role.READ,
            "Events: the 'status', at first and whenever it changes.",
            List.of(),
            request -> Answer.stream(this::events)),
        new Route(
            "GET",
            "/v1/identity",
            Role.READ,
            "Who the node is and whom it trusts.",
            List.of(),
            request -> Answers.json(ask(ControlClient.request("identity")))),
        command("verify", "Compares all tables with the peer's while the application writes."),
        command("resync", "Replaces this node's database by a full copy of the active node's."),
        command("switchover", "Makes the node that is not active so, without loss."),
        new Route(
            "POST",
            "/v1/promote",
            Role.OPERATOR,
            "Makes this node active because the other one is gone.",
            List.of("force", "reason"),
            this::promote),
        command("demote", "Ends this node's reign; it follows the other one."));
  }

  private Route command(String name, String summary) {
    return new Route(
        "POST",
        "/v1/" + name,
        Role.OPERATOR,
        summary,
        List.of(),
        request -> Answers.json(ask(ControlClient.request(name))));
  }

  private JsonNode ask(ObjectNode request) throws PolluxException {
    JsonNode answer = ControlClient.call(directory, request);
    ((ObjectNode) answer).remove("ok"); // The status code says it.
    return answer;
  }

  private Answer promote(Request request) throws PolluxException {
    ObjectNode command =
        ControlClient.request("promote")
            .put("force", request.query().getOrDefault("force", "false").equals("true"))
            .put("reason", request.query().getOrDefault("reason", "asked for over HTTP"));
    return Answers.json(ask(command));
  }

  private void events(Events events) throws PolluxException, IOException, InterruptedException {
    String told = "";
    for (int look = 0; ; look++) {
      String now = line(node.status());
      if (!now.equals(told)) {
        events.send("status", now);
        told = now;
      } else if (look % KEEP_ALIVE_LOOKS == 0) {
        events.keepAlive();
      }
      new CompletableFuture<>()
          .completeOnTimeout(true, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)
          .join();
    }
  }

  private static String line(NodeStatus status) {
    try {
      return Answers.line(Output.MAPPER.readTree(Output.MAPPER.writeValueAsString(status)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a status is always JSON", e);
    }
  }
}
