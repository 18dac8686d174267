package io.pollux.pair;

import io.pollux.core.Activity;
import io.pollux.core.Epoch;
import io.pollux.core.Role;
import io.pollux.pair.PairState.Cause;
import io.pollux.pair.PairState.Promotion;
import io.pollux.pair.PairState.Switching;
import java.util.ArrayList;
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
 * COLD      PeerSpoke, higher epoch, or ACTIVE in this one   WARM     Follow(peer's epoch)
 * COLD      PeerSpoke, ACTIVE in a lower epoch               COLD     none: it will be WARM
 * COLD      PeerSpoke for the first time, otherwise          COLD     Adopt
 * COLD      Adopted                                          ACTIVE   Reign(same epoch)
 * COLD      PeerGone                                         COLD     StartAllowance
 * COLD      AllowanceOver, no peer                           ACTIVE   Reign(same epoch)
 * COLD      PromoteAsked, DemoteAsked, SwitchAsked           COLD     Refuse
 * WARM      PeerSpoke                                        WARM     Remember if the epoch is higher, SwitchedOver if it has yielded
 * WARM      PeerGone, was ACTIVE, all received, takes over   WARM     StartFailover
 * WARM      FailoverDue, no peer since                       WARM     Drain
 * WARM      PromoteAsked, peer ACTIVE or taking over, not forced  WARM  Refuse
 * WARM      PromoteAsked                                     WARM     Drain
 * WARM      Drained, promotion under way                     ACTIVE   Reign(next epoch)
 * WARM      Drained, promotion under way, peer came back     WARM     Refuse
 * WARM      DrainFailed, promotion under way                 WARM     Refuse, Decline if the peer has yielded
 * WARM      SwitchAsked, peer ACTIVE                         WARM     AskToYield
 * WARM      Following, has yielded                           WARM     Offer
 * WARM      Offered, peer not ACTIVE                         WARM     Drain
 * WARM      Declined, has yielded                            WARM     Refuse, Drain
 * WARM      Declined, has asked                              WARM     Refuse
 * WARM      PeerGone in a switchover                         WARM     Refuse
 * ACTIVE    PeerSpoke or EpochSeen with a higher epoch       WARM     Follow(that epoch)
 * ACTIVE    DemoteAsked                                      WARM     Follow(same epoch)
 * ACTIVE    SwitchAsked, peer WARM                           ACTIVE   Yield
 * ACTIVE    Yielded                                          WARM     Follow(same epoch)
 * ACTIVE    YieldFailed, or PeerGone while yielding          ACTIVE   Resume, Refuse, Decline
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
        role,
        Activity.COLD,
        epoch,
        reigned,
        paired,
        Optional.empty(),
        Optional.empty(),
        Switching.NONE,
        0);
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
    } else if (event instanceof PairEvent.PromoteAsked
        || event instanceof PairEvent.DemoteAsked
        || event instanceof PairEvent.SwitchAsked) {
      return Step.of(state, new PairAction.Refuse("it is only starting; repeat the command"));
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
      return promoteAsked(state, asked);
    } else if (event instanceof PairEvent.FailoverDue due) {
      boolean stillGone = due.loss() == state.losses() && state.peer().isEmpty();
      return stillGone && state.promotion().isEmpty()
          ? promote(state, new Promotion("the active node is gone", Cause.PEER_GONE))
          : Step.of(state);
    } else if (event instanceof PairEvent.Drained && state.promotion().isPresent()) {
      return drained(state.promoting(Optional.empty()), state.promotion().orElseThrow());
    } else if (event instanceof PairEvent.DrainFailed failed && state.promotion().isPresent()) {
      return notPromoted(state, failed.reason());
    } else if (event instanceof PairEvent.DemoteAsked) {
      return Step.of(state, new PairAction.Refuse("this node is not active"));
    }
    return warmSwitch(state, event);
  }

  private static Step promoteAsked(PairState state, PairEvent.PromoteAsked asked) {
    if (state.peerReigns() && !asked.force()) {
      return Step.of(
          state,
          new PairAction.Refuse(
              "the peer "
                  + state.peer().orElseThrow().name()
                  + " is connected and active; use 'pollux switchover', or stop it first, or repeat"
                  + " with --force"));
    } else if (state.switching() == Switching.YIELDING && !asked.force()) {
      return Step.of(
          state,
          new PairAction.Refuse(
              "this node has yielded to the peer, which takes over; if it does not, repeat with"
                  + " --force"));
    }
    return promote(state.with(Switching.NONE), new Promotion(asked.reason(), Cause.ASKED));
  }

  private static Step warmSwitch(PairState state, PairEvent event) {
    if (event instanceof PairEvent.SwitchAsked asked) {
      return askedWhileWarm(state, asked.byPeer());
    } else if (event instanceof PairEvent.Following && state.switching() == Switching.YIELDING) {
      return Step.of(state, new PairAction.Offer());
    } else if (event instanceof PairEvent.Offered && !state.peerReigns()) {
      PairState next = state.with(Switching.NONE);
      Promotion promotion = new Promotion("switchover", Cause.PEER_YIELDED);
      return state.promotion().isPresent()
          ? Step.of(next.promoting(Optional.of(promotion)))
          : promote(next, promotion);
    } else if (event instanceof PairEvent.Declined declined) {
      return declined(state, declined.reason());
    }
    return Step.of(state);
  }

  private static Step askedWhileWarm(PairState state, boolean byPeer) {
    if (byPeer) {
      return Step.of(state, new PairAction.Decline("it is not active"));
    } else if (!state.peerReigns()) {
      return Step.of(
          state,
          new PairAction.Refuse(
              "no active peer is connected; if it is gone, use 'pollux promote'"));
    }
    return Step.of(state.with(Switching.ASKED), new PairAction.AskToYield());
  }

  private static Step declined(PairState state, String reason) {
    PairState next = state.with(Switching.NONE);
    return switch (state.switching()) {
      case NONE -> Step.of(state);
      case ASKED -> Step.of(next, new PairAction.Refuse(reason));
      case YIELDING -> takeBack(next, reason);
    };
  }

  private static Step takeBack(PairState state, String reason) {
    Promotion promotion = new Promotion("the peer did not take over: " + reason, Cause.ASKED);
    return Step.of(
        state.promoting(Optional.of(promotion)),
        new PairAction.Refuse(reason),
        new PairAction.Drain());
  }

  private static Step promote(PairState state, Promotion promotion) {
    return Step.of(state.promoting(Optional.of(promotion)), new PairAction.Drain());
  }

  private static Step drained(PairState state, Promotion promotion) {
    return promotion.cause() == Cause.PEER_GONE && state.peer().isPresent()
        ? Step.of(state, new PairAction.Refuse("the peer has come back"))
        : reign(state, state.epoch().next(state.role()), true, promotion.reason());
  }

  private static Step notPromoted(PairState state, String reason) {
    PairState next = state.promoting(Optional.empty());
    PairAction refuse = new PairAction.Refuse(reason);
    return state.isPromoted(Cause.PEER_YIELDED)
        ? Step.of(next, refuse, new PairAction.Decline(reason))
        : Step.of(next, refuse);
  }

  private static Step peerGone(PairState before, PairEvent.PeerGone gone) {
    PairState state = before.lost();
    if (state.activity() == Activity.COLD) {
      return Step.of(state, new PairAction.StartAllowance());
    } else if (state.activity() == Activity.ACTIVE) {
      return before.switching() == Switching.YIELDING
          ? resume(state, "the link was lost")
          : Step.of(state);
    } else if (before.isPromoted(Cause.PEER_YIELDED)) {
      return Step.of(
          state.promoting(Optional.empty()),
          new PairAction.Refuse("the link was lost during the switchover"));
    }
    return warmAlone(before, state, gone);
  }

  private static Step warmAlone(PairState before, PairState state, PairEvent.PeerGone gone) {
    boolean reigned =
        before
            .peer()
            .filter(peer -> peer.availability().takesOver())
            .filter(peer -> peer.activity() == Activity.ACTIVE || isStopping(gone, peer))
            .isPresent();
    List<PairAction> actions = new ArrayList<>();
    if (before.switching() == Switching.ASKED) {
      actions.add(new PairAction.Refuse("the link was lost"));
    } else if (before.switching() == Switching.YIELDING) {
      actions.add(
          new PairAction.Refuse(
              "the link was lost after this node had yielded; if the peer is not active, promote"
                  + " one of them"));
    }
    if (reigned && gone.complete()) {
      actions.add(new PairAction.StartFailover(state.losses(), gone.loss()));
    }
    return new Step(state, actions);
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
      } else if (state.switching() == Switching.YIELDING) {
        return Step.of(state, new PairAction.Refuse("a switchover is under way"));
      }
      return follow(state, state.epoch(), "an operator asked for it");
    } else if (event instanceof PairEvent.SwitchAsked asked) {
      return askedWhileActive(state, asked.byPeer());
    } else if (state.switching() == Switching.YIELDING) {
      return yielding(state, event);
    }
    return Step.of(state);
  }

  private static Step askedWhileActive(PairState state, boolean byPeer) {
    if (state.switching() == Switching.YIELDING) {
      return Step.of(state); // It is under way: who asks again is served too.
    } else if (state.peer().filter(peer -> peer.activity() == Activity.WARM).isEmpty()) {
      String reason = "no peer is connected that could take over";
      return Step.of(
          state, byPeer ? new PairAction.Decline(reason) : new PairAction.Refuse(reason));
    }
    return Step.of(state.with(Switching.YIELDING), new PairAction.Yield());
  }

  private static Step yielding(PairState state, PairEvent event) {
    if (event instanceof PairEvent.Yielded) {
      Step step = follow(state, state.epoch(), "switchover");
      return new Step(step.state().with(Switching.YIELDING), step.actions());
    } else if (event instanceof PairEvent.YieldFailed failed) {
      return resume(state.with(Switching.NONE), failed.reason());
    }
    return Step.of(state);
  }

  private static Step resume(PairState state, String reason) {
    return Step.of(
        state,
        new PairAction.Resume(),
        new PairAction.Refuse(reason),
        new PairAction.Decline(reason));
  }

  private static Step peerSpoke(PairState before, PairState.Peer peer) {
    PairState state = before.with(Optional.of(peer));
    if (state.activity() != Activity.COLD) {
      return epochSeen(state, peer.epoch(), peer.name() + " is in epoch " + peer.epoch());
    } else if (peer.outranks(state.epoch())
        || (peer.epoch().equals(state.epoch()) && peer.activity() == Activity.ACTIVE)) {
      return follow(state, peer.epoch(), peer.name() + " is ahead");
    }
    boolean isFirst = before.peer().filter(p -> p.activity() != Activity.ACTIVE).isEmpty();
    return isFirst && peer.activity() != Activity.ACTIVE
        ? Step.of(state, new PairAction.Adopt())
        : Step.of(state);
  }

  private static Step epochSeen(PairState state, Epoch seen, String reason) {
    if (seen.compareTo(state.epoch()) <= 0) {
      return Step.of(state);
    }
    return state.activity() == Activity.WARM
        ? remember(state.reign(seen, false), seen)
        : follow(state, seen, reason);
  }

  private static Step remember(PairState state, Epoch seen) {
    PairAction remember = new PairAction.Remember(seen);
    return state.switching() == Switching.YIELDING
        ? Step.of(state.with(Switching.NONE), remember, new PairAction.SwitchedOver())
        : Step.of(state, remember);
  }

  private static Step reign(PairState state, Epoch epoch, boolean fresh, String reason) {
    return Step.of(
        state.with(Activity.ACTIVE).reign(epoch, true), new PairAction.Reign(epoch, fresh, reason));
  }

  private static Step follow(PairState state, Epoch epoch, String reason) {
    boolean stillMine = state.reigned() && epoch.equals(state.epoch());
    return Step.of(
        state.with(Activity.WARM).with(Switching.NONE).reign(epoch, stillMine),
        new PairAction.Follow(epoch, reason));
  }
}
