package io.pollux.sim;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.pollux.core.Activity;
import io.pollux.core.PolluxException;
import io.pollux.core.Role;
import io.pollux.core.SyncState;
import io.pollux.engine.Dialect;
import io.pollux.node.SimulatedNode;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Two machines, a network, an application and time. Does one thing after the other, by chance. */
final class World implements Baton.World {
  private static final AtomicLong IDS = new AtomicLong();
  private static final long SECOND = 1_000_000_000L;

  /** The failover timeout, and the time that a node may be late. */
  private static final long NOTICED = 12 * SECOND;

  private static final long LONGEST_WAIT = 200 * SECOND;
  private static final long MOST_STEPS = 100_000;
  private static final long ALLOWANCE = 30 * SECOND;
  private static final Configuration FILES =
      Configuration.unix().toBuilder().setMaxSize(4L << 30).build();

  private final long id = IDS.incrementAndGet();
  private final SplittableRandom random;
  private final Plan plan;
  private final Trace trace;
  private final Baton baton = new Baton(this);
  private final SimNetwork network;
  private final Ledger ledger = new Ledger(this);
  private final FileSystem fileSystem = Jimfs.newFileSystem(FILES);
  private final Map<Long, SortedMap<String, Object>> copies = new TreeMap<>();
  private final List<Box> boxes = new ArrayList<>();
  private final List<Application> applications = new ArrayList<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::number));
  private final Map<Box, TreeSet<Long>> crashed = new TreeMap<>(Comparator.comparing(b -> b.name));
  private final Driver driver;
  private long now;
  private long steps;
  private long numbered;

  private record Later(long at, long number, Runnable task) {}

  /** One thing that can happen now. */
  private record Choice(Runnable task, Optional<Fiber> fiber) {}

  /** Who decides what goes wrong and when it is over. */
  interface Driver {
    /** Before each step; true ends the world. */
    boolean direct(World world);

    boolean applicationsWork();

    SimDatabase.CommitFault commitFault(World world, boolean application);
  }

  World(SplittableRandom random, Plan plan, Driver driver, boolean traced) {
    this.random = random;
    this.plan = plan;
    this.driver = driver;
    this.trace = new Trace(() -> now, traced);
    this.network = new SimNetwork(() -> now, random);
    boxes.add(box("a", Role.MASTER));
    boxes.add(box("b", Role.BACKUP));
    for (int i = 1; i <= plan.clients(); i++) {
      applications.add(new Application(this, "app" + i));
    }
  }

  private Box box(String name, Role role) {
    SimDatabase database = new SimDatabase(name, new DatabaseSetting());
    return new Box(this, name, role, database, fileSystem.getPath("/"));
  }

  /** Plays to the end; throws what went wrong. */
  void play() throws Throwable {
    try {
      baton.run();
    } finally {
      boxes.forEach(Box::close);
      fileSystem.close();
    }
  }

  // What the parts ask for.

  String id() {
    return id + "/";
  }

  long now() {
    return now;
  }

  long steps() {
    return steps;
  }

  RandomGenerator random() {
    return random;
  }

  Plan plan() {
    return plan;
  }

  Trace trace() {
    return trace;
  }

  Baton baton() {
    return baton;
  }

  SimNetwork network() {
    return network;
  }

  Ledger ledger() {
    return ledger;
  }

  List<Box> boxes() {
    return boxes;
  }

  Box box(String name) {
    return boxes.stream().filter(b -> b.name.equals(name)).findFirst().orElseThrow();
  }

  Box other(Box box) {
    return boxes.get(boxes.get(0) == box ? 1 : 0);
  }

  Dialect dialect(SimDatabase database) {
    return new SimDialect(database, copies);
  }

  boolean await(BooleanSupplier condition, long nanos) {
    long deadline = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
    return condition.getAsBoolean() || baton.await(condition, deadline);
  }

  /** Lets others go on, now and then. */
  void step(int oneIn) {
    if (baton.isFiber() && random.nextInt(oneIn) == 0) {
      boolean unused = baton.await(Fiber.ALWAYS, Long.MAX_VALUE);
    }
  }

  void later(long nanos, Runnable task) {
    later.add(new Later(now + nanos, numbered++, task));
  }

  /** A transaction has ended after so long. */
  void waited(String who, Ledger.Entry entry, long nanos) {
    if (nanos > LONGEST_WAIT) {
      throw new Violation(
          "BLOCKED: " + who + " waited " + nanos / SECOND + " s for the answer to " + entry);
    }
  }

  // What happens to nodes.

  void nodeFailed(Box box, Box.Life life, Throwable cause) {
    if (life.dead || life.failure.isPresent()) {
      return;
    }
    life.failure = Optional.of(cause);
    trace.say(box.name, () -> "stops: " + cause.toString().replace(id(), ""));
    boolean expected = cause instanceof PolluxException || cause instanceof IOException;
    boolean fromDatabase = cause instanceof java.sql.SQLException;
    boolean fromDisk = box.broken && cause instanceof IllegalStateException;
    if (!expected && !fromDatabase && !fromDisk) {
      throw new Violation("BROKEN: node " + box.name + " stops with " + cause, cause);
    }
    boolean outside =
        cause instanceof PolluxException p
            && (p.reason() == PolluxException.Reason.DISK_ERROR
                || p.reason() == PolluxException.Reason.DATABASE_UNREACHABLE);
    if (cause instanceof PolluxException && !outside && !box.broken) {
      throw new Violation("REFUSED: node " + box.name + " stops with " + cause, cause);
    }
    life.node.ifPresent(
        node -> node.failed(cause instanceof Exception e ? e : new IllegalStateException(cause)));
  }

  /** The process dies in the middle of something. */
  void died(Box box) {
    crash(box, true, random.nextBoolean());
  }

  void crash(Box box, boolean power, boolean heard) {
    trace.say(box.name, () -> power ? "loses power" : "is killed");
    crashed.computeIfAbsent(box, key -> new TreeSet<>()).addAll(ledger.holdings(box));
    box.die(power);
    network.died(box.name, heard);
    ledger.reread(box.database);
    box.logView.forget();
  }

  // One step.

  @Override
  public Optional<Fiber> step() {
    if (++steps > MOST_STEPS) {
      throw new Violation("BUSY: the world does not come to rest: " + describe());
    }
    observe();
    if (driver.direct(this)) {
      baton.end();
      return Optional.empty();
    }
    Optional<Fiber> killed = baton.killed();
    if (killed.isPresent()) {
      return killed;
    }
    while (!later.isEmpty() && later.peek().at() <= now) {
      later.poll().task().run();
    }
    List<Choice> choices = choices();
    if (choices.isEmpty() || random.nextInt(20) == 0) {
      advance(choices.isEmpty());
      return Optional.empty();
    }
    Choice choice = choices.get(random.nextInt(choices.size()));
    perform(choice.task());
    return choice.fiber();
  }

  private void perform(Runnable task) {
    try {
      task.run();
    } catch (Died died) {
      trace.say("world", () -> "a task ended with its process");
    }
  }

  private List<Choice> choices() {
    List<Choice> choices = new ArrayList<>();
    for (Box box : boxes) {
      box.life().filter(Box.Life::isRunning).ifPresent(life -> addChoices(box, life, choices));
    }
    for (Fiber fiber : baton.fibers()) {
      if (fiber.process.isRunning() && fiber.isReady(now)) {
        choices.add(new Choice(() -> {}, Optional.of(fiber)));
      }
    }
    for (SimNetwork.Side side : network.deliverable()) {
      choices.add(new Choice(() -> deliver(side), Optional.empty()));
    }
    if (driver.applicationsWork()) {
      for (Application application : applications) {
        if (application.nextAt() <= now) {
          choices.add(new Choice(() -> begin(application), Optional.empty()));
        }
      }
    }
    return choices;
  }

  private void addChoices(Box box, Box.Life life, List<Choice> choices) {
    if (life.loop.isDue() && life.node.isPresent()) {
      Choice turn = new Choice(life.loop::runOne, Optional.empty());
      choices.add(turn);
      choices.add(turn);
    }
    for (SimWorker worker : life.workers) {
      boolean stalled = worker == life.writing && now < box.stalledUntil;
      if (worker.isDue() && !stalled) {
        choices.add(new Choice(() -> work(box, life, worker), Optional.empty()));
      }
    }
  }

  private void deliver(SimNetwork.Side side) {
    trace.say("network", side::describe);
    side.deliver();
  }

  private void work(Box box, Box.Life life, SimWorker worker) {
    Runnable task = worker.take();
    if (worker.mayWait) {
      Fiber unused = baton.start(box.name + " " + worker.name, life, task);
    } else {
      task.run();
    }
  }

  private void begin(Application application) {
    List<Box> well = boxes.stream().filter(Box::isWell).toList();
    List<Box> active = well.stream().filter(b -> b.activity() == Activity.ACTIVE).toList();
    List<Box> from = active.isEmpty() || random.nextInt(30) == 0 ? well : active;
    if (from.isEmpty() || active.isEmpty() && random.nextInt(10) != 0) {
      application.ended();
      return;
    }
    Box box = from.get(random.nextInt(from.size()));
    application.begin(box, box.life().orElseThrow(), application.anyOrder());
  }

  private void advance(boolean idle) {
    long next = later.isEmpty() ? Long.MAX_VALUE : later.peek().at();
    next = Math.min(next, network.nextArrival());
    for (Box box : boxes) {
      if (box.life().isPresent()) {
        Box.Life life = box.life().get();
        next = Math.min(next, Math.max(life.loop.nextTimer(), box.pausedUntil));
        next = Math.min(next, box.stalledUntil > now ? box.stalledUntil : Long.MAX_VALUE);
        next = Math.min(next, box.pausedUntil > now ? box.pausedUntil : Long.MAX_VALUE);
      }
    }
    for (Fiber fiber : baton.fibers()) {
      next = Math.min(next, fiber.deadline);
    }
    if (driver.applicationsWork()) {
      for (Application application : applications) {
        next = Math.min(next, application.nextAt());
      }
    }
    if (next == Long.MAX_VALUE) {
      if (idle) {
        now += SECOND;
      }
    } else if (next > now) {
      now = idle ? next : Math.min(next, now + random.nextLong(1_000_000));
    }
  }

  /** Looks at all there is, after every step. */
  private void observe() {
    for (Box box : boxes) {
      box.life().filter(life -> life.node.isPresent()).ifPresent(life -> observe(box, life));
    }
  }

  private void observe(Box box, Box.Life life) {
    SimulatedNode node = life.node.orElseThrow();
    try {
      if (box.logView.follow(node.log())) {
        ledger.reopened(box);
      }
      Optional.ofNullable(crashed.remove(box)).ifPresent(had -> ledger.recovered(box, had));
    } catch (PolluxException e) {
      if (life.failure.isEmpty()) {
        throw new Violation("UNREADABLE log of " + box.name, e);
      }
    }
    boolean followed = node.isFollowed();
    if (followed != life.wasFollowed) {
      life.wasFollowed = followed;
      life.followChanges++;
    }
    boolean active = node.activity() == Activity.ACTIVE;
    if (active && !life.wasActive) {
      life.activeSince = now;
      boolean alone = now - life.since >= ALLOWANCE - SECOND; // Its clock may be fast.
      trace.say(box.name, () -> "is active in epoch " + node.epoch());
      ledger.reigns(box, node.epoch(), alone);
    } else if (!active && life.wasActive) {
      trace.say(box.name, () -> "is no longer active");
    }
    life.wasActive = active;
    if (active && steps % 16 == 0 && node.status().sync() == SyncState.IN_SYNC) {
      requireTruth(box);
    }
  }

  /**
   * Whoever says that the pair is in sync must be right, once it must have noticed that the other
   * node is another one now, or reigns itself.
   */
  private void requireTruth(Box active) {
    Optional<Box.Life> peer = other(active).life();
    if (peer.filter(life -> now - Math.max(life.since, life.activeSince) > NOTICED).isPresent()) {
      ledger.requireEqual(active.name + " says IN_SYNC");
    }
  }

  /** Whether one node reigns, the other follows, and both say that they are equal. */
  boolean isInSync() {
    return boxes.stream()
            .allMatch(
                box ->
                    box.isWell()
                        && box.node()
                            .filter(n -> n.status().sync() == SyncState.IN_SYNC)
                            .isPresent())
        && active().isPresent();
  }

  /** The one active node, if it is one. */
  Optional<Box> active() {
    List<Box> active = boxes.stream().filter(b -> b.activity() == Activity.ACTIVE).toList();
    return active.size() == 1 ? Optional.of(active.get(0)) : Optional.empty();
  }

  List<Application> applications() {
    return applications;
  }

  boolean isQuiet() {
    return applications.stream().noneMatch(Application::isBusy);
  }

  /** What each node says of itself, for whoever reads why the world did not come to rest. */
  String describe() {
    StringBuilder text = new StringBuilder();
    applications.forEach(a -> a.waitsAt().ifPresent(at -> text.append(at).append("; ")));
    for (Box box : boxes) {
      text.append(box.name).append(": ");
      text.append(
          box.node()
              .map(
                  n ->
                      n.activity()
                          + " in epoch "
                          + n.epoch()
                          + ", log "
                          + n.log().head().position()
                          + ", applied "
                          + n.applied()
                          + ", "
                          + n.status().sync()
                          + ": "
                          + n.status().syncReason())
              .orElse("down"));
      box.life().flatMap(l -> l.failure).ifPresent(f -> text.append(", stopped: ").append(f));
      text.append("; ");
    }
    return text.toString();
  }

  private final class DatabaseSetting implements SimDatabase.Setting {
    @Override
    public void requireAlive() {
      baton.requireAlive();
    }

    @Override
    public void step() {
      World.this.step(3);
    }

    @Override
    public boolean await(BooleanSupplier condition, long nanos) {
      return World.this.await(condition, nanos);
    }

    @Override
    public SimDatabase.CommitFault commitFault(SimDatabase.Session session) {
      return driver.commitFault(World.this, session.application);
    }

    @Override
    public boolean isWeak() {
      return plan.weak();
    }

    @Override
    public void later(long nanos, Runnable task) {
      World.this.later(nanos, task);
    }

    @Override
    public boolean chance(int oneIn) {
      return random.nextInt(oneIn) == 0;
    }

    @Override
    public long nanosUpTo(long most) {
      return random.nextLong(most + 1);
    }

    @Override
    public void committed(SimDatabase database, Map<String, Optional<Object>> changes) {
      ledger.committed(database, changes);
    }

    @Override
    public void replaced(SimDatabase database) {
      Box box = boxes.stream().filter(b -> b.database == database).findFirst().orElseThrow();
      trace.say(box.name, () -> "takes a full copy");
      box.copiedAt = now;
      if (other(box).life().isPresent()) {
        ledger.replaced(box, ledger.holdings(box));
      } else {
        ledger.reread(database); // What the other one holds is known when it is up again.
      }
    }
  }
}
