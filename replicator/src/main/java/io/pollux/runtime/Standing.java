package io.pollux.runtime;

import io.pollux.core.Activity;
import io.pollux.core.SyncState;
import java.util.Objects;

/**
 * How a node stands to its group. {@code COLD}: start nothing. {@code WARM}: start what only reads
 * or prepares. {@code ACTIVE}: start what writes.
 *
 * @param activityReason why the activity is what it is, such as the reason of a promotion
 * @param isPeerConnected whether the link to the peer is up
 */
public record Standing(
    Activity activity,
    String activityReason,
    SyncState sync,
    String syncReason,
    boolean isPeerConnected,
    String peerReason) {
  /** All are present. */
  public Standing {
    Objects.requireNonNull(activity, "activity");
    Objects.requireNonNull(activityReason, "activityReason");
    Objects.requireNonNull(sync, "sync");
    Objects.requireNonNull(syncReason, "syncReason");
    Objects.requireNonNull(peerReason, "peerReason");
  }
}
