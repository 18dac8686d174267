package io.pollux.sim;

import io.pollux.core.Activity;
import io.pollux.node.SimulatedNode;
import io.pollux.sim.SimDatabase.CommitFault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Lets things go wrong by chance, then repairs everything and demands that the pair comes to rest:
 * one active, the other following, equal, nothing lost.
 */
final class Chaos implements World.Driver {
  private static final long SECOND = 1_000_000_000L;
  private static final long LONGEST_SETTLING = 400 * SECOND;
  private static final int LAST_WORK = 60;

  private Phase phase = Phase.BEGINNING;
  private long since;
  private long sinceSteps;
  private long lastCommand;
  private long promotions;
  private boolean startChaosAtOnce;

  private enum Phase {
    BEGINNING,
    FIRST_SYNC,
    CHAOS,
    HEALING,
    LAST_WORK,
    LAST_SYNC
  }

  @Override
  public boolean applicationsWork() {
    return phase == Phase.CHAOS || phase == Phase.LAST_WORK;
  }

  @Override
  public CommitFault commitFault(World world, boolean application) {
    if (phase != Phase.CHAOS || world.random().nextInt(world.plan().commitFaultOneIn()) != 0) {
      return CommitFault.NONE;
    }
    CommitFault[] faults = CommitFault.values();
    return faults[1 + world.random().nextInt(faults.length - 1)];
  }

  private void enter(World world, Phase next) {
    phase = next;
    since = world.now();
    sinceSteps = world.steps();
    world.trace().say("world", () -> "phase " + next);
  }

  @Override
  public boolean direct(World world) {
    switch (phase) {
      case BEGINNING -> {
        world.boxes().forEach(Box::start);
        startChaosAtOnce = world.random().nextInt(4) == 0;
        enter(world, Phase.FIRST_SYNC);
      }
      case FIRST_SYNC -> {
        if (startChaosAtOnce || settles(world)) {
          enter(world, Phase.CHAOS);
        }
      }
      case CHAOS -> chaos(world);
      case HEALING -> {
        keepAlive(world);
        if (settles(world)) {
          enter(world, Phase.LAST_WORK);
        }
      }
      case LAST_WORK -> {
        keepAlive(world);
        if (world.steps() - sinceSteps > LAST_WORK) {
          enter(world, Phase.LAST_SYNC);
        }
      }
      case LAST_SYNC -> {
        keepAlive(world);
        return settles(world);
      }
      default -> throw new AssertionError(phase);
    }
    return false;
  }

  private boolean settles(World world) {
    if (world.steps() % 8 == 0 && world.isQuiet() && world.isInSync()) {
      world.ledger().settled(world.active().orElseThrow());
      return true;
    }
    if (world.now() - since > LONGEST_SETTLING) {
      throw new Violation("STUCK in " + phase + ": " + world.describe());
    }
    return false;
  }

  private void chaos(World world) {
    keepAlive(world);
    if (world.steps() - sinceSteps > world.plan().steps()) {
      heal(world);
      enter(world, Phase.HEALING);
    } else if (world.random().nextInt(world.plan().faultEvery()) == 0) {
      strike(world);
    }
  }

  private void heal(World world) {
    world.network().heal();
    for (Box box : world.boxes()) {
      box.pausedUntil = 0;
      box.stalledUntil = 0;
      box.log.memory.limit(Long.MAX_VALUE / 2);
      box.log.memory.failForce(-1 - box.log.memory.forces());
      box.log.disarm();
      box.files.disarm();
      box.database.comeUp();
    }
  }

  /** Restarts what is down, and makes somebody active if nobody is for long. */
  private void keepAlive(World world) {
    for (Box box : world.boxes()) {
      boolean failed = box.life().flatMap(Box.Life::failure).isPresent();
      if ((box.life().isEmpty() || failed) && !box.isRestarting) {
        box.isRestarting = true;
        long wait = world.random().nextInt(3) == 0 ? 40 * SECOND : SECOND;
        world.later(world.random().nextLong(wait), () -> restart(world, box));
      }
    }
    if (phase != Phase.CHAOS && world.now() - Math.max(since, lastCommand) > 60 * SECOND) {
      lastCommand = world.now();
      promoteSomebody(world);
    }
  }

  private static void restart(World world, Box box) {
    box.isRestarting = false;
    if (box.life().isPresent()) {
      world.crash(box, false, true);
    }
    box.log.memory.limit(Long.MAX_VALUE / 2);
    box.database.comeUp();
    box.start();
  }

  /** The one whose log goes further under the higher epoch, as an operator would choose. */
  private void promoteSomebody(World world) {
    List<Box> warm =
        world.boxes().stream()
            .filter(b -> b.isWell() && b.activity() == Activity.WARM)
            .sorted(
                (x, y) -> {
                  SimulatedNode a = x.node().orElseThrow();
                  SimulatedNode b = y.node().orElseThrow();
                  int byEpoch = Long.compare(b.epoch(), a.epoch());
                  return byEpoch != 0
                      ? byEpoch
                      : b.log().head().position().compareTo(a.log().head().position());
                })
            .toList();
    boolean nobody = world.boxes().stream().noneMatch(b -> b.activity() == Activity.ACTIVE);
    if (nobody && !warm.isEmpty()) {
      // The best one may be refused; then the other one has its turn.
      Box chosen = warm.get((int) (promotions++ % warm.size()));
      command(world, chosen, "promote", n -> n.promote(false));
    }
  }

  private void strike(World world) {
    RandomGenerator random = world.random();
    Box box = world.boxes().get(random.nextInt(2));
    Box other = world.other(box);
    List<Strike> strikes = world.plan().strikes();
    switch (strikes.get(random.nextInt(strikes.size()))) {
      case CRASH -> {
        if (box.life().isPresent()) {
          world.crash(box, random.nextBoolean(), random.nextBoolean());
        }
      }
      case DIE_IN_LOG -> box.log.dieAt(1 + random.nextInt(20));
      case DIE_IN_FILES -> box.files.dieAt(1 + random.nextInt(8));
      case CUT_PERHAPS_ONE_WAY -> cut(world, box, other, random.nextBoolean());
      case CUT -> cut(world, box, other, true);
      case RESET -> {
        world.trace().say("network", () -> "breaks all connections");
        world.network().reset();
      }
      case PAUSE -> {
        box.pausedUntil = world.now() + random.nextLong(20 * SECOND);
        world.trace().say(box.name, () -> "is paused");
      }
      case SLOW_DISK -> {
        box.stalledUntil = world.now() + random.nextLong(5 * SECOND);
        world.trace().say(box.name, () -> "has a slow disk");
      }
      case SLOW_NETWORK -> {
        world.network().slow(500);
        world.later(random.nextLong(5 * SECOND), () -> world.network().slow(1));
      }
      case DATABASE_DOWN -> {
        world.trace().say(box.name, () -> "has no database for a while");
        box.database.goDown();
        world.later(random.nextLong(5 * SECOND), box.database::comeUp);
      }
      case FAILING_FORCE -> failForce(world, box);
      case FULL_DISK -> fillDisk(world, box);
      case LOSE_TAIL -> loseTail(world, box);
      case CUT_AND_OPERATE -> {
        cut(world, box, other, true);
        later(world, 300, () -> operate(world, other));
      }
      case CRASH_AND_OPERATE -> {
        if (box.life().isPresent()) {
          world.crash(box, random.nextBoolean(), random.nextBoolean());
          later(world, 300, () -> operate(world, other));
        }
      }
      case OPERATE -> operate(world, box);
    }
  }

  private static void failForce(World world, Box box) {
    box.broken = true;
    box.log.memory.failForce(1 + world.random().nextInt(3));
    world.trace().say(box.name, () -> "is going to have a failing force");
  }

  private static void fillDisk(World world, Box box) {
    box.broken = true;
    long used = Long.MAX_VALUE / 2 - box.log.memory.usableBytes();
    world.trace().say(box.name, () -> "has a nearly full disk");
    box.log.memory.limit(Math.max(used, 0) + world.random().nextInt(3000));
    world.later(
        world.random().nextLong(20 * SECOND), () -> box.log.memory.limit(Long.MAX_VALUE / 2));
  }

  /** The disk stands still, and then the power fails: what waited for it is gone. */
  private void loseTail(World world, Box box) {
    box.stalledUntil = world.now() + 2 * SECOND;
    world.trace().say(box.name, () -> "has a slow disk");
    later(
        world,
        60,
        () -> {
          if (box.life().isPresent()) {
            world.crash(box, true, world.random().nextBoolean());
          }
        });
  }

  private void later(World world, int millis, Runnable task) {
    world.later(
        world.random().nextLong(millis * 1_000_000L),
        () -> {
          if (phase == Phase.CHAOS) {
            task.run();
          }
        });
  }

  private static void cut(World world, Box box, Box other, boolean both) {
    world.trace().say("network", () -> "is cut from " + box.name + (both ? ", both ways" : ""));
    world.network().cut(box.name, other.name);
    if (both) {
      world.network().cut(other.name, box.name);
    }
    world.later(world.random().nextLong(30 * SECOND), world.network()::heal);
  }

  private static void operate(World world, Box box) {
    if (!box.isWell()) {
      return;
    }
    Box other = world.other(box);
    RandomGenerator random = world.random();
    if (random.nextInt(3) == 0) {
      command(world, box, "switch over", SimulatedNode::switchOver);
    } else if (box.activity() == Activity.ACTIVE) {
      if (random.nextInt(3) == 0) {
        command(world, box, "demote", SimulatedNode::demote);
      }
    } else if (box.activity() == Activity.WARM) {
      boolean free = other.activity() != Activity.ACTIVE || !world.network().isWhole();
      if (free || random.nextInt(6) == 0) {
        command(world, box, "promote", n -> n.promote(!free));
      } else if (random.nextInt(6) == 0) {
        command(world, box, "resync", SimulatedNode::resync);
      }
    }
  }

  /** What an operator orders; it may be refused. */
  static void command(
      World world,
      Box box,
      String what,
      java.util.function.Function<SimulatedNode, CompletableFuture<Void>> order) {
    Box.Life life = box.life().orElseThrow();
    world.trace().say(box.name, () -> "is ordered to " + what);
    life.loop.execute(
        () -> {
          CompletableFuture<Void> unused =
              order
                  .apply(life.node.orElseThrow())
                  .whenComplete(
                      (done, refused) ->
                          world
                              .trace()
                              .say(
                                  box.name,
                                  () ->
                                      what + ": " + (refused == null ? "done" : reason(refused))));
        });
  }

  private static String reason(Throwable refused) {
    return String.valueOf((refused.getCause() == null ? refused : refused.getCause()).getMessage());
  }

  static void jump(Box box, Duration by) {
    box.clock.jump(by.toNanos());
  }
}
