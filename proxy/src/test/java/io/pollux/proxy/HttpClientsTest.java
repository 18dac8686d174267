package io.pollux.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients of {@code samples/http}, where their interpreters are. */
class HttpClientsTest {
  private static final Path CLIENTS =
      Path.of(System.getProperty("pollux.root")).resolve("samples/http");

  @TempDir Path root;

  private HttpPair pair;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    pair = new HttpPair(root);
    pair.openBoth();
  }

  @AfterEach
  void close() throws Exception {
    processes.forEach(process -> process.destroyForcibly().onExit().join());
    pair.close();
  }

  @Test
  void aPythonProgramPublishesFollowsAndDoesAnOperation() throws Exception {
    assumeTrue(isThere("python3", "--version"));
    assertEquals("ACTIVE IN_SYNC", python("a", "status"));
    assertEquals("BOTH", python("a", "put", "alarms", "pump/7", "high"));
    Awaitility.await().until(() -> pair.b.redundancy().states().containsKey("alarms"));
    assertEquals("high", python("b", "get", "alarms", "pump/7"));
    try (BufferedReader follower = start("b", "follow", "alarms").inputReader()) {
      assertEquals("{\"pump/7\": \"high\"}", follower.readLine());
      assertEquals("BOTH", python("a", "put", "alarms", "pump/8", "low"));
      assertEquals("{\"pump/7\": \"high\", \"pump/8\": \"low\"}", follower.readLine());
    }
    try (BufferedReader here = start("a", "serve", "turn").inputReader();
        BufferedReader there = start("b", "serve", "turn").inputReader()) {
      assertEquals("ready", here.readLine());
      assertEquals("ready", there.readLine());
      assertEquals("cba DONE", python("a", "execute", "turn", "abc", "key 1"));
    }
    String refused = python("b", "put", "alarms", "pump/9", "x");
    assertTrue(refused.contains("is not active"), refused);
  }

  @Test
  void aShellAsksAndPublishes() throws Exception {
    assumeTrue(isThere("curl", "--version"));
    assertTrue(shell("a", "status").contains("\"activity\":\"ACTIVE\""));
    assertEquals("{\"kept\":\"BOTH\"}", shell("a", "put", "alarms", "pump", "high"));
    assertEquals("high", shell("a", "get", "alarms", "pump"));
    assertTrue(shell("a", "metrics").contains("pollux_active 1"));
    String found = shell("a", "search", "kind=REIGN", "limit=1");
    assertTrue(found.startsWith("{\"records\":[{\"position\":1,"), found);
    assertTrue(shell("a", "get", "alarms", "none").contains("nothing was published"));
  }

  private static boolean isThere(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String python(String node, String... arguments) throws Exception {
    return output(start(node, arguments));
  }

  private Process start(String node, String... arguments) throws IOException {
    return start(
        List.of("python3", CLIENTS.resolve("pollux_client.py").toString()), node, arguments);
  }

  private String shell(String node, String... arguments) throws Exception {
    return output(
        start(List.of("sh", CLIENTS.resolve("pollux-client").toString()), node, arguments));
  }

  private Process start(List<String> program, String node, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(program);
    command.add(pair.directory(node).toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    processes.add(process);
    return process;
  }

  private static String output(Process process) throws Exception {
    String text =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return text.lines().filter(line -> !line.startsWith("curl: ")).reduce("", (a, b) -> a + b);
  }
}
