package io.pollux.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Activity;
import io.pollux.core.PolluxException;
import io.pollux.core.SyncState;
import io.pollux.pair.PairEvent;
import io.pollux.runtime.Execution;
import io.pollux.runtime.Kept;
import io.pollux.runtime.Registration;
import io.pollux.runtime.RuntimeState;
import io.pollux.runtime.StateProvider;
import io.pollux.runtime.StateValue;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuntimePairTest {
  @TempDir Path root;

  /** Memory that a test looks into. */
  private static final class Memory implements StateProvider {
    final Map<String, String> values = new ConcurrentSkipListMap<>();

    @Override
    public Map<String, StateValue> fullState() {
      return Map.of();
    }

    @Override
    public void restore(long position, Map<String, StateValue> all) {
      values.clear();
      all.forEach((key, value) -> values.put(key, text(value)));
    }

    @Override
    public void update(String key, Optional<StateValue> value) {
      value.ifPresentOrElse(v -> values.put(key, text(v)), () -> values.remove(key));
    }
  }

  private static String text(StateValue value) {
    return new String(value.bytes(), UTF_8);
  }

  private static StateValue value(int number) {
    return new StateValue(String.valueOf(number).getBytes(UTF_8), "text/plain");
  }

  /** Commits a row and publishes its number, until its node is gone. */
  private record Writer(TestNodes nodes, Node node, AtomicInteger acknowledged) {
    void run() {
      RuntimeState state = node.redundancy().state("journal");
      try {
        for (int id = 1; ; id++) {
          nodes.insert(node, "a", id, "row " + id);
          if (state.publish("last", value(id)).toCompletableFuture().get() == Kept.BOTH) {
            acknowledged.set(id);
          }
        }
      } catch (SQLException | PolluxException | ExecutionException e) {
        System.getLogger("test").log(System.Logger.Level.DEBUG, "the node is gone", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DERBY", "H2"})
  void theSurvivorHasTheLastAcknowledgedStateAndItsDatabaseHasTheRowsBeforeIt(TestEngine engine)
      throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    Node a = nodes.open("a");
    nodes.createTable(a, "a");
    nodes.join("b", token);
    try (Node b = nodes.open("b")) {
      Memory memory = new Memory();
      RuntimeState state = b.redundancy().register("journal", memory);
      CopyOnWriteArrayList<Activity> told = new CopyOnWriteArrayList<>();
      Registration listening =
          b.redundancy().listen("test", (before, now) -> told.add(now.activity()));
      TestNodes.awaitInSync(a, b);
      Writer writer = new Writer(nodes, a, new AtomicInteger());
      CompletableFuture<Void> writing = CompletableFuture.runAsync(writer::run);
      Awaitility.await().until(() -> writer.acknowledged().get() > 200);
      a.close();
      writing.get();
      b.command(new PairEvent.PromoteAsked(true, "test")).get();
      Awaitility.await().until(() -> told.contains(Activity.ACTIVE));
      int last = Integer.parseInt(memory.values.get("last"));
      assertTrue(last >= writer.acknowledged().get(), last + " < " + writer.acknowledged());
      assertTrue(nodes.rows("b").containsKey(last), "the row came before the state");
      assertEquals(memory.values.get("last"), text(state.value("last").orElseThrow()));
      assertTrue(b.redundancy().isActive());
      nodes.insert(b, "b", 100_000, "by b");
      assertEquals(Kept.HERE, state.publish("last", value(0)).toCompletableFuture().get());
      listening.close();
    }
  }

  @Test
  void aLargeStateThatChangesQuicklySurvivesThatTheActiveNodeGoesAgainAndAgain() throws Exception {
    int keys = 100_000;
    TestNodes nodes = new TestNodes(root, TestEngine.H2);
    String token = nodes.init("a");
    Node active = nodes.open("a");
    try {
      nodes.createTable(active, "a");
      nodes.join("b", token);
      RuntimeState state = active.redundancy().state("large");
      for (int key = 0; key < keys; key++) {
        CompletionStage<Kept> unused = state.publish("key " + key, value(0));
      }
      int last = 0;
      for (int round = 1; round <= 4; round++) {
        Node backup = nodes.open(round % 2 == 1 ? "b" : "a");
        TestNodes.awaitInSync(active, backup);
        assertEquals(Kept.BOTH, state.publish("begun", value(round)).toCompletableFuture().get());
        int acknowledged = publishAndClose(active, last, keys);
        backup.command(new PairEvent.PromoteAsked(true, "test")).get();
        active = backup;
        state = active.redundancy().state("large");
        assertEquals(keys + 1, state.values().size());
        last = Integer.parseInt(text(state.value("key " + acknowledged % keys).orElseThrow()));
        assertEquals(acknowledged, last);
      }
    } finally {
      active.close();
    }
  }

  /** Returns the last number of which the backup has confirmed that it has it. */
  private static int publishAndClose(Node active, int last, int keys) throws Exception {
    AtomicInteger acknowledged = new AtomicInteger(last);
    RuntimeState state = active.redundancy().state("large");
    for (int number = last + 1; number <= last + 5_000; number++) {
      int mine = number;
      CompletionStage<Void> unused =
          state
              .publish("key " + number % keys, value(number))
              .thenAccept(
                  kept -> acknowledged.accumulateAndGet(kept == Kept.BOTH ? mine : 0, Math::max));
    }
    Awaitility.await().until(() -> acknowledged.get() > last);
    active.close();
    return acknowledged.get();
  }

  @Test
  void anOperationRunsOnBothNodesAndAListenerHearsWhenTheyAreInSync() throws Exception {
    TestNodes nodes = new TestNodes(root, TestEngine.H2);
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      CopyOnWriteArrayList<SyncState> told = new CopyOnWriteArrayList<>();
      Registration listening = a.redundancy().listen("test", (before, now) -> told.add(now.sync()));
      nodes.join("b", token);
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        Awaitility.await().until(() -> told.contains(SyncState.IN_SYNC));
        Registration here = a.redundancy().register("add", argument -> "a".getBytes(UTF_8));
        Registration there = b.redundancy().register("add", argument -> "b".getBytes(UTF_8));
        nodes.insert(a, "a", 1, "before the operation");
        Execution done = a.redundancy().execute("add", new byte[0], "key").get();
        assertEquals(Execution.Peer.DONE, done.peer(), done.detail());
        assertEquals("b", new String(done.peerResult(), UTF_8));
        assertEquals(Map.of(1, "before the operation"), nodes.rows("b"));
        here.close();
        there.close();
      }
      listening.close();
    }
  }
}
