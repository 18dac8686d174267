package io.pollux.link;

import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.Refusal;
import io.pollux.core.PolluxException.Reason;
import java.util.Optional;
import java.util.TreeSet;

/** Whether two nodes may talk: a pure judgement of their first frames. */
public final class Handshake {
  /**
   * Version of the conversation. A peer with another one is refused until two versions exist that
   * can talk.
   */
  public static final int PROTOCOL = 1;

  private Handshake() {}

  /** Why {@code own} must not talk to {@code theirs}; empty if it may. */
  public static Optional<Refusal> judge(Hello own, Hello theirs) {
    if (theirs.getProtocol() != PROTOCOL) {
      return refuse(
          Reason.PEER_INCOMPATIBLE,
          "node %s speaks protocol %d, this node %d; run the same version on both",
          theirs.getName(),
          theirs.getProtocol(),
          PROTOCOL);
    } else if (!theirs.getGroup().equals(own.getGroup())) {
      return refuse(
          Reason.PEER_FOREIGN,
          "node %s belongs to group %s, this node to %s; join it again with a token of this group",
          theirs.getName(),
          theirs.getGroup(),
          own.getGroup());
    } else if (theirs.getNode().equals(own.getNode())) {
      return refuse(
          Reason.PEER_FOREIGN,
          "the peer has this node's own id %s: its directory is a copy; create it with 'pollux join'",
          own.getNode());
    } else if (theirs.getRole().equals(own.getRole())) {
      return refuse(
          Reason.PEER_INCOMPATIBLE,
          "both nodes are set up as %s; a pair has one MASTER and one BACKUP",
          own.getRole());
    }
    return judgeDatabase(own, theirs);
  }

  private static Optional<Refusal> judgeDatabase(Hello own, Hello theirs) {
    if (!theirs.getEngine().equals(own.getEngine())) {
      return refuse(
          Reason.PEER_INCOMPATIBLE,
          "node %s runs on %s, this node on %s; both need the same engine",
          theirs.getName(),
          theirs.getEngine(),
          own.getEngine());
    } else if (!major(theirs.getEngineVersion()).equals(major(own.getEngineVersion()))) {
      return refuse(
          Reason.PEER_INCOMPATIBLE,
          "node %s runs %s %s, this node %s; both need the same major version",
          theirs.getName(),
          theirs.getEngine(),
          theirs.getEngineVersion(),
          own.getEngineVersion());
    }
    Optional<Refusal> settings = judgeSettings(own, theirs);
    if (settings.isPresent()) {
      return settings;
    }
    boolean bothHaveData = !theirs.getIncarnation().isEmpty() && !own.getIncarnation().isEmpty();
    if (bothHaveData && !theirs.getIncarnation().equals(own.getIncarnation())) {
      return refuse(
          Reason.PEER_FOREIGN,
          "the database of node %s is not a copy of this node's (%s, %s); to replace it run"
              + " 'pollux resync' on the node whose data may go",
          theirs.getName(),
          theirs.getIncarnation(),
          own.getIncarnation());
    }
    return Optional.empty();
  }

  private static Optional<Refusal> judgeSettings(Hello own, Hello theirs) {
    TreeSet<String> names = new TreeSet<>(own.getSettingsMap().keySet());
    names.addAll(theirs.getSettingsMap().keySet());
    for (String name : names) {
      String here = own.getSettingsOrDefault(name, "none");
      String there = theirs.getSettingsOrDefault(name, "none");
      if (!here.equals(there)) {
        return refuse(
            Reason.PEER_INCOMPATIBLE,
            "node %s has %s %s, this node %s; statements would not have the same results on both:"
                + " start both with the same one",
            theirs.getName(),
            name,
            there,
            here);
      }
    }
    return Optional.empty();
  }

  private static String major(String version) {
    int dot = version.indexOf('.');
    return dot < 0 ? version : version.substring(0, dot);
  }

  private static Optional<Refusal> refuse(Reason reason, String format, Object... values) {
    return Optional.of(
        Refusal.newBuilder()
            .setReason(reason.name())
            .setText(String.format(java.util.Locale.ROOT, format, values))
            .build());
  }
}
