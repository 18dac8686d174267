package io.pollux.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Activity;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RuntimeDeskTest {
  private final Twins twins = new Twins();

  static StateValue value(String text) {
    return new StateValue(text.getBytes(UTF_8), "text/plain");
  }

  private CompletableFuture<Kept> publish(String key, String text) throws PolluxException {
    CompletableFuture<Kept> kept =
        twins.active.state.publish(key, value(text)).toCompletableFuture();
    twins.loop.runUntilIdle();
    return kept;
  }

  private void say(String key, String text) throws PolluxException {
    CompletableFuture<Kept> unused = publish(key, text);
  }

  @Test
  void theBackupHoldsAValueUntilItsDatabaseHasThePosition() throws Exception {
    twins.connect();
    twins.active.end = 5;
    CompletableFuture<Kept> kept = publish("a", "1");
    assertFalse(kept.isDone());
    twins.deliverAll();
    assertEquals(Kept.BOTH, kept.get());
    assertEquals(Map.of(), twins.backup.given);
    twins.backup.end = 5;
    twins.backup.applies(4);
    assertEquals(Map.of(), twins.backup.given);
    twins.backup.applies(5);
    assertEquals(Map.of("a", value("1")), twins.backup.given);
    assertEquals(5, twins.backup.state.position());
  }

  @Test
  void aPromotedNodeHandsOverTheNewestStateThatItsDatabaseHasReached() throws Exception {
    twins.connect();
    twins.active.end = 5;
    say("a", "at 5");
    twins.active.end = 6;
    say("a", "at 6");
    twins.active.end = 7;
    say("a", "at 7");
    twins.deliverAll();
    twins.backup.end = 6;
    twins.cut();
    twins.promote(3);
    assertEquals(Map.of("a", value("at 6")), twins.backup.given);
    assertEquals(1, twins.backup.restores);
    assertTrue(twins.backup.redundancy.isActive());
  }

  @Test
  void aValueDoesNotLeaveBeforeTheTransactionsThatCameFirst() throws Exception {
    twins.connect();
    twins.active.end = 5;
    twins.active.logsAtOnce = false;
    say("a", "after the sixth record");
    twins.active.end = 6;
    assertTrue(twins.backup.incoming.isEmpty());
    twins.active.unlogged.forEach(Runnable::run);
    twins.deliverAll();
    twins.backup.end = 6;
    twins.backup.applies(5);
    assertEquals(Map.of(), twins.backup.given);
    twins.backup.applies(6);
    assertEquals(1, twins.backup.given.size());
  }

  @Test
  void aReignThatEndsTellsWhoeverPublishedLast() throws Exception {
    twins.active.logsAtOnce = false;
    CompletableFuture<Kept> kept = publish("a", "1");
    twins.active.activity = Activity.WARM;
    twins.active.desk.changed();
    ExecutionException e = assertThrows(ExecutionException.class, kept::get);
    assertEquals(Reason.NOT_ACTIVE, ((PolluxException) e.getCause()).reason());
    assertThrows(PolluxException.class, () -> publish("a", "2"));
  }

  @Test
  void aNodeThatFailsIsNotActiveAndLetsNobodyWait() throws Exception {
    twins.connect();
    CompletableFuture<Kept> kept = publish("a", "1");
    assertFalse(kept.isDone());
    twins.active.desk.failed();
    assertFalse(twins.active.redundancy.isActive());
    ExecutionException e = assertThrows(ExecutionException.class, kept::get);
    assertEquals(Reason.STOPPED, ((PolluxException) e.getCause()).reason());
  }

  @Test
  void whatIsPublishedAloneIsKeptHereAndToldAtTheFirstContact() throws Exception {
    twins.active.end = 2;
    assertEquals(Kept.HERE, publish("a", "1").get());
    twins.connect();
    twins.catchUp();
    assertEquals(Map.of("a", value("1")), twins.backup.given);
    assertEquals(1, twins.backup.restores);
  }

  @Test
  void whoeverRegistersOnTheActiveNodeIsAskedForAllOnceAndWhatWasPublishedCountsAsNewer()
      throws Exception {
    twins.connect();
    Twins.Node node = twins.active;
    node.given.putAll(Map.of("a", value("old"), "b", value("kept")));
    node.blocks = true;
    RuntimeState state = node.redundancy.register("t", node);
    twins.loop.runUntilIdle();
    CompletableFuture<Kept> kept = state.publish("a", value("new")).toCompletableFuture();
    twins.loop.runUntilIdle();
    node.blocks = false;
    node.blocked.forEach(Runnable::run);
    twins.catchUp();
    assertEquals(Kept.BOTH, kept.get());
    Map<String, StateValue> expected = Map.of("a", value("new"), "b", value("kept"));
    assertEquals(expected, twins.backup.redundancy.state("t").values());
  }

  @Test
  void aSlowLinkCarriesTheLastValueOfEachKeyOnly() throws Exception {
    twins.connect();
    for (int i = 0; i < 10_000; i++) {
      twins.active.end++;
      say("k" + i % 10, "value " + i);
    }
    assertTrue(twins.backup.incoming.size() <= 64, "frames: " + twins.backup.incoming.size());
    twins.catchUp();
    assertEquals(twins.active.state.values(), twins.backup.given);
  }

  @Test
  void aStateOfManyPartsIsTakenTogetherOrNotAtAll() throws Exception {
    twins.connect();
    say("a", "before");
    twins.catchUp();
    Map<String, StateValue> before = new TreeMap<>(twins.backup.given);
    twins.cut();
    for (int i = 0; i < 10; i++) {
      twins.active.state.publish("big" + i, new StateValue(new byte[200_000], ""));
    }
    twins.loop.runUntilIdle();
    twins.connect();
    twins.deliver(twins.backup);
    twins.deliver(twins.backup);
    twins.cut();
    twins.promote(0);
    assertEquals(before, twins.backup.given);
  }

  @Test
  void aStateDoesNotGrowWithoutBounds() throws Exception {
    StateValue big = new StateValue(new byte[StateValue.MAX_BYTES], "");
    for (int i = 0; i < 63; i++) {
      twins.active.state.publish("k" + i, big);
      twins.loop.runUntilIdle();
    }
    PolluxException e =
        assertThrows(PolluxException.class, () -> twins.active.state.publish("one more", big));
    assertEquals(Reason.TOO_LARGE, e.reason());
    assertThrows(
        IllegalArgumentException.class,
        () -> new StateValue(new byte[StateValue.MAX_BYTES + 1], ""));
  }

  @Test
  void aProviderThatThrowsGetsAllAgainAndAffectsNobodyElse() throws Exception {
    List<String> heard = new ArrayList<>();
    StateProvider broken =
        new StateProvider() {
          @Override
          public Map<String, StateValue> fullState() {
            throw new IllegalStateException("no state");
          }

          @Override
          public void restore(long position, Map<String, StateValue> values) {
            heard.add("all " + values.keySet());
          }

          @Override
          public void update(String key, java.util.Optional<StateValue> value) {
            heard.add("one " + key);
            throw new IllegalStateException("no update");
          }
        };
    twins.connect();
    say("a", "1");
    twins.catchUp();
    Registration registration = twins.backup.state.watch(broken);
    say("b", "2");
    twins.catchUp();
    say("c", "3");
    twins.catchUp();
    assertEquals(List.of("all [a]", "one b", "all [a, b, c]"), heard);
    assertEquals(3, twins.backup.given.size());
    registration.close();
    say("d", "4");
    twins.catchUp();
    assertEquals(3, heard.size());
  }

  @Test
  void aProviderThatBlocksHoldsUpNobodyLongerThanItsDeadline() throws Exception {
    twins.connect();
    say("a", "1");
    twins.catchUp();
    List<Standing> told = new ArrayList<>();
    Registration listening = twins.backup.redundancy.listen("test", (before, now) -> told.add(now));
    twins.loop.runUntilIdle();
    twins.cut();
    twins.backup.blocks = true;
    Registration unused = twins.backup.state.watch(twins.active);
    RuntimeState slow = twins.backup.redundancy.register("s", twins.backup);
    twins.loop.runUntilIdle();
    twins.backup.blocks = false;
    twins.promote(0);
    assertTrue(twins.backup.redundancy.isActive());
    assertEquals(Activity.WARM, told.get(told.size() - 1).activity());
    twins.loop.advance(Redundancy.DEADLINE);
    assertEquals(Activity.ACTIVE, told.get(told.size() - 1).activity());
    assertTrue(slow.trouble().orElseThrow().contains("has not returned within 10 s"));
    assertEquals(1, twins.backup.desk.troubles().size());
    listening.close();
    unused.close();
  }

  @Test
  void anOperationRunsOnTheBackupOnceItsDatabaseIsThere() throws Exception {
    List<String> ran = new ArrayList<>();
    register(twins.active, "active", ran);
    register(twins.backup, "backup", ran);
    twins.connect();
    twins.active.end = 3;
    CompletableFuture<Execution> first = execute("x", "key");
    CompletableFuture<Execution> again = execute("x", "key");
    twins.deliverAll();
    assertFalse(first.isDone());
    assertEquals(List.of("active x"), ran);
    twins.catchUp();
    assertEquals(List.of("active x", "backup x"), ran);
    assertEquals(Execution.Peer.DONE, first.get().peer());
    assertEquals("backup x", new String(first.get().peerResult(), UTF_8));
    assertEquals(first.get(), again.get());
    twins.cut();
    twins.promote(0);
    twins.follow(false);
    assertEquals("backup x", new String(execute("x", "key").get().result(), UTF_8));
    assertEquals(2, ran.size());
    assertThrows(ExecutionException.class, execute("y", "key")::get);
  }

  @Test
  void anOperationThatThrowsHereDoesNotRunOnTheBackup() throws Exception {
    List<String> ran = new ArrayList<>();
    twins.active.redundancy.register(
        "op",
        argument -> {
          throw new java.io.IOException("no disk");
        });
    register(twins.backup, "backup", ran);
    twins.connect();
    CompletableFuture<Execution> answer = execute("x", "");
    twins.catchUp();
    ExecutionException e = assertThrows(ExecutionException.class, answer::get);
    assertTrue(e.getMessage().contains("no disk"), e.getMessage());
    assertEquals(List.of(), ran);
  }

  @Test
  void aLostLinkLeavesTheBackupsResultUnknownAndWhatItHoldsStillRuns() throws Exception {
    List<String> ran = new ArrayList<>();
    register(twins.active, "active", ran);
    register(twins.backup, "backup", ran);
    twins.connect();
    twins.active.end = 3;
    twins.backup.end = 3;
    CompletableFuture<Execution> answer = execute("x", "");
    twins.deliver(twins.backup);
    twins.cut();
    assertEquals(Execution.Peer.UNKNOWN, answer.get().peer());
    twins.promote(0);
    assertEquals(List.of("active x", "backup x"), ran);
    assertEquals(Execution.Peer.NONE, aloneAfterPromotion(ran).get().peer());
  }

  private CompletableFuture<Execution> aloneAfterPromotion(List<String> ran)
      throws PolluxException {
    twins.follow(true);
    CompletableFuture<Execution> alone = execute("y", "");
    assertEquals("backup y", ran.get(ran.size() - 1));
    return alone;
  }

  private static void register(Twins.Node node, String name, List<String> ran) {
    Registration unused =
        node.redundancy.register(
            "op",
            argument -> {
              String what = name + " " + new String(argument, UTF_8);
              ran.add(what);
              return what.getBytes(UTF_8);
            });
  }

  private CompletableFuture<Execution> execute(String argument, String key) throws PolluxException {
    CompletableFuture<Execution> answer =
        twins.active.redundancy.execute("op", argument.getBytes(UTF_8), key);
    twins.loop.runUntilIdle();
    return answer;
  }

  @Test
  void aListenerHearsHowTheNodeStandsAndThenWhatChanges() {
    AtomicReference<String> heard = new AtomicReference<>("");
    Registration registration =
        twins.backup.redundancy.listen(
            "test", (before, now) -> heard.set(before.activity() + " to " + now.activity()));
    twins.loop.runUntilIdle();
    assertEquals("WARM to WARM", heard.get());
    twins.promote(0);
    assertEquals("WARM to ACTIVE", heard.get());
    registration.close();
    twins.loop.runUntilIdle();
    twins.follow(false);
    twins.active.activity = Activity.WARM;
    twins.active.desk.changed();
    twins.loop.runUntilIdle();
    assertEquals("WARM to ACTIVE", heard.get());
  }
}
