package io.pollux.node;

import io.pollux.core.Activity;
import io.pollux.pair.PairState;
import java.util.Objects;
import java.util.Optional;

/** Tells whoever wants to write on a node that is not active where to go. On the loop. */
final class Directions {
  private final Parts parts;
  private final NodeCore core;
  private final PeerDesk peer;

  Directions(Parts parts, NodeCore core, PeerDesk peer) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.core = Objects.requireNonNull(core, "core");
    this.peer = Objects.requireNonNull(peer, "peer");
  }

  String describe() {
    String name = parts.config.name();
    Optional<String> active =
        peer.peer().filter(p -> p.activity() == Activity.ACTIVE).map(p -> p.name());
    return active
        .map(other -> "node " + name + " is not active; node " + other + connectThere(" is"))
        .or(
            () ->
                yieldedTo()
                    .map(
                        other ->
                            "node "
                                + name
                                + " yields to "
                                + other
                                + connectThere(" becomes active")))
        .orElse(
            "node "
                + name
                + " is not active and knows no node that is; see 'pollux status', or"
                + " make it active with 'pollux promote'");
  }

  private Optional<String> yieldedTo() {
    return core.state().switching() == PairState.Switching.YIELDING
        ? peer.peer().map(PairState.Peer::name)
        : Optional.empty();
  }

  private String connectThere(String is) {
    return " at "
        + parts.config.peer().map(NodeConfig.Peer::address).orElse("its address")
        + is
        + ": connect there";
  }
}
