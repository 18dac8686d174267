package io.pollux.sim;

import io.pollux.core.CommitMode;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** One seed played to its end. */
final class Schedule {
  private Schedule() {}

  /**
   * How it went.
   *
   * @param trace empty unless it was asked for
   */
  record Result(
      long seed,
      CommitMode mode,
      Optional<Throwable> failure,
      long steps,
      long committed,
      List<String> trace) {
    String kind() {
      return failure
          .map(f -> f instanceof Violation v ? v.kind() : f.getClass().getSimpleName())
          .orElse("none");
    }
  }

  static Result play(long seed, boolean traced) {
    List<CommitMode> modes = List.of(CommitMode.values());
    return play(seed, modes.get((int) Math.floorMod(seed, (long) modes.size())), traced);
  }

  static Result play(long seed, CommitMode mode, boolean traced) {
    SplittableRandom random = new SplittableRandom(seed);
    return play(seed, new World(random, Plan.draw(random, mode), new Chaos(), traced));
  }

  /** A short one in which much goes wrong. */
  static Result playRough(long seed, CommitMode mode, List<Strike> strikes) {
    SplittableRandom random = new SplittableRandom(seed);
    return play(seed, new World(random, Plan.rough(random, mode, strikes), new Chaos(), false));
  }

  private static Result play(long seed, World world) {
    world.trace().say("world", () -> world.plan().toString());
    Optional<Throwable> failure = Optional.empty();
    try {
      world.play();
    } catch (Throwable e) {
      failure = Optional.of(e);
    }
    return new Result(
        seed,
        world.plan().mode(),
        failure,
        world.steps(),
        world.ledger().count(Ledger.Told.COMMITTED),
        world.trace().lines().stream().map(Trace.Line::toString).toList());
  }
}
