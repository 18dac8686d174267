package io.pollux.proxy;

import io.pollux.node.NodeStatus;
import java.util.Locale;

/** A node's status for people. */
final class StatusText {
  private final StringBuilder text = new StringBuilder();

  private StatusText() {}

  static String of(NodeStatus status) {
    StatusText text = new StatusText();
    text.line(
        "node",
        "%s, %s, %s %d",
        status.name(),
        status.role(),
        status.embedded() ? "embedded in process" : "process",
        status.pid());
    text.line("activity", "%s: %s", status.activity(), status.activityReason());
    text.line("sync", "%s: %s", status.sync(), status.syncReason());
    status.peer().ifPresent(text::peer);
    text.line(
        "commit",
        "%s, availability %s",
        status.commitMode().name().toLowerCase(Locale.ROOT),
        status.availability().name().toLowerCase(Locale.ROOT));
    text.line(
        "log",
        "%d records, %d on disk, %d in the database%s",
        status.end(),
        status.forced(),
        status.applied(),
        status.behindRecords().map(count -> ", the backup lacks " + count).orElse(""));
    text.line("reign", "epoch %d, boot %d", status.epoch(), status.boot());
    status
        .copy()
        .ifPresent(
            copy ->
                text.line(
                    "copy",
                    "%s, %d of %d bytes",
                    copy.direction(),
                    copy.bytes(),
                    copy.totalBytes()));
    status
        .verified()
        .ifPresent(
            verified ->
                text.line(
                    "verified",
                    "%s at %s, record %d: %d tables, %d rows",
                    verified.equal() ? "equal" : "DIFFERENT",
                    verified.at(),
                    verified.position(),
                    verified.tables(),
                    verified.rows()));
    status.tables().forEach(text::table);
    status.identity().ifPresent(text::identity);
    if (status.unknownOutcomes() > 0) {
      text.line("unknown", "the outcome of %d commits", status.unknownOutcomes());
    }
    status.warnings().forEach(warning -> text.line("WARNING", "%s", warning));
    return text.text.toString();
  }

  private void peer(NodeStatus.Peer peer) {
    line(
        "peer",
        "%s at %s, %s since %s: %s",
        peer.name(),
        peer.address(),
        peer.activity().map(activity -> activity + ", " + peer.link()).orElse(peer.link().name()),
        peer.since(),
        peer.reason());
  }

  private void table(NodeStatus.Compared table) {
    line(
        "table",
        "%s %s at record %d, %s: %d rows%s%s",
        table.table(),
        table.state().equals("EQUAL") ? "equal" : table.state(),
        table.position(),
        table.at(),
        table.rows(),
        table.differing() > 0 ? ", " + table.differing() + " differed " + table.differs() : "",
        table.detail().isEmpty() ? "" : "; " + table.detail());
  }

  private void identity(NodeStatus.Identity identity) {
    line(
        "identity",
        "%s until %s%s",
        identity.fingerprint().substring(0, 16),
        identity.validUntil(),
        identity.refused().isEmpty() ? "" : ", refused " + identity.refused());
  }

  private void line(String label, String format, Object... values) {
    text.append(String.format(Locale.ROOT, "%-9s ", label))
        .append(String.format(Locale.ROOT, format, values))
        .append('\n');
  }
}
