package io.pollux.sim;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Shows one seed: {@code mvn -pl replicator -am test -Dtest=Replay -Dpollux.seed=S}. */
class Replay {
  @Test
  @EnabledIfSystemProperty(named = "pollux.seed", matches = "-?[0-9]+")
  void showsWhatHappens() {
    Schedule.Result result = Schedule.play(Long.getLong("pollux.seed"), true);
    System.getLogger("simulation")
        .log(System.Logger.Level.INFO, "\n" + String.join("\n", result.trace()));
    if (result.failure().isPresent()) {
      fail(result.failure().orElseThrow());
    }
  }
}
