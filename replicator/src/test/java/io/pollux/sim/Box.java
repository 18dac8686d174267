package io.pollux.sim;

import io.pollux.core.Activity;
import io.pollux.core.Role;
import io.pollux.env.EventLoop;
import io.pollux.env.MemoryDisk;
import io.pollux.env.Patience;
import io.pollux.node.SimulatedNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A machine: disks and a database that stay, and a node that starts and dies. */
final class Box implements SimNetwork.Host {
  final String name;
  final Role role;
  final SimDatabase database;
  final SimDisk files;
  final SimDisk log;
  final SimDisk orphans;
  final SimClock clock;
  final LogView logView = new LogView();
  private final World world;
  private final String url;
  private final Path directory;

  long pausedUntil;
  long stalledUntil;
  boolean broken;

  /** When a copy last replaced the database: what it had applied may be gone until it is again. */
  long copiedAt = -1;

  boolean isRestarting;
  private Optional<Life> life = Optional.empty();
  private int lives;

  /** From a start to the next crash. */
  final class Life implements Fiber.Owner {
    final SimLoop loop = new SimLoop(clock, this::failed);
    final SimWorker writing = new SimWorker("log", false);
    final SimWorker applying = new SimWorker("apply", true);
    final SimWorker copying = new SimWorker("copy", true);
    final List<SimWorker> workers = List.of(writing, applying, copying);
    final long since = world.now();
    Optional<SimulatedNode> node = Optional.empty();
    Optional<Throwable> failure = Optional.empty();
    boolean dead;
    boolean wasFollowed;
    int followChanges;
    boolean wasActive;

    /** Meaningless before it is active for the first time. */
    long activeSince;

    Optional<Throwable> failure() {
      return failure;
    }

    @Override
    public boolean isAlive() {
      return !dead;
    }

    @Override
    public boolean isRunning() {
      return !dead && world.now() >= pausedUntil;
    }

    /** What a node's failure handler does. */
    void failed(Throwable cause) {
      world.nodeFailed(Box.this, this, cause);
    }

    private void open() {
      try {
        SimulatedNode opened =
            new SimulatedNode(
                new SimulatedNode.Identity(
                    name,
                    name,
                    world.other(Box.this).name,
                    role,
                    world.plan().mode(),
                    world.plan().availability(),
                    url),
                new SimulatedNode.Machine(
                    loop,
                    writing,
                    applying,
                    copying,
                    new WorldPatience(),
                    files,
                    log,
                    orphans,
                    world.network().wire(Box.this),
                    () -> world.network().leave(name),
                    directory.resolve(name + ++lives)),
                world.dialect(database),
                this::failed);
        node = Optional.of(opened);
        opened.start();
      } catch (io.pollux.core.PolluxException | java.io.IOException e) {
        failed(e);
      }
    }
  }

  private final class WorldPatience implements Patience {
    @Override
    public void await(CompletableFuture<?> future) {
      boolean unused = world.await(future::isDone, Long.MAX_VALUE);
    }

    @Override
    public boolean await(CompletableFuture<?> future, Duration timeout) {
      return world.await(future::isDone, timeout.toNanos());
    }
  }

  Box(World world, String name, Role role, SimDatabase database, Path directory) {
    this.world = world;
    this.name = name;
    this.role = role;
    this.database = database;
    this.directory = directory;
    this.url = SimJdbc.PREFIX + world.id() + name;
    SimJdbc.add(url, database);
    files = new SimDisk(name + "/files", () -> world.died(this));
    log = new SimDisk(name + "/log", () -> world.died(this));
    orphans = new SimDisk(name + "/orphans", () -> world.died(this));
    clock =
        new SimClock(
            world::now, world.random().nextLong(1L << 40), world.random().nextLong(-200, 201));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public EventLoop loop() {
    return life.orElseThrow().loop;
  }

  @Override
  public boolean isAlive() {
    return life.isPresent();
  }

  /** When this life began; never if it is down. */
  long since() {
    return life.map(l -> l.since).orElse(Long.MAX_VALUE);
  }

  Optional<Life> life() {
    return life;
  }

  Optional<SimulatedNode> node() {
    return life.flatMap(l -> l.node);
  }

  Activity activity() {
    return node().map(SimulatedNode::activity).orElse(Activity.COLD);
  }

  /** Whether it serves: not failed, not paused. */
  boolean isWell() {
    return life.filter(l -> l.failure.isEmpty() && l.node.isPresent() && l.isRunning()).isPresent();
  }

  void start() {
    Life started = new Life();
    life = Optional.of(started);
    pausedUntil = 0;
    broken = false;
    world.baton().start(name + " start", started, started::open);
  }

  /** The process is gone; {@code power} takes what was not forced with it. */
  void die(boolean power) {
    Life ending = life.orElseThrow();
    life = Optional.empty();
    ending.dead = true;
    ending.loop.die();
    ending.workers.forEach(SimWorker::die);
    world.baton().kill(ending);
    for (MemoryDisk disk : List.of(files.memory, log.memory, orphans.memory)) {
      if (power) {
        disk.crash(world.random());
      } else {
        disk.processDies();
      }
    }
    files.disarm();
    log.disarm();
    database.crash();
  }

  void close() {
    SimJdbc.remove(url);
  }
}
