package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.core.SyncState;
import io.pollux.env.SystemClock;
import io.pollux.node.ConfigFile;
import io.pollux.node.DatabaseAccess;
import io.pollux.node.Node;
import io.pollux.node.NodeConfig;
import io.pollux.node.NodeDirectory;
import io.pollux.node.Setup;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** Two nodes in this JVM, each with its HTTP interface, and a client. */
final class HttpPair {
  private final Path root;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  Node a;
  Node b;
  HttpServer httpA;
  HttpServer httpB;

  HttpPair(Path root) {
    this.root = root;
  }

  Path directory(String name) {
    return root.resolve("node-" + name);
  }

  void openBoth() throws Exception {
    String token = new Setup(new SystemClock()).init(plan("a"), Duration.ofHours(1));
    try (Connection connection = DriverManager.getConnection(url("a"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))");
    }
    a = open("a");
    httpA = serve("a", a);
    new Setup(new SystemClock()).join(plan("b"), token);
    b = open("b");
    httpB = serve("b", b);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> a.status().sync() == SyncState.IN_SYNC);
    Awaitility.await().until(() -> b.status().sync() == SyncState.IN_SYNC);
  }

  private Node open(String name) throws Exception {
    NodeDirectory held = NodeDirectory.lock(directory(name));
    NodeConfig config = ConfigFile.read(held.configFile());
    DatabaseAccess database = DatabaseAccess.of(config.database());
    Node node = Node.open(new Node.NodeSetup(held, config, database, false, command -> {}));
    open.add(0, node);
    return node;
  }

  private HttpServer serve(String name, Node node) throws Exception {
    HttpServer server = HttpInterface.open(directory(name), "127.0.0.1:0", node);
    open.add(0, server);
    return server;
  }

  String url(String name) {
    return "jdbc:h2:" + root.resolve("db-" + name);
  }

  private Setup.Plan plan(String name) throws IOException {
    return new Setup.Plan(
        directory(name),
        name,
        "127.0.0.1:" + freePort(),
        new NodeConfig.Database(url(name), Optional.empty(), Optional.empty()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String token(String node, String role) throws IOException {
    return Files.readAllLines(directory(node).resolve(HttpAccess.FILE)).stream()
        .filter(line -> line.startsWith(role + " "))
        .map(line -> line.substring(role.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  URI uri(HttpServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** As the operator. */
  HttpResponse<byte[]> ask(HttpServer server, String method, String path, String body)
      throws Exception {
    BodyPublisher publisher = HttpRequest.BodyPublishers.ofString(body);
    HttpRequest request =
        HttpRequest.newBuilder(uri(server, path))
            .header("Authorization", "Bearer " + token(name(server), "operator"))
            .header("Content-Type", "text/plain")
            .header("Idempotency-Key", "key " + path)
            .method(method, publisher)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  private String name(HttpServer server) {
    return server == httpA ? "a" : "b";
  }

  JsonNode json(HttpServer server, String method, String path, String body) throws Exception {
    HttpResponse<byte[]> answer = ask(server, method, path, body);
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    if (answer.statusCode() != 200) {
      throw new AssertionError(method + " " + path + ": " + answer.statusCode() + " " + text);
    }
    return Output.MAPPER.readTree(text);
  }

  JsonNode get(HttpServer server, String path) throws Exception {
    return json(server, "GET", path, "");
  }

  /** A request byte by byte; returns the status line. */
  String raw(HttpServer server, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
        line.append((char) next);
      }
      return line.toString();
    }
  }

  /** The lines of a stream, as they come. */
  HttpResponse<java.util.stream.Stream<String>> stream(HttpServer server, String path)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(server, path))
            .header("Authorization", "Bearer " + token(name(server), "operator"))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofLines());
  }

  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }
}
