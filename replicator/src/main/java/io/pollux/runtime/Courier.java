package io.pollux.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings one provider its state, as fast as it takes it: of each key only the last value waits. On
 * the loop.
 */
final class Courier {
  private final StateProvider provider;
  private final Calls calls;
  private final Supplier<Snapshot> all;

  /** Waits to be brought; before {@link #updates}. */
  private Optional<Snapshot> restore = Optional.empty();

  private final Map<String, Optional<StateValue>> updates = new LinkedHashMap<>();
  private Optional<Consumer<Map<String, StateValue>>> question = Optional.empty();
  private final List<CompletableFuture<Void>> restored = new ArrayList<>();

  /** The provider has failed and lacks something. */
  private boolean behind;

  private boolean closed;

  /** All values at a position. */
  record Snapshot(long position, Map<String, StateValue> values) {}

  /**
   * @param all what the provider should have now
   */
  Courier(StateProvider provider, Calls calls, Supplier<Snapshot> all) {
    this.provider = Objects.requireNonNull(provider, "provider");
    this.calls = Objects.requireNonNull(calls, "calls");
    this.all = Objects.requireNonNull(all, "all");
  }

  Optional<String> trouble() {
    return calls.trouble();
  }

  /** Asks for all that the provider has; if it fails, there is no answer. */
  void ask(Consumer<Map<String, StateValue>> answer) {
    question = Optional.of(answer);
    next();
  }

  /** Completes when the provider has it, or has failed, or is overdue. */
  CompletableFuture<Void> restore() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    restored.add(done);
    replace();
    next();
    if (calls.isOverdue()) {
      tellRestored();
    }
    return done;
  }

  private void replace() {
    restore = Optional.of(all.get());
    updates.clear();
    behind = false;
  }

  void update(List<StateChange> changes) {
    for (StateChange change : changes) {
      updates.remove(change.key());
      updates.put(change.key(), change.value());
    }
    next();
  }

  void close() {
    closed = true;
    tellRestored();
  }

  private void next() {
    if (closed || calls.isBusy()) {
      return;
    }
    if (question.isPresent()) {
      Consumer<Map<String, StateValue>> answer = question.orElseThrow();
      question = Optional.empty();
      calls.begin("fullState", provider::fullState, outcome(answer));
      return;
    }
    if (behind && !updates.isEmpty()) {
      replace();
    }
    if (restore.isPresent()) {
      Snapshot snapshot = restore.orElseThrow();
      restore = Optional.empty();
      begin("restore", () -> provider.restore(snapshot.position(), snapshot.values()));
    } else if (!updates.isEmpty()) {
      Map<String, Optional<StateValue>> changes = new LinkedHashMap<>(updates);
      updates.clear();
      begin("update", () -> changes.forEach(provider::update));
    } else {
      tellRestored();
    }
  }

  private void begin(String what, Runnable call) {
    calls.begin(
        what,
        () -> {
          call.run();
          return true;
        },
        outcome(done -> {}));
  }

  private <T> Calls.Outcome<T> outcome(Consumer<T> returned) {
    return new Calls.Outcome<>() {
      @Override
      public void returned(T result) {
        returned.accept(result);
        next();
      }

      @Override
      public void threw(String failure) {
        behind = true;
        next();
      }

      @Override
      public void overdue(String failure) {
        tellRestored();
      }
    };
  }

  private void tellRestored() {
    List<CompletableFuture<Void>> waiting = List.copyOf(restored);
    restored.clear();
    waiting.forEach(done -> done.complete(null));
  }
}
