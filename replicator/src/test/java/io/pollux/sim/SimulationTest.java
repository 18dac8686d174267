package io.pollux.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The production classes of two nodes under faults of every kind (docs/testing.md). {@code
 * -Dpollux.schedules=N} plays N seeds, {@code -Dpollux.seed=S} begins with another one.
 */
class SimulationTest {
  private static final System.Logger LOG = System.getLogger("simulation");

  /** Kept strongly, or the level is forgotten. */
  private static final Logger NODES = Logger.getLogger("io.pollux");

  private static Level before;

  /** What nodes say while their world falls apart would fill the console. */
  @BeforeAll
  static void silence() {
    before = NODES.getLevel();
    NODES.setLevel(Level.OFF);
  }

  @AfterAll
  static void speak() {
    NODES.setLevel(before);
  }

  @Test
  void whateverGoesWrongNothingAcknowledgedIsLostAndBothDatabasesAreEqual() throws Exception {
    long from = Long.getLong("pollux.seed", 0);
    long count = Long.getLong("pollux.schedules", 110_000);
    Campaign campaign = new Campaign(from, count, 50);
    campaign.run(Integer.getInteger("pollux.threads", 2));
    LOG.log(System.Logger.Level.INFO, "simulation: {0}", campaign.figures());
    assertTrue(campaign.failures().isEmpty(), campaign::report);
  }

  @Test
  void oneSeedDecidesEverything() {
    for (long seed = 0; seed < 40; seed++) {
      List<String> first = Schedule.play(seed, true).trace();
      List<String> again = Schedule.play(seed, true).trace();
      assertEquals(String.join("\n", first), String.join("\n", again), "seed " + seed);
    }
  }
}
