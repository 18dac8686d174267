package io.pollux.proxy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.proxy.Route.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes requests, checks who asks, and hands them to the {@link Route} that is meant. A few threads
 * answer; each stream of events has one of its own, and there is a bound for those.
 */
final class HttpServer implements AutoCloseable {
  static final String ADDRESS_FILE = "http.address";
  static final int MAX_STREAMS = 32;

  private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());
  private static final int MAX_BODY = 1 << 20;
  private static final int THREADS = 8;
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final com.sun.net.httpserver.HttpServer server;
  private final HttpAccess access;
  private final List<Route> routes;
  private final Path addressFile;
  private final ExecutorService answering = Executors.newFixedThreadPool(THREADS, daemons("http"));
  private final ExecutorService streaming = Executors.newCachedThreadPool(daemons("events"));
  private final Semaphore streams = new Semaphore(MAX_STREAMS);

  /**
   * Opens it.
   *
   * @param address where; port 0 takes a free one, which {@link #ADDRESS_FILE} in the directory
   *     says
   */
  HttpServer(Path directory, InetSocketAddress address, HttpAccess access, List<Route> routes)
      throws PolluxException {
    this.access = Objects.requireNonNull(access, "access");
    this.routes = List.copyOf(routes);
    this.addressFile = directory.resolve(ADDRESS_FILE);
    try {
      server = com.sun.net.httpserver.HttpServer.create(address, 64);
      server.createContext("/", this::handle);
      server.setExecutor(answering);
      server.start();
      Files.writeString(addressFile, address.getHostString() + ":" + port() + "\n");
    } catch (IOException e) {
      answering.shutdownNow();
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "can't serve HTTP at "
              + address
              + ": "
              + e.getMessage()
              + "; correct 'http' in pollux.yaml, port 0 takes a free one",
          e);
    }
  }

  private static java.util.concurrent.ThreadFactory daemons(String what) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "pollux-" + what + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Answer answer;
    try {
      answer = answer(exchange);
    } catch (PolluxException e) {
      answer = Answers.error(e);
    } catch (IllegalArgumentException e) {
      answer = Answers.error(400, "BAD_REQUEST", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = Answers.error(503, Reason.STOPPED.name(), "the node ends");
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a request was not expected", e);
      answer = Answers.error(500, "BROKEN", "the node has a defect; its log has the details");
    }
    if (answer.feed().isPresent()) {
      stream(exchange, answer.feed().orElseThrow());
    } else {
      send(exchange, answer);
    }
  }

  private Answer answer(HttpExchange exchange)
      throws PolluxException, IOException, InterruptedException {
    Headers headers = exchange.getRequestHeaders();
    Optional<String> host = Optional.ofNullable(headers.getFirst("Host"));
    if (!access.isOurs(host)) {
      return Answers.error(
          421, "WRONG_HOST", "this is not the host that the request names: " + host.orElse("none"));
    }
    if (!HttpAccess.isSameOrigin(Optional.ofNullable(headers.getFirst("Origin")), host)) {
      return Answers.error(403, "WRONG_ORIGIN", "a page of another origin may not ask");
    }
    String path = exchange.getRequestURI().getRawPath();
    HttpAccess.Role role = access.role(Optional.ofNullable(headers.getFirst("Authorization")));
    boolean known = false;
    for (Route route : routes) {
      Optional<List<String>> arguments = route.match(path);
      if (arguments.isPresent()) {
        known = true;
        if (route.method().equals(exchange.getRequestMethod())) {
          return admitted(exchange, route, role, arguments.orElseThrow());
        }
      }
    }
    return known
        ? Answers.error(405, "WRONG_METHOD", path + " takes no " + exchange.getRequestMethod())
        : Answers.error(404, "NOT_FOUND", "there is no " + path + "; see /openapi.json");
  }

  private Answer admitted(
      HttpExchange exchange, Route route, HttpAccess.Role role, List<String> arguments)
      throws PolluxException, IOException, InterruptedException {
    if (role.compareTo(route.role()) < 0) {
      return role == HttpAccess.Role.ANYONE
          ? Answers.error(401, "NO_TOKEN", "send 'Authorization: Bearer TOKEN' from " + FILE_HINT)
              .with("WWW-Authenticate", "Bearer")
          : Answers.error(403, "READ_ONLY", "this needs the operator's token of " + FILE_HINT);
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      return Answers.error(
          413, Reason.TOO_LARGE.name(), "a body has at most " + MAX_BODY + " bytes");
    }
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    return route
        .handler()
        .handle(
            new Route.Request(
                role,
                arguments,
                query(route, exchange.getRequestURI().getRawQuery()),
                headers,
                body));
  }

  private static final String FILE_HINT = HttpAccess.FILE + " in the node's directory";

  private static Map<String, String> query(Route route, String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw == null) {
      return query;
    }
    for (String pair : raw.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String name = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
      if (!route.query().contains(name)) {
        throw new IllegalArgumentException(
            "unknown parameter '" + name + "', known are " + route.query());
      }
      query.put(name, parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private static void head(HttpExchange exchange, Answer answer) {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.contentType());
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Content-Security-Policy", POLICY);
    answer.headers().forEach(headers::set);
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    try (exchange) {
      head(exchange, answer);
      int length = answer.body().length;
      exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
      if (length > 0) {
        exchange.getResponseBody().write(answer.body());
      }
    }
  }

  private void stream(HttpExchange exchange, Route.Feed feed) throws IOException {
    if (!streams.tryAcquire()) {
      send(
          exchange,
          Answers.error(
              503, "TOO_MANY_STREAMS", "at most " + MAX_STREAMS + " streams are open at a time"));
      return;
    }
    streaming.execute(
        () -> {
          try (exchange) {
            head(exchange, Answer.stream(feed));
            exchange.sendResponseHeaders(200, 0);
            feed.run(new Lines(exchange.getResponseBody()));
          } catch (IOException | PolluxException e) {
            LOG.log(Level.DEBUG, "a stream of events has ended", e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            streams.release();
          }
        });
  }

  /** Server-sent events. */
  private record Lines(OutputStream out) implements Route.Events {
    @Override
    public void send(String event, String data) throws IOException {
      write("event: " + event + "\ndata: " + data + "\n\n");
    }

    @Override
    public void keepAlive() throws IOException {
      write(":\n\n");
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  /** How many streams are open. */
  int openStreams() {
    return MAX_STREAMS - streams.availablePermits();
  }

  @Override
  public void close() {
    server.stop(0);
    for (ExecutorService threads : Arrays.asList(answering, streaming)) {
      threads.shutdownNow();
    }
    try {
      Files.deleteIfExists(addressFile);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "can''t delete {0}: {1}", addressFile, e.getMessage());
    }
  }
}
