package io.pollux.runtime;

import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.NodeReport;
import io.pollux.core.Activity;
import io.pollux.core.Position;
import io.pollux.core.SyncState;
import io.pollux.env.FakeLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/** Two nodes without logs and databases: a test says how far each of them is. */
final class Twins {
  final FakeLoop loop = new FakeLoop();
  Node active = new Node();
  Node backup = new Node();
  boolean connected;
  private long epoch = 1;

  /** Where the log of the node that took over last ended before. */
  private long shared;

  Twins() {
    active.activity = Activity.ACTIVE;
    active.epoch = epoch;
    active.desk.changed();
    backup.activity = Activity.WARM;
    backup.epoch = epoch;
    backup.desk.changed();
  }

  /** A node's runtime state, and what it sees of the node. */
  final class Node implements World, StateProvider {
    Activity activity = Activity.COLD;
    boolean promoting;
    long end;
    long applied;
    long epoch;
    final List<Runnable> unlogged = new ArrayList<>();
    boolean logsAtOnce = true;
    final ArrayDeque<LinkFrame> incoming = new ArrayDeque<>();
    final RuntimeDesk desk = new RuntimeDesk(loop, this);
    final Redundancy redundancy = desk.redundancy();

    /** What the provider of this node was given. */
    final Map<String, StateValue> given = new TreeMap<>();

    int restores;
    RuntimeState state = redundancy.register("s", this);
    final List<Runnable> blocked = new ArrayList<>();
    boolean blocks;

    @Override
    public Activity activity() {
      return activity;
    }

    @Override
    public boolean isFollowing() {
      return activity != Activity.ACTIVE && !promoting;
    }

    @Override
    public Standing standing() {
      return new Standing(activity, "epoch " + epoch, SyncState.UNKNOWN, "", connected, "");
    }

    @Override
    public Position end() {
      return new Position(end);
    }

    @Override
    public Position applied() {
      return new Position(applied);
    }

    @Override
    public long epoch() {
      return epoch;
    }

    @Override
    public String whereToWrite() {
      return "the other node is active";
    }

    @Override
    public void whenLogged(Runnable task) {
      if (logsAtOnce) {
        task.run();
      } else {
        unlogged.add(task);
      }
    }

    @Override
    public Executor worker(String name) {
      return task -> {
        if (blocks) {
          blocked.add(task);
        } else {
          loop.execute(task);
        }
      };
    }

    @Override
    public Map<String, StateValue> fullState() {
      return Map.copyOf(given);
    }

    @Override
    public void restore(long position, Map<String, StateValue> values) {
      restores++;
      given.clear();
      given.putAll(values);
    }

    @Override
    public void update(String key, Optional<StateValue> value) {
      value.ifPresentOrElse(v -> given.put(key, v), () -> given.remove(key));
    }

    void applies(long upTo) {
      applied = upTo;
      desk.applied(applied());
      loop.runUntilIdle();
    }
  }

  void connect() {
    connected = true;
    active.desk.peer(frame -> send(backup, frame), report(backup));
    backup.desk.peer(frame -> send(active, frame), report(active));
    loop.runUntilIdle();
  }

  private static NodeReport report(Node node) {
    return NodeReport.newBuilder()
        .setActivity(node.activity.name())
        .setEpoch(node.epoch)
        .setBoot(1)
        .build();
  }

  private void send(Node to, LinkFrame.Builder frame) {
    if (connected) {
      to.incoming.add(frame.build());
    }
  }

  void cut() {
    connected = false;
    active.incoming.clear();
    backup.incoming.clear();
    active.desk.parted();
    backup.desk.parted();
    loop.runUntilIdle();
  }

  /** One frame reaches a node. */
  boolean deliver(Node to) {
    LinkFrame frame = to.incoming.poll();
    if (frame != null) {
      to.desk
          .frame(frame)
          .ifPresent(
              why -> {
                throw new AssertionError(why);
              });
      loop.runUntilIdle();
    }
    return frame != null;
  }

  void deliverAll() {
    loop.runUntilIdle();
    boolean any = true;
    while (any) {
      any = deliver(active);
      any |= deliver(backup);
    }
  }

  /** The database of the backup gets all that there is. */
  void catchUp() {
    deliverAll();
    backup.end = active.end;
    backup.applies(backup.end);
    deliverAll();
  }

  /**
   * The backup takes over; its promotion logs {@code decisions} records before the reign begins.
   */
  void promote(int decisions) {
    Node next = backup;
    shared = next.end;
    next.promoting = true;
    next.desk.draining();
    next.applies(next.end);
    next.end += decisions;
    next.applies(next.end);
    next.epoch = ++epoch;
    next.end++;
    next.promoting = false;
    next.activity = Activity.ACTIVE;
    next.desk.changed();
    loop.runUntilIdle();
  }

  /** The former active node follows now; {@code restarted}: its memory is empty. */
  void follow(boolean restarted) {
    Node former = restarted ? new Node() : active;
    active = backup;
    backup = former;
    former.activity = Activity.WARM;
    former.epoch = epoch;
    if (former.end > shared) { // Its database is replaced by a copy of the active one's.
      former.end = active.end;
      former.desk.replaced();
    }
    former.applied = former.end;
    former.desk.changed();
    loop.runUntilIdle();
  }
}
