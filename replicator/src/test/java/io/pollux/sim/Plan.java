package io.pollux.sim;

import io.pollux.core.Availability;
import io.pollux.core.CommitMode;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What kind of world a schedule plays in; drawn from its seed.
 *
 * @param weak whether the databases lose their last commits in a crash
 * @param steps of the world before it is healed
 * @param faultEvery after how many steps, on the average, something goes wrong
 * @param commitFaultOneIn of so many local commits one goes wrong
 * @param strikes the kinds of faults; a schedule with a few of them gets deeper into each (swarm
 *     testing, Groce et al. 2012)
 */
record Plan(
    CommitMode mode,
    Availability availability,
    boolean weak,
    int clients,
    int keys,
    int steps,
    int faultEvery,
    int commitFaultOneIn,
    List<Strike> strikes) {
  Plan {
    strikes = List.copyOf(strikes);
  }

  private static List<Strike> some(RandomGenerator random) {
    return random
        .ints(2 + random.nextInt(5), 0, Strike.ALL.size())
        .mapToObj(Strike.ALL::get)
        .toList();
  }

  /**
   * Where things go wrong more often, for less.
   *
   * @param strikes the only ones; empty for any
   */
  static Plan rough(RandomGenerator random, CommitMode mode, List<Strike> strikes) {
    return new Plan(
        mode,
        List.of(Availability.values()).get(random.nextInt(3)),
        random.nextInt(3) == 0,
        2 + random.nextInt(3),
        1 + random.nextInt(2),
        100 + random.nextInt(300),
        10 + random.nextInt(30),
        4,
        strikes.isEmpty() ? random.nextInt(3) == 0 ? Strike.ALL : some(random) : strikes);
  }

  static Plan draw(RandomGenerator random, CommitMode mode) {
    return new Plan(
        mode,
        switch (random.nextInt(5)) {
          case 0 -> Availability.FIRST;
          case 1 -> Availability.CONSISTENT;
          default -> Availability.OPERATOR;
        },
        random.nextInt(4) == 0,
        1 + random.nextInt(4),
        1 + random.nextInt(4),
        150 + random.nextInt(600),
        15 + random.nextInt(120),
        random.nextBoolean() ? 12 : 1000,
        switch (random.nextInt(4)) {
          case 0 -> Strike.WITHOUT_OPERATOR;
          case 1 -> Strike.ALL;
          default -> some(random);
        });
  }
}
