package io.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stories that a person can read: faults of FAULTS.md, and what the simulator once found. {@code
 * -Dpollux.scenarios=write} puts what happens into the files, for a person to judge.
 */
class ScenarioTest {
  static final Path STORIES =
      Path.of(System.getProperty("pollux.root", ".."), "replicator/src/test/resources/")
          .resolve("scenarios/");
  private static final Logger NODES = Logger.getLogger("io.pollux");

  private static Level before;

  @BeforeAll
  static void silence() {
    before = NODES.getLevel();
    NODES.setLevel(Level.OFF);
  }

  @AfterAll
  static void speak() {
    NODES.setLevel(before);
  }

  static List<String> stories() throws IOException {
    try (Stream<Path> files = Files.list(STORIES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("stories")
  void happensAsItIsTold(String name) throws Throwable {
    Path file = STORIES.resolve(name);
    String story = Files.readString(file, StandardCharsets.UTF_8);
    String happened = Scenario.play(story);
    if ("write".equals(System.getProperty("pollux.scenarios"))) {
      Files.writeString(file, happened, StandardCharsets.UTF_8);
    } else {
      assertEquals(story, happened, name);
    }
  }

  @Test
  void thereIsAStoryForManyFaults() throws IOException {
    assertTrue(stories().size() >= 15, () -> "only some stories are left");
  }
}
