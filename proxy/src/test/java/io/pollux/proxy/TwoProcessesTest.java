package io.pollux.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes as two processes, led by the command line alone. */
class TwoProcessesTest {
  private static final int TABLE_ROWS = 3;

  @TempDir private Path temp;

  private final List<Process> processes = new ArrayList<>();
  private String token;

  /** What a command answered. */
  private record Answer(int code, String out, String err) {}

  @BeforeEach
  void makePair() throws Exception {
    try (Connection connection = DriverManager.getConnection(url("A") + ";create=true");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))");
      for (int i = 0; i < TABLE_ROWS; i++) {
        statement.execute("INSERT INTO item VALUES (" + i + ", 'secret" + i + "')");
      }
    }
    shutDown("A");
    token = create("init", "--dir", "A", "--name", "a", "--database", url("A")).out().strip();
    run("A");
    done("wait", "--dir", "A", "--until", "active");
    create("join", token, "--dir", "B", "--name", "b", "--database", url("B"));
    run("B");
    done("wait", "--dir", "B", "--until", "in-sync");
  }

  @AfterEach
  void endProcesses() {
    processes.forEach(process -> process.destroyForcibly().onExit().join());
  }

  @Test
  void aPairIsMadeComparedPromotedAndStoppedByCommands() throws Exception {
    Answer equal = pollux("verify", "--dir", "B");
    assertEquals(
        new Answer(0, "equal: 1 tables, " + TABLE_ROWS + " rows" + System.lineSeparator(), ""),
        equal);

    JsonNode status = json("status", "--dir", "A", "--json");
    assertEquals("MASTER", status.path("role").asText());
    assertEquals("ACTIVE", status.path("activity").asText());
    assertEquals("IN_SYNC", status.path("sync").asText());
    assertEquals("CONNECTED", status.path("peer").path("link").asText());

    assertEquals(0, pollux("log", "show", "1", "--dir", "A", "--values").code());
    Awaitility.await()
        .until(
            () ->
                pollux("log", "search", "--dir", "A", "--kind", "MARK")
                    .out()
                    .contains("an operator looks at values of the log with the command line"));

    Answer used =
        pollux(
            "join",
            token,
            "--dir",
            "C",
            "--name",
            "c",
            "--listen",
            freeAddress(),
            "--database",
            url("C"));
    assertEquals(2, used.code());
    assertTrue(used.err().contains("was used before"), used.err());
    assertFalse(Files.exists(temp.resolve("C")));

    done("stop", "--dir", "A");
    assertEquals(0, end(processes.get(0)));
    done("promote", "--dir", "B", "--reason", "the test says so");
    assertEquals(
        "the test says so", json("status", "--dir", "B", "--json").path("activityReason").asText());

    run("A");
    done("wait", "--dir", "A", "--until", "in-sync");
    assertEquals("WARM", json("status", "--dir", "A", "--json").path("activity").asText());
    done("stop", "--dir", "A");
    done("stop", "--dir", "B");
    assertTrue(
        pollux("log", "list", "--dir", "B").out().contains("the test says so"),
        "the promotion is in the log");
    for (String node : List.of("A", "B")) {
      Answer chain = pollux("log", "verify", "--dir", node);
      assertEquals(0, chain.code());
      assertTrue(chain.out().startsWith("chain verified, "), chain.out());
      assertEquals(TABLE_ROWS, rows(node));
      assertTrue(Files.exists(temp.resolve(node).resolve("derby.log")), "the engine's own log");
    }
  }

  @Test
  void aBackupTakesOverFromAKilledNodeWhereTheGroupAllowsIt() throws Exception {
    done("stop", "--dir", "A");
    assertEquals(0, end(processes.get(0)));
    Path configuration = temp.resolve("A").resolve("pollux.yaml");
    String text = Files.readString(configuration);
    Files.writeString(
        configuration,
        text.replace("availability: OPERATOR", "availability: CONSISTENT") + "http: 127.0.0.1:0\n");
    Process a = run("A");
    done("wait", "--dir", "A", "--until", "in-sync");

    String address = Files.readString(temp.resolve("A/http.address")).strip();
    try (InputStream live = URI.create("http://" + address + "/health/live").toURL().openStream()) {
      String said = new String(live.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals("{\"activity\":\"ACTIVE\",\"connected\":true}", said);
    }

    a.destroyForcibly().onExit().join();
    done("wait", "--dir", "B", "--until", "active");
    assertEquals(
        "the active node is gone",
        json("status", "--dir", "B", "--json").path("activityReason").asText());

    run("A");
    done("wait", "--dir", "A", "--until", "in-sync");
    assertEquals("WARM", json("status", "--dir", "A", "--json").path("activity").asText());
  }

  @Test
  void theRolesAreSwitchedOnEitherNodeAndBack() throws Exception {
    done("switchover", "--dir", "A");
    assertEquals("ACTIVE", json("status", "--dir", "B", "--json").path("activity").asText());
    assertEquals("WARM", json("status", "--dir", "A", "--json").path("activity").asText());
    done("wait", "--dir", "A", "--until", "in-sync");

    done("switchover", "--dir", "A");
    assertEquals("ACTIVE", json("status", "--dir", "A", "--json").path("activity").asText());
    done("wait", "--dir", "B", "--until", "in-sync");
    assertEquals(0, pollux("verify", "--dir", "A").code());

    done("stop", "--dir", "B");
    assertEquals(0, end(processes.get(1)));
    Answer alone = pollux("switchover", "--dir", "A");
    assertEquals(1, alone.code());
    assertTrue(alone.err().contains("no peer is connected that could take over"), alone.err());
    assertEquals("ACTIVE", json("status", "--dir", "A", "--json").path("activity").asText());
  }

  @Test
  void aSecondProcessWaitsForTheDirectoryAndASignalFreesIt() throws Exception {
    Process second = run("B");
    String said = firstLine(log(processes.size() - 1));
    assertTrue(said.contains("is held by another process"), said);
    long first = json("status", "--dir", "B", "--json").path("pid").asLong();
    processes.get(1).destroy();
    assertEquals(143, end(processes.get(1)));
    done("wait", "--dir", "B", "--until", "in-sync");
    assertEquals(second.pid(), json("status", "--dir", "B", "--json").path("pid").asLong());
    assertEquals(processes.get(1).pid(), first);
  }

  @Test
  void aDamagedLogIsBrokenAndAComparisonWithoutAPeerHasNoAnswer() throws Exception {
    done("stop", "--dir", "B");
    Answer alone = pollux("verify", "--dir", "A");
    assertEquals(1, alone.code());
    assertEquals(1, alone.err().lines().count(), alone.err());
    done("stop", "--dir", "A");
    end(processes.get(0));

    run("A");
    done("wait", "--dir", "A", "--until", "active");
    done("stop", "--dir", "A");
    Path segment;
    try (var files = Files.list(temp.resolve("A/log"))) {
      segment = files.filter(f -> !f.endsWith("reserve")).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    int inFirstRecord = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("no backup");
    bytes[inFirstRecord] ^= 1;
    Files.write(segment, bytes);
    Answer broken = pollux("log", "verify", "--dir", "A");
    assertEquals(1, broken.code(), broken.out());
    assertTrue(broken.out().startsWith("BROKEN at record 1, "), broken.out());
    assertFalse(json("log", "verify", "--dir", "A", "--json").path("intact").asBoolean());
  }

  private Answer create(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--listen", freeAddress()));
    Answer answer = pollux(all.toArray(String[]::new));
    assertEquals(0, answer.code(), answer.err());
    Path config = temp.resolve(all.get(all.indexOf("--dir") + 1)).resolve("pollux.yaml");
    Files.writeString(config, Files.readString(config).replace("Allowance: 30s", "Allowance: 2s"));
    return answer;
  }

  private Process run(String node) throws IOException {
    Path log = log(processes.size());
    Process process =
        new ProcessBuilder(command("run", "--dir", node))
            .directory(temp.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    processes.add(process);
    return process;
  }

  private Answer pollux(String... arguments) throws Exception {
    Path out = Files.createTempFile(temp, "out", "");
    Path err = Files.createTempFile(temp, "err", "");
    Process process =
        new ProcessBuilder(command(arguments))
            .directory(temp.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    processes.add(process);
    int code = end(process);
    processes.remove(process);
    return new Answer(code, Files.readString(out), Files.readString(err));
  }

  /** Must succeed; if not, shows what the nodes said. */
  private void done(String... arguments) throws Exception {
    Answer answer = pollux(arguments);
    StringBuilder story = new StringBuilder(answer.toString());
    for (int i = 0; i < processes.size(); i++) {
      story.append("\n--- run ").append(i).append("\n").append(Files.readString(log(i)));
    }
    assertEquals(0, answer.code(), story.toString());
  }

  private Path log(int run) {
    return temp.resolve("run-" + run + ".log");
  }

  private JsonNode json(String... arguments) throws Exception {
    return Output.MAPPER.readTree(pollux(arguments).out());
  }

  private static int end(Process process) throws InterruptedException {
    assertTrue(process.waitFor(90, TimeUnit.SECONDS), () -> process.info() + " does not end");
    return process.exitValue();
  }

  private static List<String> command(String... arguments) {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                path,
                PolluxMain.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String firstLine(Path file) {
    return Awaitility.await()
        .until(() -> Files.readString(file), text -> text.contains("\n"))
        .lines()
        .findFirst()
        .orElseThrow();
  }

  private String url(String node) {
    return "jdbc:derby:" + temp.resolve("database-" + node);
  }

  private int rows(String node) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(node));
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM item")) {
      result.next();
      return result.getInt(1);
    } finally {
      shutDown(node);
    }
  }

  /** Frees the database's files for another process; the engine answers with an error. */
  private void shutDown(String node) {
    assertThrows(
        SQLException.class, () -> DriverManager.getConnection(url(node) + ";shutdown=true"));
  }

  private static String freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }
}
