package io.pollux.pair;

import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.Epoch;
import io.pollux.core.Role;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@link PairMachine} knows.
 *
 * @param epoch the highest that this node has heard of
 * @param reigned whether this node held that epoch
 * @param paired whether a peer was ever approved
 * @param peer the peer while the link is up
 * @param promotion under way, while received records are being applied
 * @param switching what this node has to do with a switchover
 * @param losses how often the link was lost
 */
public record PairState(
    Role role,
    Activity activity,
    Epoch epoch,
    boolean reigned,
    boolean paired,
    Optional<Peer> peer,
    Optional<Promotion> promotion,
    Switching switching,
    long losses) {

  /** Why this node is to become active. */
  public record Promotion(String reason, Cause cause) {
    public Promotion {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(cause, "cause");
    }
  }

  /** What a promotion depends on. */
  public enum Cause {
    /** An operator wants it, whatever the peer does. */
    ASKED,
    /** The peer is away; it ends if the peer comes back. */
    PEER_GONE,
    /** The peer has yielded; it ends with the conversation. */
    PEER_YIELDED
  }

  /** A switchover, as this node sees it. */
  public enum Switching {
    NONE,
    /** This node has asked the active one to yield. */
    ASKED,
    /** This node, which was active, lets no commit pass and waits for the peer to take over. */
    YIELDING
  }

  /** What a connected peer says of itself. */
  public record Peer(
      String name, Activity activity, Epoch epoch, boolean reigned, Availability availability) {
    public Peer {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(availability, "availability");
      Objects.requireNonNull(activity, "activity");
      Objects.requireNonNull(epoch, "epoch");
    }

    /** Whether the peer's claim to be the active one beats a node that holds {@code own}. */
    boolean outranks(Epoch own) {
      return epoch.compareTo(own) > 0;
    }
  }

  public PairState {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(activity, "activity");
    Objects.requireNonNull(epoch, "epoch");
    Objects.requireNonNull(peer, "peer");
    Objects.requireNonNull(promotion, "promotion");
    Objects.requireNonNull(switching, "switching");
  }

  PairState with(Activity newActivity) {
    return new PairState(
        role, newActivity, epoch, reigned, paired, peer, promotion, switching, losses);
  }

  PairState with(Optional<Peer> newPeer) {
    return new PairState(
        role,
        activity,
        epoch,
        reigned,
        paired || newPeer.isPresent(),
        newPeer,
        promotion,
        switching,
        losses);
  }

  PairState with(Switching newSwitching) {
    return new PairState(
        role, activity, epoch, reigned, paired, peer, promotion, newSwitching, losses);
  }

  PairState promoting(Optional<Promotion> newPromotion) {
    return new PairState(
        role, activity, epoch, reigned, paired, peer, newPromotion, switching, losses);
  }

  PairState lost() {
    return new PairState(
        role,
        activity,
        epoch,
        reigned,
        paired,
        Optional.empty(),
        promotion,
        Switching.NONE,
        losses + 1);
  }

  PairState reign(Epoch newEpoch, boolean mine) {
    return new PairState(
        role, activity, newEpoch, mine, paired, peer, promotion, switching, losses);
  }

  /** Whether the promotion under way depends on {@code cause}. */
  boolean isPromoted(Cause cause) {
    return promotion.filter(p -> p.cause() == cause).isPresent();
  }

  /** Whether the peer is connected and active. */
  boolean peerReigns() {
    return peer.filter(p -> p.activity() == Activity.ACTIVE).isPresent();
  }
}
