package io.pollux.pair;

import io.pollux.core.Epoch;
import java.util.Objects;

/** What can happen to a node, as far as its activity is concerned. */
public sealed interface PairEvent {
  /** The node has its log and its database open. */
  record Started() implements PairEvent {}

  /** The startup connection allowance is over. */
  record AllowanceOver() implements PairEvent {}

  /** The link is up, or the peer told a new report. */
  record PeerSpoke(PairState.Peer peer) implements PairEvent {
    public PeerSpoke {
      Objects.requireNonNull(peer, "peer");
    }
  }

  /** How a link ends, as far as it can be told. */
  enum Loss {
    /** Nothing came for the failover timeout. */
    SILENT,
    /** The connection broke: the process is gone, or the network between. */
    BROKEN,
    /** The peer said that it stops. */
    ANNOUNCED
  }

  /**
   * The link is lost.
   *
   * @param complete whether this node's log followed the peer's without a gap up to then
   */
  record PeerGone(Loss loss, boolean complete) implements PairEvent {
    public PeerGone {
      Objects.requireNonNull(loss, "loss");
    }
  }

  /** The peer has not come back in time after the loss with this number. */
  record FailoverDue(long loss) implements PairEvent {}

  /** The log has all that the peer's log has, or the two differ and this node's counts. */
  record Adopted() implements PairEvent {}

  /** An operator wants this node to become active. */
  record PromoteAsked(boolean force, String reason) implements PairEvent {
    public PromoteAsked {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** An operator wants this node to stop being active. */
  record DemoteAsked() implements PairEvent {}

  /**
   * The other node is to become active, without loss and with a short pause.
   *
   * @param byPeer whether the peer asks, on which somebody waits for the answer
   */
  record SwitchAsked(boolean byPeer) implements PairEvent {}

  /** No commit is under way, and the peer has applied every record. */
  record Yielded() implements PairEvent {}

  /** The peer can't follow so far in time. */
  record YieldFailed(String reason) implements PairEvent {
    public YieldFailed {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** This node refuses commits now and is ready to follow. */
  record Following() implements PairEvent {}

  /** The peer has yielded to this node. */
  record Offered() implements PairEvent {}

  /** The peer does not take over, or does not yield. */
  record Declined(String reason) implements PairEvent {
    public Declined {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** All that was received is applied and the generators are realigned: the promotion can end. */
  record Drained() implements PairEvent {}

  /** The promotion can't end: apply has stopped. */
  record DrainFailed(String reason) implements PairEvent {
    public DrainFailed {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** A record of a later reign reached the log. */
  record EpochSeen(Epoch epoch) implements PairEvent {
    public EpochSeen {
      Objects.requireNonNull(epoch, "epoch");
    }
  }
}
