package io.pollux.pair;

import io.pollux.core.Activity;
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
 * @param promotion why a promotion is under way, while received records are being applied
 */
public record PairState(
    Role role,
    Activity activity,
    Epoch epoch,
    boolean reigned,
    boolean paired,
    Optional<Peer> peer,
    Optional<String> promotion) {

  /** What a connected peer says of itself. */
  public record Peer(String name, Activity activity, Epoch epoch, boolean reigned) {
    public Peer {
      Objects.requireNonNull(name, "name");
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
    return new PairState(role, newActivity, epoch, reigned, paired, peer, promotion);
  }

  PairState with(Optional<Peer> newPeer) {
    return new PairState(
        role, activity, epoch, reigned, paired || newPeer.isPresent(), newPeer, promotion);
  }

  PairState promoting(Optional<String> reason) {
    return new PairState(role, activity, epoch, reigned, paired, peer, reason);
  }

  PairState reign(Epoch newEpoch, boolean mine) {
    return new PairState(role, activity, newEpoch, mine, paired, peer, promotion);
  }
}
