package io.pollux.node;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Role;
import io.pollux.env.Wire;
import io.pollux.link.Link;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a node is reached and reaches its peer: a master listens, a backup connects and keeps trying.
 * On the loop unless said otherwise.
 */
final class NodeNetwork implements AutoCloseable {
  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

  private final Parts parts;
  private final Supplier<Link> newLink;
  private final Outside.Entrance entrance;
  private Duration retry = FIRST_RETRY;
  private boolean dialing;
  private int dials;
  private volatile boolean closed;

  NodeNetwork(Parts parts, Supplier<Link> newLink, Outside.Entrance entrance) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.newLink = Objects.requireNonNull(newLink, "newLink");
    this.entrance = Objects.requireNonNull(entrance, "entrance");
  }

  void start() throws PolluxException {
    if (parts.config.role() == Role.BACKUP) {
      dial();
      return;
    }
    String listen = parts.config.listen().orElseThrow();
    try {
      entrance.wire().listen(listen, channel -> newLink.get());
    } catch (IOException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "can't listen on "
              + listen
              + ": "
              + e.getMessage()
              + "; free the port or change 'listen' in "
              + parts.directory.configFile(),
          e);
    }
  }

  private void dial() {
    Optional<NodeConfig.Peer> peer = parts.config.peer();
    if (peer.isEmpty() || dialing || closed) {
      return;
    }
    Link link = newLink.get();
    List<String> keys = entrance.keys(peer.orElseThrow());
    if (keys.isEmpty()) {
      link.closed(
          "no key of node "
              + peer.orElseThrow().name()
              + " is trusted here: it was revoked; join that node's group again");
      return;
    }
    dialing = true;
    entrance
        .wire()
        .connect(
            peer.orElseThrow().address(),
            keys.get(dials++ % keys.size()),
            DIAL_TIMEOUT,
            new Wire.Listener() {
              @Override
              public void opened(Wire.Channel channel) {
                link.opened(channel);
              }

              @Override
              public void received(byte[] message) {
                link.received(message);
              }

              @Override
              public void closed(String reason) {
                dialing = false;
                link.closed(reason);
              }
            });
  }

  /** Who lets others in; empty in a world without strangers. */
  Optional<Admission> admission() {
    return entrance.admission();
  }

  /** The peer has greeted under the key that it should have. */
  void met(Link link) {
    retry = FIRST_RETRY; // Not sooner: a peer that is refused each time is not asked in a loop.
    admission().ifPresent(admission -> admission.identities().met(link));
  }

  /** A conversation has ended, or never began. */
  void lost() {
    if (parts.config.role() == Role.BACKUP && !closed) {
      Duration wait = retry;
      retry =
          retry.multipliedBy(2).compareTo(LONGEST_RETRY) < 0
              ? retry.multipliedBy(2)
              : LONGEST_RETRY;
      parts.loop.schedule(wait, this::dial);
    }
  }

  @Override
  public void close() {
    closed = true;
    entrance.close();
  }
}
