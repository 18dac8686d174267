package io.pollux.runtime;

import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.NodeReport;
import io.pollux.codec.wire.StateEntry;
import io.pollux.codec.wire.StatePart;
import io.pollux.codec.wire.StateReceipt;
import io.pollux.core.Activity;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.EventLoop;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Runtime state and operations of one node. The active node says what its application publishes;
 * the other one holds it until its database has reached the position that it belongs to, and hands
 * it over when it takes its place (FAULTS.md H22). On the loop unless said otherwise.
 */
public final class RuntimeDesk {
  private static final System.Logger LOG = System.getLogger(RuntimeDesk.class.getName());
  private static final int MAX_IDS = 64;

  private final EventLoop loop;
  private final World world;
  private final Audience audience;
  private final OperationDesk operations;
  private final ConcurrentSkipListMap<String, Holding> holdings = new ConcurrentSkipListMap<>();

  private Optional<Consumer<LinkFrame.Builder>> link = Optional.empty();
  private Activity peerActivity = Activity.COLD;
  private Optional<Outbox> outbox = Optional.empty();

  /** Whose positions wait in the inboxes. */
  private Optional<Reign> reign = Optional.empty();

  /** The promotion under way builds on the log as it is: what arrives now comes too late. */
  private boolean detached;

  /** Parts were not taken, so that all has to be said again. */
  private boolean missed;

  /** What waits until transactions are in the log; if the reign ends before, it finds that out. */
  private final Set<Runnable> logging = new LinkedHashSet<>();

  private volatile boolean active;

  /** What somebody waits for; bounded by who publishes and executes. */
  private final Set<CompletableFuture<?>> awaited = ConcurrentHashMap.newKeySet();

  private record Reign(long epoch, long boot) {}

  public RuntimeDesk(EventLoop loop, World world) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.world = Objects.requireNonNull(world, "world");
    this.audience = new Audience(loop, world);
    this.operations = new OperationDesk(loop, world, this::whenLogged);
  }

  /** For the application. Any thread. */
  public Redundancy redundancy() {
    return new LocalRedundancy(this);
  }

  /** Any thread. */
  boolean isActive() {
    return active;
  }

  World world() {
    return world;
  }

  OperationDesk operations() {
    return operations;
  }

  Audience audience() {
    return audience;
  }

  /** What the node is, or how it stands, may have changed. */
  public void changed() {
    detached &= !world.isFollowing();
    boolean now = world.activity() == Activity.ACTIVE;
    if (now != active) {
      active = now;
      if (now) {
        begin();
      } else {
        release();
      }
    }
    if (!now) {
      applied(world.applied());
    }
    meet();
    askAgain();
    audience.changed();
  }

  private void whenLogged(Runnable task) {
    logging.add(task);
    world.whenLogged(
        () -> {
          if (logging.remove(task)) {
            task.run();
          }
        });
  }

  private void release() {
    List<Runnable> waiting = List.copyOf(logging);
    logging.clear();
    waiting.forEach(Runnable::run);
  }

  /** The reign has begun: providers get what this node has, before anybody hears of it. */
  private void begin() {
    List<CompletableFuture<Void>> restored = new ArrayList<>();
    for (Holding holding : holdings.values()) {
      if (detached) { // What belongs after the log's end was cut; the database has all of the log.
        holding.reached(world.end());
      }
      holding.inbox().cut(Position.NONE);
      holding.provider().ifPresent(courier -> restored.add(hand(holding, courier)));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(restored.toArray(new CompletableFuture<?>[0]));
    if (!all.isDone()) {
      audience.hold(all);
    }
  }

  /** To a provider on the active node. */
  private CompletableFuture<Void> hand(Holding holding, Courier courier) {
    if (holding.isKnown()) {
      return courier.restore();
    }
    courier.ask(
        all -> {
          List<StateChange> changes = holding.unsaid(all);
          if (active && !changes.isEmpty()) {
            whenLogged(() -> say(holding, changes, new CompletableFuture<>()));
          }
        });
    return CompletableFuture.completedFuture(null);
  }

  /** The peer has spoken, through {@code send}. */
  public void peer(Consumer<LinkFrame.Builder> send, NodeReport report) {
    link = Optional.of(send);
    peerActivity = Activity.valueOf(report.getActivity());
    Reign now = new Reign(report.getEpoch(), report.getBoot());
    if (peerActivity == Activity.ACTIVE && !reign.equals(Optional.of(now))) {
      reign = Optional.of(now);
      cut(); // Beyond this log's end, the new reign has other records at the same positions.
    }
    meet();
  }

  /** The conversation with the peer is over. */
  public void parted() {
    link = Optional.empty();
    missed = false;
    meet();
    holdings.values().forEach(holding -> holding.inbox().parted());
  }

  private void cut() {
    holdings.values().forEach(holding -> holding.inbox().cut(world.end()));
    operations.cut(world.end());
  }

  /** A backup that follows is told everything, once for each conversation and each reign. */
  private void meet() {
    boolean due = active && link.isPresent() && peerActivity != Activity.ACTIVE;
    if (!due) {
      outbox.ifPresent(Outbox::close);
      outbox = Optional.empty();
      operations.follower(Optional.empty());
    } else if (outbox.isEmpty()) {
      Outbox next = new Outbox(link.orElseThrow(), world::epoch);
      outbox = Optional.of(next);
      operations.follower(link);
      for (Holding holding : holdings.values()) {
        if (holding.isKnown()) {
          next.full(holding.id(), world.end(), holding.values());
        }
      }
    }
  }

  private void askAgain() {
    if (missed && !active && !detached && link.isPresent()) {
      missed = false;
      reply(StateReceipt.newBuilder().setAgain(true));
    }
  }

  private void reply(StateReceipt.Builder receipt) {
    link.ifPresent(send -> send.accept(LinkFrame.newBuilder().setStateReceipt(receipt)));
  }

  /** A promotion begins: the log ends here, and nothing that comes later belongs to it. */
  public void draining() {
    detached = true;
    cut();
  }

  /** The database was replaced by a copy: what belonged to the former one is no more. */
  public void replaced() {
    holdings.values().forEach(Holding::forget);
  }

  /** The database has reached {@code position}. */
  public void applied(Position position) {
    if (!active) {
      holdings.values().forEach(holding -> holding.reached(position));
      operations.applied(position);
    }
  }

  /**
   * The peer's word about runtime state and operations.
   *
   * @return what no honest node says, for people; the conversation should end then
   */
  public Optional<String> frame(LinkFrame frame) {
    switch (frame.getKindCase()) {
      case STATE_PART -> {
        return part(frame.getStatePart());
      }
      case STATE_RECEIPT -> receipt(frame.getStateReceipt());
      case OPERATION_REQUEST ->
          operations.asked(frame.getOperationRequest(), link, !active && !detached);
      default -> operations.answered(frame.getOperationResult());
    }
    return Optional.empty();
  }

  private Optional<String> part(StatePart part) {
    if (active || detached || missed || part.getEpoch() < world.epoch()) {
      missed = true;
      return Optional.empty();
    }
    Optional<Holding> holding = holding(part.getId());
    if (holding.isEmpty()) {
      return Optional.of("it has runtime state under more than " + MAX_IDS + " ids");
    }
    List<StateChange> changes = new ArrayList<>();
    for (StateEntry entry : part.getEntriesList()) {
      Optional<StateValue> value =
          entry.getRemoved()
              ? Optional.empty()
              : Optional.of(new StateValue(entry.getValue().toByteArray(), entry.getContentType()));
      changes.add(new StateChange(entry.getKey(), value));
    }
    boolean taken =
        holding
            .orElseThrow()
            .inbox()
            .take(
                new Inbox.Part(
                    part.getFull(), part.getLast(), new Position(part.getPosition()), changes));
    if (!taken) {
      return Optional.of("its state " + part.getId() + " is larger than any state may be");
    }
    reply(StateReceipt.newBuilder().setNumber(part.getNumber()));
    holding.orElseThrow().reached(world.applied());
    return Optional.empty();
  }

  private void receipt(StateReceipt receipt) {
    if (receipt.getAgain()) {
      outbox.ifPresent(Outbox::close);
      outbox = Optional.empty();
      meet();
    } else {
      outbox.ifPresent(box -> box.receipt(receipt.getNumber()));
    }
  }

  /** Any thread; empty if there are too many. */
  Optional<Holding> holding(String id) {
    Holding known = holdings.get(id);
    if (known == null && holdings.size() < MAX_IDS) {
      known = holdings.computeIfAbsent(id, name -> new Holding(name, this));
    }
    return Optional.ofNullable(known);
  }

  /** Any thread. */
  CompletableFuture<Kept> publish(Holding holding, StateChange change) throws PolluxException {
    if (!active) {
      throw notActive();
    }
    Holding.Staged staged = holding.stage(change);
    if (staged.isFirst()) {
      await(staged.kept());
      onLoop(() -> take(holding));
    }
    return staged.kept();
  }

  /** Fails it if the node ends before. Any thread. */
  void await(CompletableFuture<?> answer) {
    awaited.add(answer);
    CompletableFuture<?> unused = answer.whenComplete((result, failure) -> awaited.remove(answer));
  }

  /** The node has failed, its loop is dead, and nothing of this node is active. Any thread. */
  public void failed() {
    active = false;
    PolluxException stopped =
        new PolluxException(Reason.STOPPED, "the node has stopped; see its log and start it again");
    List.copyOf(awaited).forEach(answer -> answer.completeExceptionally(stopped));
  }

  PolluxException notActive() {
    return new PolluxException(Reason.NOT_ACTIVE, world.whereToWrite());
  }

  /** Any thread. */
  void onLoop(Runnable task) throws PolluxException {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      throw new PolluxException(Reason.STOPPED, "the node has ended; start it again", e);
    }
  }

  private void take(Holding holding) {
    Holding.Batch batch = holding.take();
    whenLogged(() -> say(holding, batch.changes(), batch.kept()));
  }

  private void say(Holding holding, List<StateChange> changes, CompletableFuture<Kept> kept) {
    if (!active) {
      kept.completeExceptionally(notActive());
      return;
    }
    Position position = world.end();
    holding.accept(position, changes);
    if (outbox.isPresent()) {
      outbox.orElseThrow().update(holding.id(), position, changes, kept);
    } else {
      kept.complete(Kept.HERE);
    }
  }

  void provide(Holding holding, StateProvider provider) {
    Courier courier = courier(holding, provider);
    holding.provider(courier);
    if (active) {
      CompletableFuture<Void> unused = hand(holding, courier);
    } else if (holding.isKnown()) {
      CompletableFuture<Void> unused = courier.restore();
    }
  }

  /** Any thread: a node that has ended calls nobody. */
  void ifRunning(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the node has ended", e);
    }
  }

  /** Any thread. */
  Courier courier(Holding holding, StateProvider provider) {
    String name = "state " + holding.id();
    return new Courier(
        provider,
        new Calls(name, loop, world.worker("pollux-state-" + holding.id())),
        holding::snapshot);
  }

  /** The node ends: nobody waits any longer. */
  public void stop() {
    active = false;
    release();
    outbox.ifPresent(Outbox::close);
    outbox = Optional.empty();
    link = Optional.empty();
    operations.follower(Optional.empty());
    audience.stop();
    failed(); // Whoever still waits hears that the node has stopped.
  }

  /** For the status: which providers do not get what they should. */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    holdings.values().forEach(holding -> holding.trouble().ifPresent(troubles::add));
    operations.trouble().ifPresent(troubles::add);
    return troubles;
  }

  /** How many bytes each id takes. Any thread. */
  Map<String, Long> sizes() {
    Map<String, Long> sizes = new TreeMap<>();
    holdings.values().stream()
        .filter(Holding::isKnown)
        .forEach(holding -> sizes.put(holding.id(), holding.bytes()));
    return sizes;
  }
}
