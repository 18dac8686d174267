package io.pollux.proxy;

import io.pollux.core.Activity;
import io.pollux.core.SyncState;
import io.pollux.node.NodeStatus;
import java.util.Locale;
import java.util.Map;

/** A node's status as Prometheus reads it. */
final class Metrics {
  private final StringBuilder text = new StringBuilder();

  private Metrics() {}

  static boolean isConnected(NodeStatus status) {
    return status.peer().filter(peer -> peer.link() == NodeStatus.Link.CONNECTED).isPresent();
  }

  /**
   * The text of {@code /metrics}.
   *
   * @param states bytes of each runtime state
   */
  static String of(NodeStatus status, Map<String, Long> states, int streams) {
    Metrics metrics = new Metrics();
    metrics.node(status);
    metrics.log(status);
    metrics.tables(status);
    status
        .identity()
        .ifPresent(
            own -> {
              metrics.gauge(
                  "certificate_expiry_timestamp_seconds",
                  "When this node's certificate expires.",
                  own.validUntil().getEpochSecond());
              metrics.head(
                  "refused_connections_total", "counter", "Connections that were refused.");
              own.refused()
                  .forEach(
                      (reason, count) ->
                          metrics.sample(
                              "refused_connections_total",
                              "reason=\"" + quoted(reason) + "\"",
                              count));
            });
    metrics.head("runtime_state_bytes", "gauge", "What a runtime state takes in memory.");
    states.forEach(
        (id, bytes) -> metrics.sample("runtime_state_bytes", "id=\"" + quoted(id) + "\"", bytes));
    metrics.gauge("http_streams", "Streams of events that are open.", streams);
    return metrics.text.toString();
  }

  private void node(NodeStatus status) {
    head("node_info", "gauge", "The node; always 1.");
    sample(
        "node_info",
        "name=\""
            + quoted(status.name())
            + "\",group=\""
            + quoted(status.group())
            + "\",role=\""
            + status.role()
            + "\",commit=\""
            + status.commitMode().name().toLowerCase(Locale.ROOT)
            + "\"",
        1);
    gauge("active", "Whether the node takes writes.", is(status.activity() == Activity.ACTIVE));
    head("sync", "gauge", "1 for the sync state that holds.");
    for (SyncState state : SyncState.values()) {
      sample("sync", "state=\"" + state.name() + "\"", is(status.sync() == state));
    }
    gauge("peer_connected", "Whether the link to the peer is up.", is(isConnected(status)));
    gauge("epoch", "The highest epoch that the node knows.", status.epoch());
    gauge("warnings", "How many things an operator should look at.", status.warnings().size());
    gauge(
        "unknown_outcomes",
        "Commits whose outcome only the database knows.",
        status.unknownOutcomes());
  }

  private void log(NodeStatus status) {
    gauge("log_end_records", "Position of the last record.", status.end());
    gauge("log_forced_records", "Position up to which the log is on disk.", status.forced());
    gauge("applied_records", "Position up to which the database has the log.", status.applied());
    status
        .behindRecords()
        .ifPresent(
            behind ->
                gauge("behind_records", "Records that the follower's database lacks.", behind));
    status
        .copy()
        .ifPresent(
            copy -> {
              gauge("copy_bytes", "Bytes of the full copy that are there.", copy.bytes());
              gauge("copy_size_bytes", "Bytes of the full copy.", copy.totalBytes());
            });
    status
        .verified()
        .ifPresent(
            last -> {
              gauge(
                  "verified_timestamp_seconds",
                  "When all tables were compared last.",
                  last.at().getEpochSecond());
              gauge("verified_equal", "Whether they were equal.", is(last.equal()));
            });
  }

  private void tables(NodeStatus status) {
    head("table_differing_rows", "gauge", "Rows that the last comparison found different.");
    for (NodeStatus.Compared table : status.tables()) {
      sample("table_differing_rows", "table=\"" + quoted(table.table()) + "\"", table.differing());
    }
  }

  private static long is(boolean fact) {
    return fact ? 1 : 0;
  }

  private void gauge(String name, String help, long value) {
    head(name, "gauge", help);
    sample(name, "", value);
  }

  private void head(String name, String type, String help) {
    text.append("# HELP pollux_").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE pollux_").append(name).append(' ').append(type).append('\n');
  }

  private void sample(String name, String labels, long value) {
    text.append("pollux_").append(name);
    text.append(labels.isEmpty() ? "" : "{" + labels + "}").append(' ').append(value).append('\n');
  }

  private static String quoted(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
