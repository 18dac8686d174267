package io.pollux.proxy;

import io.pollux.core.PolluxException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One thing that the HTTP interface does.
 *
 * @param path with arguments in braces, each one segment
 * @param query names of the parameters that are understood
 */
record Route(
    String method,
    String path,
    HttpAccess.Role role,
    String summary,
    List<String> query,
    Handler handler) {
  Route {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(handler, "handler");
    query = List.copyOf(query);
  }

  /** What the client wants. */
  record Request(
      HttpAccess.Role role,
      List<String> arguments,
      Map<String, String> query,
      Map<String, String> headers,
      byte[] body) {
    /** Names in lower case. */
    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    long number(String name, long otherwise) {
      String text = query.get(name);
      if (text == null) {
        return otherwise;
      }
      if (!text.matches("\\d{1,18}")) {
        throw new IllegalArgumentException("'" + name + "' is a number, not '" + text + "'");
      }
      return Long.parseLong(text);
    }
  }

  /** Answers a request, or begins a stream. */
  @FunctionalInterface
  interface Handler {
    Answer handle(Request request) throws PolluxException, IOException, InterruptedException;
  }

  /**
   * What the client gets.
   *
   * @param feed if present, events follow instead of a body
   */
  record Answer(
      int status,
      String contentType,
      byte[] body,
      Map<String, String> headers,
      Optional<Feed> feed) {
    static Answer of(int status, String contentType, byte[] body) {
      return new Answer(status, contentType, body, Map.of(), Optional.empty());
    }

    static Answer stream(Feed feed) {
      return new Answer(200, "text/event-stream", new byte[0], Map.of(), Optional.of(feed));
    }

    Answer with(String name, String value) {
      return new Answer(status, contentType, body, Map.of(name, value), feed);
    }
  }

  /** Sends events until the client is gone, or it returns. On a thread of its own. */
  @FunctionalInterface
  interface Feed {
    void run(Events events) throws PolluxException, IOException, InterruptedException;
  }

  /** Where the events of one client go. */
  interface Events {
    /** {@code data} is one line. */
    void send(String event, String data) throws IOException;

    /** Shows whether the client is still there. */
    void keepAlive() throws IOException;
  }

  /** The arguments, if this route is meant. */
  Optional<List<String>> match(String rawPath) {
    String[] wanted = path.split("/", -1);
    String[] given = rawPath.split("/", -1);
    if (wanted.length != given.length) {
      return Optional.empty();
    }
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{")) {
        if (given[i].isEmpty()) {
          return Optional.empty();
        }
        arguments.add(decode(given[i]));
      } else if (!wanted[i].equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(arguments);
  }

  /** A plus is itself in a path. */
  private static String decode(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
