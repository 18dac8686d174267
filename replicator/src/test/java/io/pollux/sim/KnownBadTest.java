package io.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code -Dpollux.variant=WORDS} tries those alone whose names have them.
 *
 * <p>A simulator that finds nothing must be able to find something: every rule is missed when gone.
 */
class KnownBadTest {
  private static final int SEEDS = Integer.getInteger("pollux.seeds", 1000);
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

  private static Optional<String> catchIt(Variant variant) throws Exception {
    try (Mutant mutant = new Mutant(variant)) {
      if (!variant.story().isEmpty()) {
        return mutant.difference(Files.readString(ScenarioTest.STORIES.resolve(variant.story())));
      }
      return mutant.firstFailure(SEEDS);
    }
  }

  static List<Variant> variants() {
    String part = System.getProperty("pollux.variant", "");
    return Variants.ALL.stream().filter(variant -> variant.name().contains(part)).toList();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void isCaught(Variant variant) throws Exception {
    Optional<String> caught = catchIt(variant);
    assertTrue(caught.isPresent(), () -> SEEDS + " schedules do not show: " + variant);
    System.getLogger("simulation")
        .log(System.Logger.Level.INFO, "caught: {0}: {1}", variant, caught.orElseThrow());
  }
}
