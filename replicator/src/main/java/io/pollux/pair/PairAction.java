package io.pollux.pair;

import io.pollux.core.Epoch;
import java.util.Objects;

/** What the node must do, in the order given. */
public sealed interface PairAction {
  /** Report {@link PairEvent.AllowanceOver} when the startup connection allowance is over. */
  record StartAllowance() implements PairAction {}

  /**
   * Report {@link PairEvent.FailoverDue} of the loss with this number: at once after silence, which
   * has lasted long enough; soon after a break; after the failover timeout if the peer may be
   * restarting.
   */
  record StartFailover(long number, PairEvent.Loss loss) implements PairAction {
    public StartFailover {
      Objects.requireNonNull(loss, "loss");
    }
  }

  /** Fetch the records that only the peer's log has, then report {@link PairEvent.Adopted}. */
  record Adopt() implements PairAction {}

  /**
   * Persist the epoch, arm the slots, log the reign, then accept writes.
   *
   * @param fresh whether the epoch is new, so that it must be durable before the first commit
   */
  record Reign(Epoch epoch, boolean fresh, String reason) implements PairAction {
    public Reign {
      Objects.requireNonNull(epoch, "epoch");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** Refuse writes, fence the slots, follow the active peer when there is one. */
  record Follow(Epoch epoch, String reason) implements PairAction {
    public Follow {
      Objects.requireNonNull(epoch, "epoch");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** Apply all that was received, then report {@link PairEvent.Drained}. */
  record Drain() implements PairAction {}

  /** Ask the active peer to yield. */
  record AskToYield() implements PairAction {}

  /**
   * Wait for the peer to have nearly all, hold commits back, wait for it to have all; report {@link
   * PairEvent.Yielded} or {@link PairEvent.YieldFailed}.
   */
  record Yield() implements PairAction {}

  /** Let the commits pass that are held back. */
  record Resume() implements PairAction {}

  /** Tell the peer that this node has yielded to it. */
  record Offer() implements PairAction {}

  /** Tell the peer that this node does not yield, or does not take over, and why. */
  record Decline(String reason) implements PairAction {
    public Decline {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** The peer has taken over: tell the operator. */
  record SwitchedOver() implements PairAction {}

  /** Tell the operator that the command is refused, and why. */
  record Refuse(String reason) implements PairAction {
    public Refuse {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** Make the epoch durable: this node must never reign under it or a lower one. */
  record Remember(Epoch epoch) implements PairAction {
    public Remember {
      Objects.requireNonNull(epoch, "epoch");
    }
  }
}
