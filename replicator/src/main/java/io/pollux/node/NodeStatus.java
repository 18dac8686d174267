package io.pollux.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.CommitMode;
import io.pollux.core.Role;
import io.pollux.core.SyncState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node says of itself; also the JSON document of {@code pollux status --json}. Positions are
 * indexes of log records.
 *
 * @param activityReason why the activity is what it is
 * @param syncReason why the sync state is what it is
 * @param end of this node's log
 * @param forced position up to which the log is on disk
 * @param applied position up to which the log is in this node's database; on an active node its end
 * @param behindRecords records that the one who follows does not have in its database yet; empty if
 *     nobody follows or follows
 * @param tables what the active node knows of each table since a backup follows it
 * @param identity empty if the node has no peer
 * @param unknownOutcomes commits whose outcome only the database knows
 * @param warnings what an operator should know, most urgent first
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record NodeStatus(
    String name,
    String id,
    String group,
    long pid,
    boolean embedded,
    Role role,
    Activity activity,
    String activityReason,
    SyncState sync,
    String syncReason,
    CommitMode commitMode,
    Availability availability,
    Optional<Peer> peer,
    long epoch,
    long boot,
    long end,
    long forced,
    long applied,
    Optional<Long> behindRecords,
    Optional<Copy> copy,
    Optional<Verified> verified,
    List<Compared> tables,
    Optional<Identity> identity,
    int unknownOutcomes,
    List<String> warnings) {

  /**
   * What the node shows to others.
   *
   * @param refused how many connections were refused since the start, by the reason
   */
  public record Identity(String fingerprint, Instant validUntil, Map<String, Long> refused) {}

  /** The other node. {@code activity} is empty while the link is lost. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Peer(
      String name,
      String address,
      Link link,
      Instant since,
      String reason,
      Optional<Activity> activity,
      Optional<Long> end) {}

  /** State of the conversation with the peer. */
  public enum Link {
    CONNECTED,
    LOST
  }

  /** A full copy under way. */
  public record Copy(String direction, long bytes, long totalBytes) {}

  /**
   * A table as it was last compared with the backup's.
   *
   * @param state EQUAL, REPAIRED, COPY_DUE, DIFFERENT, ALARM or UNKNOWN
   * @param position at which every row was equal, or later; of a record
   * @param differing how many rows were found different
   * @param differs keys of the first of them
   */
  public record Compared(
      String table,
      String state,
      long position,
      Instant at,
      long rows,
      long differing,
      List<String> differs,
      String detail) {}

  /** The last comparison of all tables with the peer. */
  public record Verified(Instant at, long position, boolean equal, int tables, long rows) {}
}
