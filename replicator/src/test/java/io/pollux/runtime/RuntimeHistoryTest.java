package io.pollux.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.pollux.core.PolluxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishes, cuts, kills and promotions at random, against a list of what was published. */
class RuntimeHistoryTest {
  private final List<Published> history = new ArrayList<>();
  private Twins twins = new Twins();
  private Random random = new Random(0);
  private int values;

  /** The backup has had all of the state since it follows this active node. */
  private boolean informed;

  private record Published(StateChange change, long position, CompletableFuture<Kept> kept) {
    boolean isHeldByBoth() {
      return kept.isDone() && !kept.isCompletedExceptionally() && kept.join() == Kept.BOTH;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theSurvivorHasTheLastAcknowledgedStateThatItsDatabaseHasReached(long seed) throws Exception {
    for (long round = 0; round < 60; round++) {
      random = new Random(seed * 1000 + round);
      twins = new Twins();
      history.clear();
      publish();
      settle();
      for (int step = 0; step < 300; step++) {
        step();
      }
      settle();
      assertEquals(state(history.size()), twins.active.state.values(), "seed " + seed);
      assertEquals(twins.active.state.values(), twins.backup.state.values());
      assertEquals(twins.active.state.values(), twins.backup.given);
    }
  }

  private void step() throws PolluxException {
    int choice = random.nextInt(100);
    if (choice < 20) {
      twins.active.end++;
    } else if (choice < 45) {
      publish();
    } else if (choice < 65) {
      twins.deliver(random.nextBoolean() ? twins.active : twins.backup);
    } else if (choice < 75 && twins.connected) {
      twins.backup.end = between(twins.backup.end, twins.active.end);
    } else if (choice < 85) {
      twins.backup.applies(between(twins.backup.applied, twins.backup.end));
    } else if (choice < 88) {
      settle();
    } else if (choice < 92 && twins.connected) {
      twins.cut();
    } else if (choice < 96 && !twins.connected) {
      twins.connect();
    } else if (choice < 97 && informed) {
      takeOver();
    }
  }

  private long between(long from, long to) {
    return to <= from ? from : from + random.nextInt((int) (to - from) + 1);
  }

  private void publish() throws PolluxException {
    String key = "k" + random.nextInt(6);
    Optional<StateValue> value =
        random.nextInt(5) == 0
            ? Optional.empty()
            : Optional.of(RuntimeDeskTest.value("value " + ++values));
    CompletionStage<Kept> kept =
        value.isPresent()
            ? twins.active.state.publish(key, value.orElseThrow())
            : twins.active.state.remove(key);
    history.add(
        new Published(new StateChange(key, value), twins.active.end, kept.toCompletableFuture()));
    twins.loop.runUntilIdle();
  }

  private void settle() {
    if (!twins.connected) {
      twins.connect();
    }
    twins.catchUp();
    informed = true;
  }

  private void takeOver() {
    if (twins.connected) {
      twins.cut();
    }
    long end = twins.backup.end;
    twins.promote(random.nextInt(3));
    checkHandedOver(end);
    twins.follow(random.nextBoolean());
    informed = false;
  }

  /** The state is that after one of the publications that it may be, which then is the last one. */
  private void checkHandedOver(long end) {
    int least = 0;
    int most = 0;
    for (int i = 0; i < history.size(); i++) {
      Published published = history.get(i);
      if (published.position() <= end) {
        most = i + 1;
        least = published.isHeldByBoth() ? i + 1 : least;
      }
    }
    Map<String, StateValue> given = twins.backup.state.values();
    assertEquals(given, twins.backup.given, "the provider has what the node has");
    for (int count = most; count >= least; count--) {
      if (state(count).equals(given)) {
        history.subList(count, history.size()).clear();
        return;
      }
    }
    fail("no state from " + least + " to " + most + " of " + history.size() + ": " + given);
  }

  private Map<String, StateValue> state(int count) {
    Map<String, StateValue> state = new TreeMap<>();
    for (Published published : history.subList(0, count)) {
      StateChange change = published.change();
      change
          .value()
          .ifPresentOrElse(v -> state.put(change.key(), v), () -> state.remove(change.key()));
    }
    return state;
  }
}
