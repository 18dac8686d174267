package io.pollux.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.core.PolluxException;
import io.pollux.env.SystemClock;
import io.pollux.node.ControlClient;
import io.pollux.node.NodeConfig;
import io.pollux.node.Setup;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Two processes of {@link Killable}, each with its node, of which the other one takes over when the
 * active one dies; and the ledger of what they were told, which no kill reaches.
 */
final class KilledPair implements AutoCloseable {
  static final List<String> NODES = List.of("a", "b");
  private static final Duration LONGEST = Duration.ofSeconds(90);
  private static final int LAST_TROUBLES = 5;

  private final Path root;
  private final Map<String, String> urls = new LinkedHashMap<>();
  private final Map<String, Application> applications = new LinkedHashMap<>();
  private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
  private final Set<String> refused = new ConcurrentSkipListSet<>();
  private int started;

  /** A process, what hears it, and what it told of trouble. */
  private record Application(
      Process process,
      Writer commands,
      Thread listener,
      Path errors,
      List<String> troubles,
      CountDownLatch quiet) {
    @Override
    public String toString() {
      List<String> told = List.copyOf(troubles);
      return (process.isAlive() ? "alive " : "dead ")
          + told.subList(Math.max(0, told.size() - LAST_TROUBLES), told.size())
          + text(errors);
    }
  }

  /** Makes a pair with new databases, and waits until it is one. */
  KilledPair(Path root, TestEngine engine) throws Exception {
    this.root = root;
    for (String node : NODES) {
      urls.put(node, url(engine, root.resolve("db-" + node)));
    }
    Setup setup = new Setup(new SystemClock());
    String token = setup.init(plan("a"), Duration.ofHours(1));
    configure("a");
    start("a", binary(engine));
    Awaitility.await()
        .atMost(LONGEST)
        .untilAsserted(
            () -> {
              assertTrue(isAlive("a"), applications::toString);
              assertFalse(acknowledged.isEmpty(), applications::toString);
            });
    setup.join(plan("b"), token);
    configure("b");
    start("b");
    awaitInSync();
  }

  private static String url(TestEngine engine, Path database) throws SQLException {
    return switch (engine) {
      case DERBY -> "jdbc:derby:" + database + ";create=true";
      case H2 -> "jdbc:h2:" + database;
      case HSQLDB -> "jdbc:hsqldb:file:" + database;
      case HSQLDB_MVCC -> "jdbc:hsqldb:file:" + database + ";hsqldb.tx=mvcc";
      case SQLITE -> "jdbc:sqlite:" + database + "?busy_timeout=3000";
      case POSTGRESQL -> PostgresServers.database();
    };
  }

  private static String binary(TestEngine engine) {
    return engine == TestEngine.POSTGRESQL ? "bytea" : "blob";
  }

  private Setup.Plan plan(String node) throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Setup.Plan(
          directory(node),
          node,
          "127.0.0.1:" + free.getLocalPort(),
          new NodeConfig.Database(urls.get(node), Optional.empty(), Optional.empty()));
    }
  }

  private Path directory(String node) {
    return root.resolve("node-" + node);
  }

  private void configure(String node) throws IOException {
    Path file = directory(node).resolve("pollux.yaml");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("availability: OPERATOR", "availability: CONSISTENT")
            .replace("startupAllowance: 30s", "startupAllowance: 2s"));
  }

  /** Starts the application of a node. */
  void start(String node) throws IOException {
    start(node, "");
  }

  private void start(String node, String binary) throws IOException {
    started++;
    Path errors = root.resolve("errors-" + started + "-" + node);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dpollux.failpoints=",
                "-Dpollux.dir=" + directory(node),
                "-Dderby.stream.error.file=" + root.resolve("derby-" + node + ".log"),
                "-cp",
                System.getProperty("java.class.path"),
                Killable.class.getName(),
                "jdbc:pollux:" + urls.get(node).substring("jdbc:".length()),
                node + started));
    if (!binary.isEmpty()) {
      command.add(binary);
    }
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    List<String> troubles = new CopyOnWriteArrayList<>();
    CountDownLatch quiet = new CountDownLatch(Killable.THREADS);
    Thread listener = new Thread(() -> listen(process, troubles, quiet), "ledger-" + node);
    listener.setDaemon(true);
    listener.start();
    applications.put(
        node,
        new Application(
            process,
            new OutputStreamWriter(process.getOutputStream(), UTF_8),
            listener,
            errors,
            troubles,
            quiet));
  }

  private void listen(Process process, List<String> troubles, CountDownLatch quiet) {
    process
        .inputReader(UTF_8)
        .lines()
        .forEach(
            line -> {
              String[] words = line.split(" ", 3);
              if (words[0].equals("ok")) {
                acknowledged.add(words[1]);
              } else if (words[0].equals("no")) {
                refused.add(words[1]);
              } else if (words[0].equals("trouble")) {
                troubles.add(line);
              } else {
                quiet.countDown();
              }
            });
  }

  /** Which node takes writes; waits for one that does. */
  String active() {
    awaitInSync();
    return NODES.stream().filter(node -> is(node, "activity", "ACTIVE")).findFirst().orElseThrow();
  }

  static String other(String node) {
    return node.equals("a") ? "b" : "a";
  }

  void command(String node, String line) throws IOException {
    Writer commands = applications.get(node).commands();
    commands.write(line + "\n");
    commands.flush();
  }

  /** Waits until a process is dead, and has said its last word. */
  int death(String node) throws InterruptedException {
    Application dying = applications.get(node);
    if (!dying.process().waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
      return -1;
    }
    dying.listener().join();
    return dying.process().exitValue();
  }

  /** Starts whatever is dead. */
  void revive() throws IOException {
    for (String node : NODES) {
      if (!isAlive(node)) {
        start(node);
      }
    }
  }

  void kill(String node) throws InterruptedException {
    applications.get(node).process().destroyForcibly();
    int unused = death(node);
  }

  private boolean isAlive(String node) {
    return applications.get(node).process().isAlive();
  }

  void awaitInSync() {
    for (String node : NODES) {
      await(node, "sync", "IN_SYNC");
    }
  }

  private void await(String node, String field, String value) {
    Awaitility.await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              assertTrue(isAlive(node), applications::toString);
              assertTrue(is(node, field, value), () -> node + ": " + status(node) + applications);
            });
  }

  private boolean is(String node, String field, String value) {
    return status(node).map(s -> s.path(field).asText().equals(value)).orElse(false);
  }

  private Optional<JsonNode> status(String node) {
    try {
      return Optional.of(ControlClient.call(directory(node), ControlClient.request("status")));
    } catch (PolluxException e) {
      return Optional.empty(); // It does not run yet.
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /**
   * Ends both applications and looks at what is in the databases: all that was acknowledged,
   * nothing that was refused, no half of a transaction, and the same in both.
   */
  String judge() throws Exception {
    for (String node : NODES) {
      command(node, "quiet");
      assertTrue(applications.get(node).quiet().await(LONGEST.toSeconds(), TimeUnit.SECONDS), node);
    }
    String last = active();
    for (String node : List.of(last, other(last))) {
      applications.get(node).commands().close();
      assertEquals(0, death(node), applications::toString);
    }
    Set<String> rows = ids("a");
    for (String node : NODES) {
      assertEquals(rows, ids(node), node);
      assertEquals(List.of(rows.size()), totals(node), node);
    }
    assertEquals(Set.of(), without(acknowledged, rows), "acknowledged and lost");
    Set<String> ghosts = new TreeSet<>(refused);
    ghosts.retainAll(rows);
    assertEquals(Set.of(), ghosts, "refused and there");
    return acknowledged.size() + " acknowledged, " + rows.size() + " there";
  }

  private static Set<String> without(Set<String> all, Set<String> known) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(known);
    return rest;
  }

  private Set<String> ids(String node) throws SQLException {
    Set<String> ids = new TreeSet<>();
    try (Connection connection = DriverManager.getConnection(urls.get(node));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id from item")) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  private List<Integer> totals(String node) throws SQLException {
    List<Integer> totals = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(urls.get(node));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select n from total")) {
      while (rows.next()) {
        totals.add(rows.getInt(1));
      }
    }
    return totals;
  }

  @Override
  public void close() {
    applications.values().forEach(each -> each.process().destroyForcibly().onExit().join());
  }
}
