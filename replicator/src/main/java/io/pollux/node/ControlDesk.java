package io.pollux.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.codec.wire.DigestResult;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.pair.PairEvent;
import io.pollux.tls.KeyFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What each command of {@link ControlClient} does. Any thread. */
final class ControlDesk {
  private static final Duration LONGEST_TOKEN = Duration.ofDays(30);

  private final Node node;

  ControlDesk(Node node) {
    this.node = Objects.requireNonNull(node, "node");
  }

  CompletableFuture<ObjectNode> handle(JsonNode request) {
    return switch (request.path("command").asText()) {
      case "status" -> node.freshStatus().thenApply(Json.MAPPER::<ObjectNode>valueToTree);
      case "verify" -> node.verify().thenApply(ControlDesk::comparison);
      case "promote" ->
          node.command(
                  new PairEvent.PromoteAsked(
                      request.path("force").asBoolean(),
                      request.path("reason").asText("an operator asked for it")))
              .thenApply(done -> empty());
      case "demote" -> node.command(new PairEvent.DemoteAsked()).thenApply(done -> empty());
      case "switchover" ->
          node.command(new PairEvent.SwitchAsked(false)).thenApply(done -> empty());
      case "resync" ->
          node.resync(request.path("reason").asText("an operator asked for it"))
              .thenApply(done -> empty());
      case "token" -> token(request.path("validityMillis").asLong());
      case "look" -> {
        node.mark("an operator looks at values of the log with the command line");
        yield CompletableFuture.completedFuture(empty());
      }
      case "identity" -> node.identity();
      case "rotate" -> node.rotate(key(request));
      case "revoke" -> node.revoke(request.path("node").asText());
      case "yield" -> end(request, true);
      case "stop" -> end(request, false);
      default ->
          failed(
              new PolluxException(
                  Reason.BAD_CONFIGURATION,
                  "the node does not know the command " + request.path("command")));
    };
  }

  private static ObjectNode empty() {
    return Json.MAPPER.createObjectNode();
  }

  private static <T> CompletableFuture<T> failed(PolluxException e) {
    return CompletableFuture.failedFuture(e);
  }

  private static Optional<KeyFile> key(JsonNode request) {
    return request.has("keyFile")
        ? Optional.of(
            new KeyFile(
                Path.of(request.path("keyFile").asText()), request.path("password").asText()))
        : Optional.empty();
  }

  private CompletableFuture<ObjectNode> token(long validityMillis) {
    if (validityMillis < 1 || validityMillis > LONGEST_TOKEN.toMillis()) {
      return failed(
          new PolluxException(
              Reason.BAD_CONFIGURATION,
              "a token is valid for at most " + LONGEST_TOKEN + ", not " + validityMillis + " ms"));
    }
    try {
      String token = node.token(Duration.ofMillis(validityMillis));
      return CompletableFuture.completedFuture(empty().put("token", token));
    } catch (PolluxException e) {
      return failed(e);
    }
  }

  private CompletableFuture<ObjectNode> end(JsonNode request, boolean yield) {
    if (yield && node.isEmbedded()) {
      return failed(
          new PolluxException(
              Reason.DIRECTORY_HELD,
              "the node lives in the application with process id "
                  + ProcessHandle.current().pid()
                  + " and ends with it; stop that application"));
    }
    node.end(yield ? "yield" : "stop");
    return CompletableFuture.completedFuture(
        empty().put("command", request.path("command").asText()));
  }

  private static ObjectNode comparison(List<DigestResult> results) {
    ObjectNode document = empty();
    document.put("equal", results.stream().allMatch(DigestResult::getEqual));
    document.put("rows", results.stream().mapToLong(DigestResult::getRows).sum());
    ArrayNode tables = document.putArray("tables");
    for (DigestResult result : results) {
      ObjectNode table = tables.addObject();
      table.put("schema", result.getTable().getSchema());
      table.put("name", result.getTable().getName());
      table.put("position", result.getPosition());
      table.put("equal", result.getEqual());
      table.put("rows", result.getRows());
      table.put("detail", result.getDetail());
    }
    return document;
  }
}
