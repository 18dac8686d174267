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
    long losses) {

  /**
   * Why this node is to become active.
   *
   * @param alone whether that is so only as long as the peer is away
   */
  public record Promotion(String reason, boolean alone) {
    public Promotion {
      Objects.requireNonNull(reason, "reason");
    }
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
  }

  PairState with(Activity newActivity) {
    return new PairState(role, newActivity, epoch, reigned, paired, peer, promotion, losses);
  }

  PairState with(Optional<Peer> newPeer) {
    return new PairState(
        role, activity, epoch, reigned, paired || newPeer.isPresent(), newPeer, promotion, losses);
  }

  PairState promoting(Optional<Promotion> newPromotion) {
    return new PairState(role, activity, epoch, reigned, paired, peer, newPromotion, losses);
  }

  PairState lost() {
    return new PairState(
        role, activity, epoch, reigned, paired, Optional.empty(), promotion, losses + 1);
  }

  PairState reign(Epoch newEpoch, boolean mine) {
    return new PairState(role, activity, newEpoch, mine, paired, peer, promotion, losses);
  }
}
