package io.pollux.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.Epoch;
import io.pollux.core.Role;
import io.pollux.pair.PairEvent.Loss;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairMachineTest {
  private static PairState backup(Availability availability) {
    PairState cold = PairMachine.initial(Role.BACKUP, new Epoch(1), false, true);
    PairState warm = PairMachine.step(cold, new PairEvent.Started()).state();
    return PairMachine.step(
            warm, new PairEvent.PeerSpoke(Exploration.peer(Activity.ACTIVE, 1, availability)))
        .state();
  }

  private static PairMachine.Step lose(PairState state, Loss loss, boolean complete) {
    return PairMachine.step(state, new PairEvent.PeerGone(loss, complete));
  }

  @Test
  void aBackupTakesOverWhenTheActiveNodeStaysAway() {
    PairMachine.Step lost = lose(backup(Availability.CONSISTENT), Loss.BROKEN, true);
    assertEquals(List.of(new PairAction.StartFailover(1, Loss.BROKEN)), lost.actions());
    PairMachine.Step due = PairMachine.step(lost.state(), new PairEvent.FailoverDue(1));
    assertEquals(List.of(new PairAction.Drain()), due.actions());
    PairMachine.Step drained = PairMachine.step(due.state(), new PairEvent.Drained());
    assertEquals(Activity.ACTIVE, drained.state().activity());
    PairAction.Reign reign = assertInstanceOf(PairAction.Reign.class, drained.actions().get(0));
    assertEquals(new Epoch(2), reign.epoch());
    assertTrue(reign.fresh());
  }

  @Test
  void aBackupThatHadNotEveryRecordWaitsForAnOperator() {
    assertEquals(List.of(), lose(backup(Availability.FIRST), Loss.SILENT, false).actions());
  }

  @Test
  void withoutTheSettingABackupNeverTakesOverByItself() {
    assertEquals(List.of(), lose(backup(Availability.OPERATOR), Loss.SILENT, true).actions());
  }

  @Test
  void aPeerThatCameBackInTimeEndsTheTakeover() {
    PairState lost = lose(backup(Availability.CONSISTENT), Loss.BROKEN, true).state();
    PairState back =
        PairMachine.step(
                lost,
                new PairEvent.PeerSpoke(
                    Exploration.peer(Activity.ACTIVE, 1, Availability.CONSISTENT)))
            .state();
    assertEquals(List.of(), PairMachine.step(back, new PairEvent.FailoverDue(1)).actions());
    PairState lostAgain = lose(back, Loss.BROKEN, true).state();
    assertEquals(List.of(), PairMachine.step(lostAgain, new PairEvent.FailoverDue(1)).actions());
  }

  @Test
  void aPeerThatComesBackWhileTheRecordsAreAppliedStaysActive() {
    PairState lost = lose(backup(Availability.FIRST), Loss.SILENT, true).state();
    PairState draining = PairMachine.step(lost, new PairEvent.FailoverDue(1)).state();
    PairState back =
        PairMachine.step(
                draining,
                new PairEvent.PeerSpoke(Exploration.peer(Activity.ACTIVE, 1, Availability.FIRST)))
            .state();
    PairMachine.Step drained = PairMachine.step(back, new PairEvent.Drained());
    assertEquals(Activity.WARM, drained.state().activity());
    assertInstanceOf(PairAction.Refuse.class, drained.actions().get(0));
  }

  @Test
  void aPeerThatSaidItStopsIsWaitedForAndThenReplaced() {
    PairState active = backup(Availability.CONSISTENT);
    PairState stopping =
        PairMachine.step(
                active,
                new PairEvent.PeerSpoke(
                    Exploration.peer(Activity.COLD, 1, Availability.CONSISTENT)))
            .state();
    assertEquals(
        List.of(new PairAction.StartFailover(1, Loss.ANNOUNCED)),
        lose(stopping, Loss.ANNOUNCED, true).actions());
  }

  private static PairState yielding() {
    PairState cold = PairMachine.initial(Role.MASTER, new Epoch(1), true, true);
    PairState.Peer peer = Exploration.peer(Activity.WARM, 1, Availability.OPERATOR);
    PairState met = PairMachine.step(cold, new PairEvent.PeerSpoke(peer)).state();
    PairState active = PairMachine.step(met, new PairEvent.Adopted()).state();
    PairMachine.Step asked = PairMachine.step(active, new PairEvent.SwitchAsked(false));
    assertEquals(List.of(new PairAction.Yield()), asked.actions());
    return asked.state();
  }

  @Test
  void whoHasYieldedIsNotActiveWhenItOffers() {
    PairMachine.Step yielded = PairMachine.step(yielding(), new PairEvent.Yielded());
    assertEquals(Activity.WARM, yielded.state().activity());
    PairMachine.Step ready = PairMachine.step(yielded.state(), new PairEvent.Following());
    assertEquals(List.of(new PairAction.Offer()), ready.actions());
  }

  @Test
  void whoIsDeclinedReignsAgainInANewEpoch() {
    PairState yielded = PairMachine.step(yielding(), new PairEvent.Yielded()).state();
    PairState draining = PairMachine.step(yielded, new PairEvent.Declined("poison")).state();
    PairMachine.Step again = PairMachine.step(draining, new PairEvent.Drained());
    assertEquals(Activity.ACTIVE, again.state().activity());
    assertEquals(new Epoch(3), again.state().epoch());
  }

  @Test
  void aLostLinkEndsASwitchoverWithoutANewReignOnEitherSide() {
    PairState yielded = PairMachine.step(yielding(), new PairEvent.Yielded()).state();
    PairState alone = lose(yielded, Loss.BROKEN, true).state();
    assertEquals(Activity.WARM, alone.activity());
    assertEquals(List.of(), PairMachine.step(alone, new PairEvent.Declined("late")).actions());

    PairState warm = backup(Availability.OPERATOR);
    PairState met =
        PairMachine.step(
                warm,
                new PairEvent.PeerSpoke(Exploration.peer(Activity.WARM, 1, Availability.OPERATOR)))
            .state();
    PairState offered = PairMachine.step(met, new PairEvent.Offered()).state();
    PairState lost = lose(offered, Loss.BROKEN, true).state();
    PairMachine.Step drained = PairMachine.step(lost, new PairEvent.Drained());
    assertEquals(Activity.WARM, drained.state().activity());
  }

  /** It learns so in the same greeting, and there must be one of them that is active. */
  @Test
  void aPeerThatIsStillActiveInAnEpochThatIsOverIsNotFollowed() {
    PairState cold = PairMachine.initial(Role.BACKUP, new Epoch(2), true, true);
    PairState.Peer late = Exploration.peer(Activity.ACTIVE, 1, Availability.CONSISTENT);
    PairMachine.Step met = PairMachine.step(cold, new PairEvent.PeerSpoke(late));
    assertEquals(List.of(), met.actions());
    PairMachine.Step alone = PairMachine.step(met.state(), new PairEvent.AllowanceOver());
    assertEquals(Activity.COLD, alone.state().activity());
    PairState.Peer warm = Exploration.peer(Activity.WARM, 2, Availability.CONSISTENT);
    PairMachine.Step follows = PairMachine.step(alone.state(), new PairEvent.PeerSpoke(warm));
    assertEquals(List.of(new PairAction.Adopt()), follows.actions());
    PairMachine.Step again = PairMachine.step(follows.state(), new PairEvent.PeerSpoke(warm));
    assertEquals(List.of(), again.actions());
    PairMachine.Step adopted = PairMachine.step(again.state(), new PairEvent.Adopted());
    assertEquals(Activity.ACTIVE, adopted.state().activity());
    assertEquals(new Epoch(2), adopted.state().epoch());
  }

  @Test
  void anActiveNodeThatLosesItsPeerStaysWhatItIs() {
    PairState cold = PairMachine.initial(Role.MASTER, new Epoch(1), true, false);
    PairState active = PairMachine.step(cold, new PairEvent.Started()).state();
    PairMachine.Step lost = lose(active, Loss.SILENT, true);
    assertEquals(Activity.ACTIVE, lost.state().activity());
    assertEquals(List.of(), lost.actions());
  }

  /** Every state that four epochs and all events can lead to, from every start. */
  @ParameterizedTest
  @EnumSource(Availability.class)
  void inNoReachableStateDoesANodeReignUnderAnEpochThatItHeardOfAsThePeers(
      Availability availability) {
    int states = Exploration.of(availability, PairMachineTest::check);
    assertTrue(states > 100, states + " states");
  }

  private static void check(PairState before, PairEvent event, PairMachine.Step step) {
    String what = before + " + " + event + " -> " + step;
    assertTrue(step.state().epoch().compareTo(before.epoch()) >= 0, what);
    boolean begins =
        before.activity() != Activity.ACTIVE && step.state().activity() == Activity.ACTIVE;
    long reigns = step.actions().stream().filter(PairAction.Reign.class::isInstance).count();
    assertEquals(begins ? 1 : 0, reigns, what);
    boolean ownEpoch = before.reigned() || before.role() == Role.INDEPENDENT || !before.paired();
    boolean freshEpoch = step.state().epoch().compareTo(before.epoch()) > 0;
    assertTrue(!begins || ownEpoch || freshEpoch, what);
  }
}
