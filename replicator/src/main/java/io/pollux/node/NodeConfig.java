package io.pollux.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pollux.core.Availability;
import io.pollux.core.CommitMode;
import io.pollux.core.Role;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code pollux.yaml} says. {@link ConfigFile} reads and writes it; every default stands in
 * this record's constructor and nowhere else.
 *
 * @param id of the node, random, never changes
 * @param group of the database that the pair keeps, random, never changes
 * @param listen HOST:PORT at which the peer reaches this node; empty for an independent node
 * @param commit what {@code commit()} waits for
 * @param availability what the pair does when one node can't reach the other
 * @param startupAllowance how long a node that was active waits for its peer before it is active
 *     again
 * @param failoverTimeout how long a peer may be silent before it counts as lost
 * @param receiptTimeout how long a commit waits for the peer before the pair degrades to async
 * @param sweep counts while this node is active
 * @param sweepPause between two ranges of a table
 * @param repair counts while this node follows
 * @param logSize how much of the log is kept, though its records are in both databases
 * @param http HOST:PORT at which {@code pollux run} serves its HTTP interface; empty: it does not
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record NodeConfig(
    String id,
    String name,
    String group,
    Role role,
    Optional<String> listen,
    Optional<Peer> peer,
    Database database,
    CommitMode commit,
    Availability availability,
    Duration startupAllowance,
    Duration failoverTimeout,
    Duration receiptTimeout,
    Sweeping sweep,
    Duration sweepPause,
    Repairing repair,
    ByteSize logSize,
    Optional<String> http) {

  /** Whether the active node compares all tables with the backup's, again and again. */
  public enum Sweeping {
    ON,
    OFF
  }

  /** Whether a backup that differs lets itself be made equal. */
  public enum Repairing {
    AUTO,
    OFF
  }

  /**
   * The other node.
   *
   * @param address HOST:PORT; a backup connects to it, a master is connected to
   * @param fingerprint SHA-256 of its public key, lower-case hex
   */
  public record Peer(String name, String address, String fingerprint) {
    public Peer {
      Objects.requireNonNull(name, "peer.name");
      Objects.requireNonNull(address, "peer.address");
      Objects.requireNonNull(fingerprint, "peer.fingerprint");
    }
  }

  /** The application's database, by the real driver's URL. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Database(String url, Optional<String> user, Optional<String> password) {
    public Database {
      Objects.requireNonNull(url, "database.url");
      user = user == null ? Optional.empty() : user;
      password = password == null ? Optional.empty() : password;
    }

    /** Never shows the password. */
    @Override
    public String toString() {
      return "Database[" + url + "]";
    }
  }

  public NodeConfig {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(database, "database");
    listen = listen == null ? Optional.empty() : listen;
    peer = peer == null ? Optional.empty() : peer;
    commit = commit == null ? CommitMode.RECEIVED : commit;
    availability = availability == null ? Availability.OPERATOR : availability;
    startupAllowance = startupAllowance == null ? Duration.ofSeconds(30) : startupAllowance;
    failoverTimeout = failoverTimeout == null ? Duration.ofSeconds(10) : failoverTimeout;
    receiptTimeout = receiptTimeout == null ? Duration.ofSeconds(2) : receiptTimeout;
    sweep = sweep == null ? Sweeping.ON : sweep;
    sweepPause = sweepPause == null ? Duration.ofSeconds(1) : sweepPause;
    repair = repair == null ? Repairing.AUTO : repair;
    logSize = logSize == null ? new ByteSize(10L << 30) : logSize;
    http = http == null ? Optional.empty() : http;
    if (!group.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("'group' has 32 hexadecimal digits, not '" + group + "'");
    }
    if (role != Role.INDEPENDENT && listen.isEmpty()) {
      throw new IllegalArgumentException("a " + role + " needs 'listen: HOST:PORT'");
    }
    atLeast(
        startupAllowance,
        1_000,
        "startupAllowance is at least 1s: a node that was active would be active again without"
            + " having asked whether its peer was promoted");
    atLeast(failoverTimeout, 100, "failoverTimeout is at least 100ms");
    atLeast(receiptTimeout, 1, "receiptTimeout is at least 1ms");
    atLeast(sweepPause, 1, "sweepPause is at least 1ms");
  }

  private static void atLeast(Duration value, long millis, String otherwise) {
    if (value.toMillis() < millis) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** A node that replicates nowhere. */
  public static NodeConfig independent(String id, String group, String name, Database database) {
    return new NodeConfig(
        id,
        name,
        group,
        Role.INDEPENDENT,
        Optional.empty(),
        Optional.empty(),
        database,
        CommitMode.ASYNC,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Optional.empty());
  }

  public NodeConfig withPeer(Peer newPeer) {
    return new NodeConfig(
        id,
        name,
        group,
        role,
        listen,
        Optional.of(newPeer),
        database,
        commit,
        availability,
        startupAllowance,
        failoverTimeout,
        receiptTimeout,
        sweep,
        sweepPause,
        repair,
        logSize,
        http);
  }
}
