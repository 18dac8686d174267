package io.pollux.runtime;

import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;

/** What this node has under one id. On the loop, but for what the application calls. */
final class Holding implements RuntimeState {
  private final String id;
  private final RuntimeDesk desk;
  private final Inbox inbox = new Inbox();
  private final List<Courier> watchers = new ArrayList<>();
  private Optional<Courier> provider = Optional.empty();
  private volatile boolean known;

  /** Written on the loop only. */
  private final ConcurrentSkipListMap<String, StateValue> values = new ConcurrentSkipListMap<>();

  private volatile long bytes;
  private volatile long position;

  /** Guarded by this: what was published and the loop has not taken yet. */
  private Optional<Batch> staged = Optional.empty();

  /** What is published within one turn of the loop. */
  static final class Batch {
    private final Map<String, Optional<StateValue>> changes = new LinkedHashMap<>();
    private final CompletableFuture<Kept> kept = new CompletableFuture<>();
    private long bytes;

    CompletableFuture<Kept> kept() {
      return kept;
    }

    List<StateChange> changes() {
      List<StateChange> all = new ArrayList<>(changes.size());
      changes.forEach((key, value) -> all.add(new StateChange(key, value)));
      return all;
    }
  }

  Holding(String id, RuntimeDesk desk) {
    this.id = Names.require("state id", id);
    this.desk = Objects.requireNonNull(desk, "desk");
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public CompletionStage<Kept> publish(String key, StateValue value) throws PolluxException {
    return desk.publish(this, new StateChange(key, Optional.of(value)));
  }

  @Override
  public CompletionStage<Kept> remove(String key) throws PolluxException {
    return desk.publish(this, new StateChange(key, Optional.empty()));
  }

  @Override
  public Optional<StateValue> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  @Override
  public Map<String, StateValue> values() {
    return Collections.unmodifiableMap(new TreeMap<>(values));
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public Optional<String> trouble() {
    return provider.flatMap(Courier::trouble);
  }

  @Override
  public Registration watch(StateProvider watcher) {
    Courier courier = desk.courier(this, watcher);
    desk.ifRunning(() -> watcher(courier));
    return () -> desk.ifRunning(() -> unwatch(courier));
  }

  /** A change that waits for the loop; the first of a batch has to call it. */
  record Staged(boolean isFirst, CompletableFuture<Kept> kept) {}

  /** Any thread. */
  synchronized Staged stage(StateChange change) throws PolluxException {
    long total = bytes + staged.map(batch -> batch.bytes).orElse(0L) + change.size();
    if (change.value().isPresent() && total > MAX_BYTES) {
      throw new PolluxException(
          PolluxException.Reason.TOO_LARGE,
          "can't publish "
              + change.key()
              + ": the state "
              + id
              + " would take more than "
              + MAX_BYTES
              + " bytes; remove keys that nobody needs");
    }
    boolean isFirst = staged.isEmpty();
    Batch batch = staged.orElseGet(Batch::new);
    staged = Optional.of(batch);
    batch.changes.remove(change.key());
    batch.changes.put(change.key(), change.value());
    batch.bytes += change.size();
    return new Staged(isFirst, batch.kept);
  }

  /** What was staged since the last time. */
  synchronized Batch take() {
    Batch taken = staged.orElseThrow();
    staged = Optional.empty();
    return taken;
  }

  /** Any thread: what all keys and values take. */
  long bytes() {
    return bytes;
  }

  Inbox inbox() {
    return inbox;
  }

  /** Whether anything was ever said under this id. */
  boolean isKnown() {
    return known;
  }

  Courier.Snapshot snapshot() {
    return new Courier.Snapshot(position, values());
  }

  Optional<Courier> provider() {
    return provider;
  }

  /** The newest one counts. */
  void provider(Courier courier) {
    provider.ifPresent(Courier::close);
    provider = Optional.of(courier);
  }

  void watcher(Courier courier) {
    watchers.add(courier);
    CompletableFuture<Void> unused = courier.restore();
  }

  void unwatch(Courier courier) {
    courier.close();
    watchers.remove(courier);
  }

  /** This node's own application has said so. */
  void accept(Position at, List<StateChange> changes) {
    set(at, changes);
    watchers.forEach(watcher -> watcher.update(changes));
  }

  /** The database has reached what the active node has said. */
  void reached(Position applied) {
    for (Inbox.Step step : inbox.reached(applied)) {
      if (step.isFull()) {
        values.clear();
        bytes = 0;
      }
      List<StateChange> changes = step.changes();
      set(step.position(), changes);
      listeners().forEach(courier -> bring(courier, step, changes));
    }
  }

  /** The database to which this belonged is no more; what waits belongs to the new one. */
  void forget() {
    values.clear();
    bytes = 0;
    position = 0;
    known = false;
  }

  private static void bring(Courier courier, Inbox.Step step, List<StateChange> changes) {
    if (step.isFull()) {
      CompletableFuture<Void> unused = courier.restore();
    } else {
      courier.update(changes);
    }
  }

  private List<Courier> listeners() {
    List<Courier> all = new ArrayList<>(watchers);
    provider.ifPresent(all::add);
    return all;
  }

  private void set(Position at, List<StateChange> changes) {
    long total = bytes;
    for (StateChange change : changes) {
      StateValue before =
          change.value().isPresent()
              ? values.put(change.key(), change.value().orElseThrow())
              : values.remove(change.key());
      if (before != null) {
        total -= StateChange.size(change.key(), Optional.of(before));
      }
      total += change.value().isPresent() ? change.size() : 0;
    }
    bytes = total;
    position = at.index();
    known = true;
  }

  /** Of what a provider had when it registered, what nobody has published since. */
  List<StateChange> unsaid(Map<String, StateValue> all) {
    List<StateChange> changes = new ArrayList<>();
    all.forEach(
        (key, value) -> {
          if (!values.containsKey(key)) {
            changes.add(new StateChange(key, Optional.of(value)));
          }
        });
    return changes;
  }
}
