package io.pollux.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.env.SystemClock;
import io.pollux.node.NodeConfig;
import io.pollux.node.NodeDirectory;
import io.pollux.node.Setup;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person sees who mistypes, or whose machine is not as the command needs it. */
class CommandLineTest {
  @TempDir private Path temp;

  private Path a;
  private String token;

  /** What a command answered. */
  private record Answer(int code, String out, String err) {}

  @BeforeEach
  void makeMaster() throws Exception {
    a = temp.resolve("a");
    NodeConfig.Database database =
        new NodeConfig.Database(
            "jdbc:derby:" + temp.resolve("db"), Optional.empty(), Optional.empty());
    token =
        new Setup(new SystemClock())
            .init(new Setup.Plan(a, "a", freeAddress(), database), Duration.ofHours(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--nonsense",
        "nonsense",
        "init",
        "init --dir x",
        "init --dir x --name a --listen h:1 --database jdbc:derby:x --valid soon",
        "join",
        "join token",
        "token",
        "run",
        "run --dir",
        "status",
        "status --dir x y",
        "wait --dir x",
        "wait --dir x --until ready",
        "wait --dir x --until active --timeout 5",
        "wait --dir x --until active --timeout -5s",
        "verify --nonsense",
        "promote --reason",
        "demote --force",
        "resync",
        "stop",
        "log",
        "log nonsense",
        "log list",
        "log list --dir x --from y",
        "log show",
        "log show --dir x y",
        "log verify",
        "log search",
        "log search --dir x --since y",
        "log search --dir x --slot y",
        "log export --dir x --format y",
        "log replay --dir x --until 3",
        "log replay --dir x --into y",
        "completion x",
        "check",
        "check --statements"
      })
  void wrongUsageIsOneLineThatLeadsToTheHelp(String line) {
    Answer answer = pollux(line.isEmpty() ? new String[0] : line.split(" ", -1));
    assertEquals(2, answer.code());
    assertEquals("", answer.out());
    assertOneLine(answer.err());
    assertTrue(answer.err().contains("--help'"), answer.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token",
        "run",
        "status",
        "wait --until active",
        "verify",
        "promote",
        "demote",
        "resync",
        "stop",
        "log list",
        "log show 1",
        "log verify",
        "log search",
        "log export",
        "log replay --until 3 --into jdbc:derby:x"
      })
  void aDirectoryThatIsNotThereIsSaidByEveryCommand(String command) {
    Answer answer = pollux((command + " --dir " + temp.resolve("none")).split(" ", -1));
    assertWrong("is not a node's directory", answer);
    assertFalse(Files.exists(temp.resolve("none")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "verify", "promote", "demote", "resync", "stop"})
  void aNodeThatDoesNotRunIsSaidWithTheWayToStartIt(String command) {
    assertWrong("pollux run --dir", pollux(command, "--dir", a.toString()));
  }

  @Test
  void aNodeTakesAKeyAndACertificateOfTheOperators() throws Exception {
    keytool(
        "-genkeypair -alias plant -dname CN=plant -ext bc=ca:true -keyalg EC -groupname secp256r1");
    keytool("-genkeypair -alias b -dname CN=b -keyalg EC -groupname secp256r1");
    keytool("-certreq -alias b -file b.csr");
    keytool("-gencert -alias plant -infile b.csr -outfile b.cer");
    keytool("-importcert -alias b -file b.cer");
    String two = temp.resolve("keys.p12").toString();
    assertWrong("has 2 private keys", init("b", two));
    keytool("-delete -alias plant");
    assertWrong("the certificate is of 'b'", init("c", two));
    assertEquals(0, init("b", two).code());
    Answer shown = pollux("identity", "show", "--dir", temp.resolve("b").toString());
    assertTrue(shown.out().contains("EC "), shown.out());
    assertTrue(Files.exists(temp.resolve("b/identity/authorities.pem")));
  }

  private Answer init(String name, String key) {
    return pollux(
        "init",
        "--dir",
        temp.resolve(name).toString(),
        "--name",
        name,
        "--listen",
        "127.0.0.1:7401",
        "--database",
        "jdbc:derby:" + temp.resolve("db-" + name),
        "--key",
        key,
        "--key-password",
        "changeit");
  }

  /** The tool of the JDK that operators have. */
  private void keytool(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(List.of("-keystore", "keys.p12", "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", "changeit"));
    Process process =
        new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "status", "token"})
  void anUnknownPropertyIsQuoted(String command) throws IOException {
    Path file = a.resolve("pollux.yaml");
    Files.writeString(file, Files.readString(file) + "comit: durable\n");
    assertWrong("unknown property 'comit'", pollux(command, "--dir", a.toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "'commit: sometimes', commit",
    "'failoverTimeout: soon', not a duration",
    "'role: KING', role",
    "'[', pollux.yaml"
  })
  void aBadValueIsQuotedWithItsFile(String line, String quoted) throws IOException {
    Path file = a.resolve("pollux.yaml");
    String key = line.split(":", 2)[0] + ":";
    String rest =
        Files.readString(file)
            .lines()
            .filter(other -> !other.startsWith(key))
            .reduce("", (all, next) -> all + next + "\n");
    Files.writeString(file, rest + line + "\n");
    Answer answer = pollux("status", "--dir", a.toString());
    assertWrong(quoted, answer);
    assertTrue(answer.err().contains(file.toString()), answer.err());
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsSaid() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "x");
    assertWrong("it exists", init(file, "jdbc:derby:x"));
    assertWrong("can't make", init(file.resolve("a"), "jdbc:derby:x"));
    assertEquals("x", Files.readString(file));
  }

  @Test
  void aSecondInitLeavesTheFirstAlone() {
    assertWrong("exists and is not empty", init(a, "jdbc:derby:x"));
    assertEquals(0, pollux("token", "--dir", a.toString()).code());
  }

  @ParameterizedTest
  @CsvSource({
    "derby:x, is not a JDBC URL",
    "jdbc:nosuch:x, no engine for the URL",
    "jdbc:pollux:, no engine for the URL"
  })
  void aWrongUrlIsSaid(String url, String what) {
    assertWrong(what, init(temp.resolve("new"), url));
    assertFalse(Files.exists(temp.resolve("new")));
  }

  @Test
  void garbageInPlaceOfATokenIsSaid() {
    assertWrong("not a join token", join("pollux1:garbage"));
  }

  @Test
  void aMasterThatDoesNotRunIsSaidWithItsAddress() {
    Answer answer = join(token);
    assertWrong("start its node first", answer);
    assertFalse(Files.exists(temp.resolve("b")));
  }

  @Test
  void aTokenIsAllThatInitAndTokenPrint() {
    for (Answer answer :
        new Answer[] {
          init(temp.resolve("new"), "jdbc:derby:x"), pollux("token", "--dir", a.toString())
        }) {
      assertEquals(0, answer.code(), answer.err());
      assertTrue(answer.out().matches("pollux1:\\S+\\R"), answer.out());
      assertEquals("", answer.err());
    }
  }

  @Test
  void aDirectoryThatAnotherProcessHoldsIsAskedThroughIt() throws Exception {
    try (NodeDirectory held = NodeDirectory.lock(a)) {
      assertWrong("can't reach the node in " + held.path(), pollux("token", "--dir", a.toString()));
    }
  }

  @Test
  void waitingInVainIsANo() {
    Answer answer =
        pollux("wait", "--dir", a.toString(), "--until", "active", "--timeout", "200ms");
    assertEquals(1, answer.code());
    assertOneLine(answer.err());
    assertTrue(answer.err().contains("its process is not running"), answer.err());
  }

  @Test
  void jsonIsOneDocumentAlsoWhenItFails() throws IOException {
    JsonNode made = Output.MAPPER.readTree(pollux("token", "--dir", a.toString(), "--json").out());
    assertTrue(made.path("token").asText().startsWith("pollux1:"));

    Answer failed = pollux("status", "--dir", a.toString(), "--json");
    assertEquals(2, failed.code());
    assertEquals("NODE_NOT_RUNNING", Output.MAPPER.readTree(failed.out()).path("error").asText());
    assertOneLine(failed.err());
  }

  @Test
  void helpAndVersionAreAnswers() {
    assertTrue(pollux("--version").out().startsWith("pollux "));
    Answer help = pollux("promote", "--help");
    assertEquals(0, help.code());
    assertTrue(help.out().contains("--force"), help.out());
  }

  private Answer init(Path directory, String url) {
    return pollux(
        "init",
        "--dir",
        directory.toString(),
        "--name",
        "n",
        "--listen",
        "127.0.0.1:7001",
        "--database",
        url);
  }

  private Answer join(String line) {
    return pollux(
        "join",
        line,
        "--dir",
        temp.resolve("b").toString(),
        "--name",
        "b",
        "--listen",
        "127.0.0.1:7002",
        "--database",
        "jdbc:derby:x");
  }

  private static void assertWrong(String what, Answer answer) {
    assertEquals(2, answer.code(), answer.err());
    assertEquals("", answer.out());
    assertOneLine(answer.err());
    assertTrue(answer.err().contains(what), answer.err());
  }

  private static void assertOneLine(String err) {
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.startsWith("pollux: "), err);
  }

  private static Answer pollux(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        PolluxMain.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
    return new Answer(code, out.toString(), err.toString());
  }

  private static String freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }
}
