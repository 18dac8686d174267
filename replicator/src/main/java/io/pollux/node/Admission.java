package io.pollux.node;

import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Refusal;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.env.TlsWire;
import io.pollux.env.Wire;
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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lets in whom this node trusts; strangers may only show a join token. On the loop unless said
 * otherwise.
 */
final class Admission implements Outside.Entrance {
  private static final System.Logger LOG = System.getLogger(Admission.class.getName());

  private final Parts parts;
  private final Consumer<NodeConfig.Peer> joined;
  private final PairingDesk desk;
  private final TrustList trust;
  private final IdentityDesk identities;
  private final Refusals refusals = new Refusals();
  private final TlsWire wire;

  /**
   * @param joined hears on the loop of a node that was approved
   * @throws PolluxException BAD_CONFIGURATION if the identity can't be used
   */
  Admission(Parts parts, Workbench bench, Consumer<NodeConfig.Peer> joined)
      throws IOException, PolluxException {
    this.parts = Objects.requireNonNull(parts, "parts");
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

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public Optional<Admission> admission() {
    return Optional.of(this);
  }

  IdentityDesk identities() {
    return identities;
  }

  Refusals refusals() {
    return refusals;
  }

  /** While the peer changes its key there are two of them, and it may show either. */
  @Override
  public List<String> keys(NodeConfig.Peer peer) {
    return trust.nodes().entrySet().stream()
        .filter(node -> node.getValue().equals(peer.name()) && trust.contains(node.getKey()))
        .map(node -> node.getKey().toString())
        .toList();
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
      PairingDesk.Joined who = desk.serve(connection, Setup.approver(parts.config, trust), unknown);
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
    wire.close();
  }
}
