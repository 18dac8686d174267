package io.pollux.sim;

import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.CommitMode;
import io.pollux.node.SimulatedNode;
import io.pollux.sim.SimDatabase.CommitFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * A story in lines: a command, and below it, indented, what it leads to. Lines that begin with
 * {@code #} are for the reader. The commands are listed in docs/testing.md.
 */
final class Scenario implements World.Driver {
  private static final long SECOND = 1_000_000_000L;
  private static final long LONGEST_WAIT = 300 * SECOND;
  private static final long SEED = 1;

  private final Deque<String> script = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private CommitMode mode = CommitMode.RECEIVED;
  private Availability availability = Availability.OPERATOR;
  private boolean weak;
  private CommitFault nextCommit = CommitFault.NONE;

  /** Of a node itself, not of the application. */
  private CommitFault nextOwnCommit = CommitFault.NONE;

  private BooleanSupplier done = () -> true;
  private long since;
  private int seen;

  /** Plays a story; returns it with what really happened. */
  static String play(String story) throws Throwable {
    Scenario scenario = new Scenario();
    for (String line : story.split("\n", -1)) {
      scenario.read(line);
    }
    return scenario.run();
  }

  private void read(String line) {
    if (line.startsWith("mode ")) {
      mode = CommitMode.valueOf(line.substring(5).toUpperCase(Locale.ROOT));
    } else if (line.startsWith("availability ")) {
      availability = Availability.valueOf(line.substring(13).toUpperCase(Locale.ROOT));
    } else if (line.equals("weak")) {
      weak = true;
    }
    if (!line.startsWith("  ")) {
      script.add(line);
    }
  }

  private String run() throws Throwable {
    Plan plan = new Plan(mode, availability, weak, 4, 4, 0, 1, 1, List.of());
    new World(new SplittableRandom(SEED), plan, this, true).play();
    return String.join("\n", told);
  }

  @Override
  public boolean applicationsWork() {
    return false;
  }

  @Override
  public CommitFault commitFault(World world, boolean application) {
    if (!application) {
      CommitFault own = nextOwnCommit;
      nextOwnCommit = CommitFault.NONE;
      return own;
    }
    CommitFault fault = nextCommit;
    nextCommit = CommitFault.NONE;
    return fault;
  }

  @Override
  public boolean direct(World world) {
    while (done.getAsBoolean()) {
      hear(world);
      if (script.isEmpty()) {
        return true;
      }
      String line = script.remove();
      told.add(line);
      since = world.now();
      done = () -> true;
      if (!line.isBlank() && !line.startsWith("#")) {
        perform(world, line.split(" +", -1));
      }
    }
    if (world.now() - since > LONGEST_WAIT) {
      throw new Violation("IN-VAIN: " + told.get(told.size() - 1) + ": " + world.describe());
    }
    return false;
  }

  /** What was said since the last command, without the network's small talk. */
  private void hear(World world) {
    List<Trace.Line> lines = world.trace().lines();
    for (Trace.Line line : lines.subList(seen, lines.size())) {
      boolean matters =
          List.of("app", "a", "b", "ledger").contains(line.who())
              && !line.what().startsWith("is ordered");
      if (matters) {
        told.add("  " + line.who() + " " + line.what());
      }
    }
    seen = lines.size();
  }

  private void perform(World world, String[] words) {
    switch (words[0]) {
      case "mode", "availability", "weak" -> {} // Read before the world began.
      case "ask" -> {
        perform(world, Arrays.copyOfRange(words, 1, words.length));
        done = () -> true; // The answer may come later.
      }
      case "heal" -> world.network().heal();
      case "reset" -> world.network().reset();
      case "cut" -> {
        world.network().cut(words[1], words[2]);
        world.network().cut(words[2], words[1]);
      }
      case "cut-one-way" -> world.network().cut(words[1], words[2]);
      case "await" -> await(world, words);
      case "wait" -> {
        long end = world.now() + (long) (Double.parseDouble(words[1]) * SECOND);
        done = () -> world.now() >= end;
      }
      case "answer" -> nextCommit = fault(words[1]);
      case "answer-node" -> nextOwnCommit = fault(words[1]);
      case "equal" -> world.ledger().requireEqual("the story says that they are equal");
      case "settled" -> world.ledger().settled(world.active().orElseThrow());
      default -> performAt(world, world.box(words[1]), words);
    }
  }

  private static CommitFault fault(String word) {
    return CommitFault.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private void await(World world, String[] words) {
    done =
        switch (words[1]) {
          case "sync" -> world::isInSync;
          case "answers" -> world::isQuiet;
          case "active" -> () -> world.box(words[2]).activity() == Activity.ACTIVE;
          case "warm" -> () -> world.box(words[2]).activity() == Activity.WARM;
          case "stopped" -> () -> world.box(words[2]).life().flatMap(Box.Life::failure).isPresent();
          default -> throw new IllegalArgumentException("await " + words[1]);
        };
  }

  private void performAt(World world, Box box, String[] words) {
    switch (words[0]) {
      case "start" -> box.start();
      case "kill" -> world.crash(box, false, true);
      case "power" -> world.crash(box, true, false);
      case "commit", "begin" -> commit(world, box, words);
      case "promote" -> order(world, box, "promote", n -> n.promote(false));
      case "force" -> order(world, box, "promote", n -> n.promote(true));
      case "switch" -> order(world, box, "switch over", SimulatedNode::switchOver);
      case "demote" -> order(world, box, "demote", SimulatedNode::demote);
      case "resync" -> order(world, box, "resync", SimulatedNode::resync);
      case "pause" -> box.pausedUntil = world.now() + Long.parseLong(words[2]) * SECOND;
      case "slow-disk" -> box.stalledUntil = world.now() + Long.parseLong(words[2]) * SECOND;
      case "fail-force" -> {
        box.broken = true;
        box.log.memory.failForce(1);
      }
      case "full-disk" -> {
        box.broken = true;
        box.log.memory.limit(Long.MAX_VALUE / 2 - box.log.memory.usableBytes());
      }
      case "free-disk" -> box.log.memory.limit(Long.MAX_VALUE / 2);
      case "database-down" -> box.database.goDown();
      case "database-up" -> box.database.comeUp();
      case "set-clock" -> Chaos.jump(box, java.time.Duration.ofSeconds(Long.parseLong(words[2])));
      default -> throw new IllegalArgumentException("no such command: " + words[0]);
    }
  }

  /** {@code commit NODE [KEY…] [long]} waits for the answer; {@code begin} does not. */
  private void commit(World world, Box box, String[] words) {
    List<Long> keys = new ArrayList<>();
    boolean isLong = false;
    for (String word : List.of(words).subList(2, words.length)) {
      if (word.equals("long")) {
        isLong = true;
      } else {
        keys.add(Long.parseLong(word));
      }
    }
    Application free =
        world.applications().stream().filter(a -> !a.isBusy()).findFirst().orElseThrow();
    free.begin(
        box,
        box.life().orElseThrow(),
        new Application.Order(keys.isEmpty() ? List.of(0L) : keys, isLong));
    done = words[0].equals("commit") ? () -> !free.isBusy() : () -> true;
  }

  private void order(
      World world,
      Box box,
      String what,
      java.util.function.Function<SimulatedNode, java.util.concurrent.CompletableFuture<Void>>
          order) {
    boolean[] answered = {false};
    Chaos.command(
        world,
        box,
        what,
        node -> order.apply(node).whenComplete((none, refused) -> answered[0] = true));
    done = () -> answered[0];
  }
}
