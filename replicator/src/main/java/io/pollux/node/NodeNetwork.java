package io.pollux.node;

import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Refusal;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Role;
import io.pollux.env.TlsWire;
import io.pollux.env.Wire;
import io.pollux.link.Link;
import io.pollux.tls.Fingerprint;
import io.pollux.tls.Identity;
import io.pollux.tls.PairingDesk;
import io.pollux.tls.PairingException;
import io.pollux.tls.TlsConnection;
import io.pollux.tls.TlsSockets;
import io.pollux.tls.TrustList;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How a node is reached and reaches its peer: a master listens, a backup connects and keeps trying;
 * strangers may only show a join token. On the loop unless said otherwise.
 */
final class NodeNetwork implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(NodeNetwork.class.getName());
  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

  private final Parts parts;
  private final Supplier<Link> newLink;
  private final Consumer<NodeConfig.Peer> joined;
  private final PairingDesk desk;
  private final TrustList trust;
  private final IdentityDesk identities;
  private final Refusals refusals = new Refusals();
  private final TlsWire wire;
  private Duration retry = FIRST_RETRY;
  private boolean dialing;
  private int dials;
  private volatile boolean closed;

  /**
   * @param joined hears on the loop of a node that was approved
   * @throws PolluxException BAD_CONFIGURATION if the identity can't be used
   */
  NodeNetwork(
      Parts parts, Workbench bench, Supplier<Link> newLink, Consumer<NodeConfig.Peer> joined)
      throws IOException, PolluxException {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.newLink = Objects.requireNonNull(newLink, "newLink");
    this.joined = Objects.requireNonNull(joined, "joined");
    InstantSource time = parts.loop.clock()::now;
    try {
      this.trust = TrustList.load(parts.directory.identity());
      this.identities =
          new IdentityDesk(parts, bench, Identity.load(parts.directory.identity()), trust, joined);
      this.desk = new PairingDesk(parts.directory.identity(), identities::identity, trust, time);
      this.wire =
          new TlsWire(
              new TlsSockets(identities::identity, time),
              parts.loop,
              trust::contains,
              this::stranger,
              refusals::count);
    } catch (GeneralSecurityException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "can't use the identity in "
              + parts.directory.identity()
              + ": "
              + e.getMessage()
              + "; set the node up again",
          e);
    }
  }

  void start() throws PolluxException {
    if (parts.config.role() == Role.BACKUP) {
      dial();
      return;
    }
    String listen = parts.config.listen().orElseThrow();
    try {
      wire.listen(listen, channel -> newLink.get());
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
    List<Fingerprint> keys = keys(peer.orElseThrow().name());
    if (keys.isEmpty()) {
      link.closed(
          "no key of node "
              + peer.orElseThrow().name()
              + " is trusted here: it was revoked; join that node's group again");
      return;
    }
    dialing = true;
    wire.connect(
        peer.orElseThrow().address(),
        keys.get(dials++ % keys.size()).toString(),
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

  /** While the peer changes its key there are two of them, and it may show either. */
  private List<Fingerprint> keys(String name) {
    return trust.nodes().entrySet().stream()
        .filter(node -> node.getValue().equals(name) && trust.contains(node.getKey()))
        .map(Map.Entry::getKey)
        .toList();
  }

  IdentityDesk identities() {
    return identities;
  }

  Refusals refusals() {
    return refusals;
  }

  /** The peer has greeted under the key that it should have. */
  void met(Link link) {
    retry = FIRST_RETRY; // Not sooner: a peer that is refused each time is not asked in a loop.
    identities.met(link);
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

  /** Any thread. */
  String token(Duration validity) throws PolluxException {
    try {
      return Setup.issue(desk, parts.config, validity);
    } catch (IOException e) {
      throw NodeDirectory.diskError("can't issue a token in " + parts.directory.path(), e);
    }
  }

  /** On a thread of the wire. */
  private void stranger(TlsConnection connection) {
    String from = String.valueOf(connection.remoteAddress());
    Optional<String> revoked = trust.revoked(connection.peer());
    if (revoked.isPresent()) {
      refuse(connection, "revoked key", "the key of node " + revoked.get() + " was revoked");
      return;
    }
    try {
      byte[] unknown = refusal("this node does not know the key " + connection.peer());
      PairingDesk.Joined who = desk.serve(connection, Setup.approver(parts.config), unknown);
      parts.loop.execute(() -> joined.accept(Setup.peer(who)));
      LOG.log(Level.INFO, "node {0} has joined from {1}", who.request().name(), from);
    } catch (PairingException | PolluxException e) {
      refusals.count("unknown key", from + " may not join: " + e.getMessage());
      connection.close();
    }
  }

  private void refuse(TlsConnection connection, String kind, String why) {
    refusals.count(kind, connection.remoteAddress() + ": " + why);
    try {
      connection.output().write(refusal(why));
      connection.output().flush();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a refused peer did not wait for the reason", e);
    } finally {
      connection.close();
    }
  }

  /** A frame of the link, for a peer that takes itself for one: a length, and that many bytes. */
  private static byte[] refusal(String why) {
    byte[] frame =
        LinkFrame.newBuilder()
            .setRefusal(
                Refusal.newBuilder()
                    .setReason(Reason.PEER_NOT_TRUSTED.name())
                    .setText(why + "; join again with a token"))
            .build()
            .toByteArray();
    return ByteBuffer.allocate(Integer.BYTES + frame.length)
        .putInt(frame.length)
        .put(frame)
        .array();
  }

  @Override
  public void close() {
    closed = true;
    wire.close();
  }
}
