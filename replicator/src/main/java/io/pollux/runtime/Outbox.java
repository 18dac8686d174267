package io.pollux.runtime;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.StateEntry;
import io.pollux.codec.wire.StatePart;
import io.pollux.core.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What one conversation still has to tell the backup, one step for each position. When the link is
 * slow and much waits, later positions join the step that waits, and of each key only the last
 * value counts: so it never takes much more than the state itself, and no more than a few parts are
 * on their way without a receipt. On the loop.
 */
final class Outbox {
  private static final int WINDOW_PARTS = 64;
  private static final long WINDOW_BYTES = 2 << 20;
  private static final long PART_BYTES = 256 << 10;

  /** What waits in steps of their own. */
  private static final long MAX_WAITING_BYTES = 1 << 20;

  private final Consumer<LinkFrame.Builder> send;
  private final LongSupplier epoch;
  private final ArrayDeque<Unsent> unsent = new ArrayDeque<>();
  private final Map<String, Unsent> latest = new HashMap<>();
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private long waitingBytes;
  private long sentBytes;
  private long number;

  /** A step under way: parts of it may be sent. */
  private static final class Unsent {
    private final String id;
    private final boolean full;
    private final Map<String, Optional<StateValue>> changes = new LinkedHashMap<>();
    private final List<CompletableFuture<Kept>> waiting = new ArrayList<>();
    private Position position;

    Unsent(String id, boolean full, Position position) {
      this.id = id;
      this.full = full;
      this.position = position;
    }
  }

  private record Sent(long number, long bytes, List<CompletableFuture<Kept>> waiting) {}

  Outbox(Consumer<LinkFrame.Builder> send, LongSupplier epoch) {
    this.send = Objects.requireNonNull(send, "send");
    this.epoch = Objects.requireNonNull(epoch, "epoch");
  }

  /** The backup gets all of {@code values} in the place of what it has under {@code id}. */
  void full(String id, Position position, Map<String, StateValue> values) {
    Unsent step = add(id, true, position);
    values.forEach((key, value) -> put(step, key, Optional.of(value)));
    pump();
  }

  private Unsent add(String id, boolean full, Position position) {
    Unsent step = new Unsent(id, full, position);
    unsent.add(step);
    latest.put(id, step);
    return step;
  }

  private void put(Unsent step, String key, Optional<StateValue> value) {
    Optional<StateValue> before = step.changes.remove(key); // The latest change comes last.
    if (before != null) {
      waitingBytes -= StateChange.size(key, before);
    }
    step.changes.put(key, value);
    waitingBytes += StateChange.size(key, value);
  }

  /** The backup gets {@code changes}; {@code kept} completes when it holds them. */
  void update(
      String id, Position position, List<StateChange> changes, CompletableFuture<Kept> kept) {
    Unsent step = latest.get(id);
    boolean joins =
        step != null && (step.position.equals(position) || waitingBytes > MAX_WAITING_BYTES);
    if (!joins) {
      step = add(id, false, position);
    }
    step.position = position;
    for (StateChange change : changes) {
      put(step, change.key(), change.value());
    }
    step.waiting.add(kept);
    pump();
  }

  /** The backup holds all parts up to {@code received}. */
  void receipt(long received) {
    while (!sent.isEmpty() && sent.getFirst().number <= received) {
      Sent part = sent.remove();
      sentBytes -= part.bytes;
      part.waiting.forEach(kept -> kept.complete(Kept.BOTH));
    }
    pump();
  }

  /** The conversation has ended: what was published is here, and nobody knows what the peer has. */
  void close() {
    sent.forEach(part -> part.waiting.forEach(kept -> kept.complete(Kept.HERE)));
    unsent.forEach(step -> step.waiting.forEach(kept -> kept.complete(Kept.HERE)));
    sent.clear();
    unsent.clear();
    latest.clear();
  }

  private void pump() {
    while (sent.size() < WINDOW_PARTS && sentBytes < WINDOW_BYTES && !unsent.isEmpty()) {
      Unsent step = unsent.getFirst();
      StatePart.Builder part =
          StatePart.newBuilder()
              .setNumber(++number)
              .setEpoch(epoch.getAsLong())
              .setId(step.id)
              .setFull(step.full)
              .setPosition(step.position.index());
      long bytes = fill(part, step.changes);
      boolean last = step.changes.isEmpty();
      if (last) {
        unsent.remove();
        latest.remove(step.id, step);
      }
      waitingBytes -= bytes;
      sentBytes += bytes;
      sent.add(new Sent(number, bytes, last ? step.waiting : List.of()));
      send.accept(LinkFrame.newBuilder().setStatePart(part.setLast(last)));
    }
  }

  private static long fill(StatePart.Builder part, Map<String, Optional<StateValue>> changes) {
    long bytes = 0;
    Iterator<Map.Entry<String, Optional<StateValue>>> entries = changes.entrySet().iterator();
    while (entries.hasNext() && bytes < PART_BYTES) {
      Map.Entry<String, Optional<StateValue>> next = entries.next();
      bytes += StateChange.size(next.getKey(), next.getValue());
      part.addEntries(entry(next.getKey(), next.getValue()));
      entries.remove();
    }
    return bytes;
  }

  private static StateEntry entry(String key, Optional<StateValue> value) {
    StateEntry.Builder entry = StateEntry.newBuilder().setKey(key).setRemoved(value.isEmpty());
    value.ifPresent(
        v -> entry.setValue(ByteString.copyFrom(v.bytes())).setContentType(v.contentType()));
    return entry.build();
  }
}
