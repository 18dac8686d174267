package io.pollux.pair;

import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.Epoch;
import io.pollux.core.Role;
import io.pollux.pair.PairEvent.Loss;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes the machine to every state that all events can lead to, from every start. */
final class Exploration {
  private static final int HIGHEST_EPOCH = 4;
  private static final int MOST_LOSSES = 2;

  private Exploration() {}

  @FunctionalInterface
  interface Visitor {
    void step(PairState before, PairEvent event, PairMachine.Step step);
  }

  /** Returns how many states there are. */
  static int of(Availability availability, Visitor visitor) {
    Set<PairState> seen = new HashSet<>();
    Deque<PairState> open = new ArrayDeque<>();
    for (Role role : Role.values()) {
      for (boolean paired : new boolean[] {false, true}) {
        open.add(PairMachine.initial(role, new Epoch(1), role != Role.BACKUP, paired));
      }
    }
    while (!open.isEmpty()) {
      PairState state = open.remove();
      boolean beyond = state.epoch().number() > HIGHEST_EPOCH || state.losses() > MOST_LOSSES;
      if (beyond || !seen.add(state)) {
        continue;
      }
      for (PairEvent event : events(availability)) {
        PairMachine.Step step = PairMachine.step(state, event);
        visitor.step(state, event, step);
        open.add(step.state());
      }
    }
    return seen.size();
  }

  static PairState.Peer peer(Activity activity, long epoch, Availability availability) {
    return new PairState.Peer("a", activity, new Epoch(epoch), true, availability);
  }

  private static List<PairEvent> events(Availability availability) {
    return List.of(
        new PairEvent.Started(),
        new PairEvent.AllowanceOver(),
        new PairEvent.PeerSpoke(peer(Activity.WARM, 1, availability)),
        new PairEvent.PeerSpoke(peer(Activity.ACTIVE, 1, availability)),
        new PairEvent.PeerSpoke(peer(Activity.ACTIVE, 3, availability)),
        new PairEvent.PeerSpoke(peer(Activity.COLD, 2, availability)),
        new PairEvent.PeerGone(Loss.BROKEN, true),
        new PairEvent.PeerGone(Loss.SILENT, false),
        new PairEvent.FailoverDue(1),
        new PairEvent.FailoverDue(2),
        new PairEvent.Adopted(),
        new PairEvent.PromoteAsked(false, "operator"),
        new PairEvent.PromoteAsked(true, "operator"),
        new PairEvent.DemoteAsked(),
        new PairEvent.Drained(),
        new PairEvent.DrainFailed("poison"),
        new PairEvent.EpochSeen(new Epoch(2)),
        new PairEvent.SwitchAsked(false),
        new PairEvent.SwitchAsked(true),
        new PairEvent.Yielded(),
        new PairEvent.YieldFailed("slow"),
        new PairEvent.Following(),
        new PairEvent.Offered(),
        new PairEvent.Declined("poison"));
  }
}
