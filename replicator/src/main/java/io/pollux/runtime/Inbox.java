package io.pollux.runtime;

import io.pollux.core.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Steps of one id that came from the active node and wait until this node's database has reached
 * their position. Bounded: when steps take too much, the oldest two become one, which is reached
 * when the later would be. On the loop.
 */
final class Inbox {
  /** Waiting steps are merged above it; one step alone may take what a state may take. */
  private static final long MERGE_ABOVE = 8L << 20;

  private final ArrayDeque<Step> waiting = new ArrayDeque<>();
  private Optional<Step> arriving = Optional.empty();
  private long bytes;

  /** What takes the state from one position to another, at once. */
  static final class Step {
    private final boolean full;
    private final Map<String, Optional<StateValue>> changes = new LinkedHashMap<>();
    private Position position = Position.NONE;
    private long bytes;

    Step(boolean full) {
      this.full = full;
    }

    /** Whether it replaces all that was there before. */
    boolean isFull() {
      return full;
    }

    Position position() {
      return position;
    }

    List<StateChange> changes() {
      List<StateChange> all = new ArrayList<>(changes.size());
      changes.forEach((key, value) -> all.add(new StateChange(key, value)));
      return all;
    }

    private void add(String key, Optional<StateValue> value) {
      Optional<StateValue> before = changes.remove(key); // The latest change comes last.
      if (before != null) {
        bytes -= StateChange.size(key, before);
      }
      changes.put(key, value);
      bytes += StateChange.size(key, value);
    }
  }

  /** One part of a step, in order; the step begins to count with its last one. */
  record Part(boolean full, boolean last, Position position, List<StateChange> changes) {
    Part {
      Objects.requireNonNull(position, "position");
      changes = List.copyOf(changes);
    }
  }

  /**
   * Takes a part.
   *
   * @return false if the step is longer than any state: no honest node sends that
   */
  boolean take(Part part) {
    Step step = arriving.orElseGet(() -> new Step(part.full()));
    part.changes().forEach(change -> step.add(change.key(), change.value()));
    if (step.bytes > 2 * RuntimeState.MAX_BYTES) {
      arriving = Optional.empty();
      return false;
    }
    if (!part.last()) {
      arriving = Optional.of(step);
      return true;
    }
    arriving = Optional.empty();
    Position previous = waiting.isEmpty() ? Position.NONE : waiting.getLast().position;
    step.position = previous.isAfter(part.position()) ? previous : part.position();
    waiting.add(step);
    bytes += step.bytes;
    while (bytes > MERGE_ABOVE && waiting.size() > 1) {
      mergeOldest();
    }
    return true;
  }

  private void mergeOldest() {
    Step first = waiting.remove();
    Step second = waiting.remove();
    bytes -= first.bytes + second.bytes;
    Step merged = second;
    if (!second.full) {
      merged = first;
      second.changes.forEach(first::add);
      first.position = second.position;
    }
    waiting.addFirst(merged);
    bytes += merged.bytes;
  }

  /** Removes, in order, the steps that count now that the database is at {@code applied}. */
  List<Step> reached(Position applied) {
    List<Step> reached = new ArrayList<>();
    while (!waiting.isEmpty() && !waiting.getFirst().position.isAfter(applied)) {
      Step step = waiting.remove();
      bytes -= step.bytes;
      reached.add(step);
    }
    return reached;
  }

  /** The conversation has ended in the middle of a step. */
  void parted() {
    arriving = Optional.empty();
  }

  /**
   * The reign in which these came has ended, and this log with {@code end}: what belongs after it
   * is not to be mistaken for what another reign writes at the same positions.
   */
  void cut(Position end) {
    arriving = Optional.empty();
    while (!waiting.isEmpty() && waiting.getLast().position.isAfter(end)) {
      bytes -= waiting.removeLast().bytes;
    }
  }
}
