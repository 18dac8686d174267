package io.pollux.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.core.PolluxException;
import io.pollux.proxy.Route.Answer;
import java.nio.charset.StandardCharsets;

/** Answers in the forms that all routes share. */
final class Answers {
  private Answers() {}

  static Answer json(JsonNode document) {
    return json(200, document);
  }

  static Answer json(int status, JsonNode document) {
    return Answer.of(status, "application/json", line(document).getBytes(StandardCharsets.UTF_8));
  }

  /** A document on one line. */
  static String line(JsonNode document) {
    try {
      return Output.MAPPER
          .writer()
          .without(com.fasterxml.jackson.databind.SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }

  static Answer text(String text) {
    return Answer.of(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  static Answer error(int status, String error, String message) {
    return json(
        status,
        Output.MAPPER
            .createObjectNode()
            .put("error", error)
            .put("message", String.valueOf(message)));
  }

  static Answer error(PolluxException e) {
    int status =
        switch (e.reason()) {
          case BAD_CONFIGURATION, BAD_URL -> 400;
          case NOT_ACTIVE, NOT_IN_SYNC -> 409;
          case TOO_LARGE -> 413;
          case OPERATION_FAILED -> 422;
          case STOPPED, NODE_NOT_RUNNING -> 503;
          case TIMEOUT -> 504;
          default -> 500;
        };
    return error(status, e.reason().name(), e.getMessage());
  }
}
