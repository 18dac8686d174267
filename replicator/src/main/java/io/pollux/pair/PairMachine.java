package io.pollux.pair;

import io.pollux.core.Activity;
import io.pollux.core.Epoch;
import io.pollux.core.Role;
import java.util.List;
import java.util.Optional;

/**
 * Who is active. Pure: the same state and event always give the same step. One node reigns in an
 * epoch; a node that hears of a higher epoch stops being active for good in its own.
 *
 * <pre>
 * activity  event                                            next     actions
 * COLD      Started, no peer approved, or INDEPENDENT        ACTIVE   Reign(same epoch)
 * COLD      Started, reigned before                          COLD     StartAllowance
 * COLD      Started, never reigned                           WARM     Follow
 * COLD      PeerSpoke, peer ACTIVE or of a higher epoch      WARM     Follow(peer's epoch)
 * COLD      PeerSpoke for the first time, otherwise          COLD     Adopt
 * COLD      Adopted                                          ACTIVE   Reign(same epoch)
 * COLD      PeerGone                                         COLD     StartAllowance
 * COLD      AllowanceOver, no peer                           ACTIVE   Reign(same epoch)
 * WARM      PeerSpoke                                        WARM     Remember if the epoch is higher
 * WARM      PeerGone, was ACTIVE, all received, takes over   WARM     StartFailover
 * WARM      FailoverDue, no peer since                       WARM     Drain
 * WARM      PromoteAsked, peer ACTIVE, not forced            WARM     Refuse
 * WARM      PromoteAsked                                     WARM     Drain
 * WARM      Drained, promotion under way                     ACTIVE   Reign(next epoch)
 * WARM      Drained, promotion under way, peer came back     WARM     Refuse
 * WARM      DrainFailed, promotion under way                 WARM     Refuse
 * ACTIVE    PeerSpoke or EpochSeen with a higher epoch       WARM     Follow(that epoch)
 * ACTIVE    DemoteAsked                                      WARM     Follow(same epoch)
 * other     PeerGone                                         same     none
 * </pre>
 */
public final class PairMachine {
  private PairMachine() {}

  /** A new state and what must be done to be in it. */
  public record Step(PairState state, List<PairAction> actions) {
    public Step {
      actions = List.copyOf(actions);
    }

    static Step of(PairState state, PairAction... actions) {
      return new Step(state, List.of(actions));
    }
  }

  public static PairState initial(Role role, Epoch epoch, boolean reigned, boolean paired) {
    return new PairState(
        role, Activity.COLD, epoch, reigned, paired, Optional.empty(), Optional.empty(), 0);
  }

  public static Step step(PairState state, PairEvent event) {
    if (event instanceof PairEvent.PeerSpoke spoke) {
      return peerSpoke(state, spoke.peer());
    } else if (event instanceof PairEvent.PeerGone gone) {
      return peerGone(state, gone);
    } else if (event instanceof PairEvent.EpochSeen seen) {
      return epochSeen(state, seen.epoch(), "a record of epoch " + seen.epoch() + " arrived");
    }
    return switch (state.activity()) {
      case COLD -> cold(state, event);
      case WARM -> warm(state, event);
      case ACTIVE -> active(state, event);
    };
  }

  private static Step cold(PairState state, PairEvent event) {
    if (event instanceof PairEvent.Started) {
      if (state.role() == Role.INDEPENDENT) {
        return reign(state, state.epoch(), false, "independent");
      } else if (state.role() == Role.MASTER && !state.paired()) {
        return reign(state, state.epoch(), false, "no backup has joined yet");
      } else if (!state.reigned()) {
        return follow(state, state.epoch(), "never was active in epoch " + state.epoch());
      }
      return Step.of(state, new PairAction.StartAllowance());
    } else if (!state.reigned()) {
      return Step.of(state); // Never was active: it does not become so for want of a peer.
    } else if (event instanceof PairEvent.Adopted) {
      return reign(state, state.epoch(), false, "the peer follows");
    } else if (event instanceof PairEvent.AllowanceOver && state.peer().isEmpty()) {
      return reign(state, state.epoch(), false, "the peer did not answer within the allowance");
    }
    return Step.of(state);
  }

  private static Step warm(PairState state, PairEvent event) {
    if (event instanceof PairEvent.PromoteAsked asked) {
      boolean peerReigns = state.peer().filter(p -> p.activity() == Activity.ACTIVE).isPresent();
      if (peerReigns && !asked.force()) {
        return Step.of(
            state,
            new PairAction.Refuse(
                "the peer "
                    + state.peer().orElseThrow().name()
                    + " is connected and active; stop it first, or repeat with --force"));
      }
      return promote(state, new PairState.Promotion(asked.reason(), false));
    } else if (event instanceof PairEvent.FailoverDue due) {
      boolean stillGone = due.loss() == state.losses() && state.peer().isEmpty();
      return stillGone && state.promotion().isEmpty()
          ? promote(state, new PairState.Promotion("the active node is gone", true))
          : Step.of(state);
    } else if (event instanceof PairEvent.Drained && state.promotion().isPresent()) {
      return drained(state.promoting(Optional.empty()), state.promotion().orElseThrow());
    } else if (event instanceof PairEvent.DrainFailed failed && state.promotion().isPresent()) {
      return Step.of(state.promoting(Optional.empty()), new PairAction.Refuse(failed.reason()));
    } else if (event instanceof PairEvent.DemoteAsked) {
      return Step.of(state, new PairAction.Refuse("this node is not active"));
    }
    return Step.of(state);
  }

  private static Step promote(PairState state, PairState.Promotion promotion) {
    return Step.of(state.promoting(Optional.of(promotion)), new PairAction.Drain());
  }

  private static Step drained(PairState state, PairState.Promotion promotion) {
    return promotion.alone() && state.peer().isPresent()
        ? Step.of(state, new PairAction.Refuse("the peer has come back"))
        : reign(state, state.epoch().next(state.role()), true, promotion.reason());
  }

  private static Step peerGone(PairState before, PairEvent.PeerGone gone) {
    PairState state = before.lost();
    if (state.activity() == Activity.COLD) {
      return Step.of(state, new PairAction.StartAllowance());
    }
    boolean reigned =
        before
            .peer()
            .filter(peer -> peer.availability().takesOver())
            .filter(peer -> peer.activity() == Activity.ACTIVE || isStopping(gone, peer))
            .isPresent();
    return state.activity() == Activity.WARM && reigned && gone.complete()
        ? Step.of(state, new PairAction.StartFailover(state.losses(), gone.loss()))
        : Step.of(state);
  }

  private static boolean isStopping(PairEvent.PeerGone gone, PairState.Peer peer) {
    return gone.loss() == PairEvent.Loss.ANNOUNCED && peer.activity() == Activity.COLD;
  }

  private static Step active(PairState state, PairEvent event) {
    if (event instanceof PairEvent.PromoteAsked) {
      return Step.of(state, new PairAction.Refuse("this node is active already"));
    } else if (event instanceof PairEvent.DemoteAsked) {
      if (state.role() == Role.INDEPENDENT) {
        return Step.of(state, new PairAction.Refuse("an independent node has no peer to follow"));
      }
      return follow(state, state.epoch(), "an operator asked for it");
    }
    return Step.of(state);
  }

  private static Step peerSpoke(PairState before, PairState.Peer peer) {
    PairState state = before.with(Optional.of(peer));
    if (state.activity() != Activity.COLD) {
      return epochSeen(state, peer.epoch(), peer.name() + " is in epoch " + peer.epoch());
    } else if (peer.outranks(state.epoch()) || peer.activity() == Activity.ACTIVE) {
      return follow(state, max(peer.epoch(), state.epoch()), peer.name() + " is ahead");
    }
    return before.peer().isEmpty() ? Step.of(state, new PairAction.Adopt()) : Step.of(state);
  }

  private static Step epochSeen(PairState state, Epoch seen, String reason) {
    if (seen.compareTo(state.epoch()) <= 0) {
      return Step.of(state);
    }
    return state.activity() == Activity.WARM
        ? Step.of(state.reign(seen, false), new PairAction.Remember(seen))
        : follow(state, seen, reason);
  }

  private static Step reign(PairState state, Epoch epoch, boolean fresh, String reason) {
    return Step.of(
        state.with(Activity.ACTIVE).reign(epoch, true), new PairAction.Reign(epoch, fresh, reason));
  }

  private static Step follow(PairState state, Epoch epoch, String reason) {
    boolean stillMine = state.reigned() && epoch.equals(state.epoch());
    return Step.of(
        state.with(Activity.WARM).reign(epoch, stillMine), new PairAction.Follow(epoch, reason));
  }

  private static Epoch max(Epoch a, Epoch b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
