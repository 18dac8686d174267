package io.pollux.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.IdentityAnswer;
import io.pollux.codec.wire.IdentityOffer;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Refusal;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.link.Link;
import io.pollux.tls.Fingerprint;
import io.pollux.tls.Identity;
import io.pollux.tls.InvalidCertificateException;
import io.pollux.tls.KeyFile;
import io.pollux.tls.PeerCertificate;
import io.pollux.tls.TrustList;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Who this node is and whom it trusts, while it runs. A new identity is announced over the link
 * that the old one has opened; only when the peer has written down that it trusts it, it is put in
 * place and the link is opened again. At every moment the peer trusts what this node shows. On the
 * loop.
 */
final class IdentityDesk {
  private static final Duration LONGEST_ROTATION = Duration.ofSeconds(10);

  private final Parts parts;
  private final Workbench bench;
  private final TrustList trust;
  private final Consumer<NodeConfig.Peer> peerChanged;
  private final InstantSource time;
  private volatile Identity identity;
  private Optional<Rotation> rotation = Optional.empty();

  private record Rotation(Identity successor, CompletableFuture<ObjectNode> answer) {}

  /**
   * @param peerChanged hears of the peer's new key
   */
  IdentityDesk(
      Parts parts,
      Workbench bench,
      Identity identity,
      TrustList trust,
      Consumer<NodeConfig.Peer> peerChanged) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.bench = Objects.requireNonNull(bench, "bench");
    this.identity = Objects.requireNonNull(identity, "identity");
    this.trust = Objects.requireNonNull(trust, "trust");
    this.peerChanged = Objects.requireNonNull(peerChanged, "peerChanged");
    this.time = parts.loop.clock()::now;
  }

  /** Any thread. */
  Identity identity() {
    return identity;
  }

  /** Why a peer with an authenticated key is not the node that it says it is. */
  Optional<Refusal> judge(Link link, Hello hello) {
    String known = trust.name(Fingerprint.parse(link.peerKey())).orElse("");
    return known.equals(hello.getName())
        ? Optional.empty()
        : Optional.of(
            Refusal.newBuilder()
                .setReason(Reason.PEER_NOT_TRUSTED.name())
                .setText(
                    "the key belongs to node "
                        + known
                        + ", and whoever has it says that it is "
                        + hello.getName()
                        + "; join it again under its name")
                .build());
  }

  /** The peer has shown its key: the one that it had before is not needed any more. */
  void met(Link link) {
    Optional<NodeConfig.Peer> known = parts.config.peer();
    if (known.isEmpty() || known.orElseThrow().fingerprint().equals(link.peerKey())) {
      return;
    }
    NodeConfig.Peer former = known.orElseThrow();
    Fingerprint old = Fingerprint.parse(former.fingerprint());
    if (trust.name(old).filter(former.name()::equals).isPresent()) {
      peerChanged.accept(new NodeConfig.Peer(former.name(), former.address(), link.peerKey()));
      bench.run(() -> trust.remove(old), removed -> {});
    }
  }

  /** Begins to rotate; the answer comes when the new identity, or {@code key}'s, is in place. */
  CompletableFuture<ObjectNode> rotate(Optional<Link> link, Optional<KeyFile> key) {
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    if (link.isEmpty() || rotation.isPresent()) {
      answer.completeExceptionally(
          new PolluxException(
              link.isEmpty() ? Reason.PEER_UNREACHABLE : Reason.TIMEOUT,
              link.isEmpty()
                  ? "can't rotate: the peer is not connected and would not know the new key; "
                      + "connect it first"
                  : "can't rotate: a rotation is under way; try again in a moment"));
      return answer;
    }
    bench.run(
        () -> successor(key),
        made -> {
          Rotation begun = new Rotation(made, answer);
          rotation = Optional.of(begun);
          offer(link.orElseThrow(), made);
          parts.loop.schedule(
              LONGEST_ROTATION, () -> fail(begun, "the peer did not answer in time"));
        },
        answer::completeExceptionally);
    return answer;
  }

  private Identity successor(Optional<KeyFile> key) throws IOException, PolluxException {
    try {
      return identity.makeSuccessor(parts.directory.identity(), key, time);
    } catch (InvalidCertificateException | GeneralSecurityException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "the identity stays as it was: can't use the new key: " + e.getMessage(),
          e);
    }
  }

  private static void offer(Link link, Identity successor) {
    try {
      ByteString certificate = ByteString.copyFrom(successor.encodedChain());
      link.send(
          LinkFrame.newBuilder()
              .setIdentityOffer(IdentityOffer.newBuilder().setCertificate(certificate)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was just read can be encoded", e);
    }
  }

  private void fail(Rotation failed, String reason) {
    if (rotation.equals(Optional.of(failed))) {
      rotation = Optional.empty();
      failed.answer.completeExceptionally(
          new PolluxException(
              Reason.PEER_UNREACHABLE,
              "the identity stays as it was: "
                  + reason
                  + "; try again when the peer is connected"));
    }
  }

  /** The link is gone: whether the peer trusts the new key will be asked anew. */
  void parted() {
    rotation.ifPresent(now -> fail(now, "the link to the peer was lost"));
  }

  /** The peer is going to have another key. */
  void offered(Link link, IdentityOffer offer) {
    IdentityAnswer.Builder answer = IdentityAnswer.newBuilder();
    Fingerprint shown = Fingerprint.parse(link.peerKey());
    String name = trust.name(shown).orElse("");
    bench.run(
        () -> {
          byte[] encoded = offer.getCertificate().toByteArray();
          PeerCertificate next = PeerCertificate.parse(encoded, identity, "node " + name, time);
          if (!next.name().equals(name)) {
            throw new IOException("the certificate is that of node " + next.name());
          }
          forgetFormerOffers(name, shown);
          trust.add(next.fingerprint(), name);
          return next.fingerprint();
        },
        key -> send(link, answer.setFingerprint(key.toString())),
        e -> send(link, answer.setRefusal(String.valueOf(e.getMessage()))));
  }

  private void forgetFormerOffers(String name, Fingerprint shown) throws IOException {
    for (Map.Entry<Fingerprint, String> node : trust.nodes().entrySet()) {
      if (node.getValue().equals(name) && !node.getKey().equals(shown)) {
        trust.remove(node.getKey());
      }
    }
  }

  private static void send(Link link, IdentityAnswer.Builder answer) {
    link.send(LinkFrame.newBuilder().setIdentityAnswer(answer));
  }

  /** The peer has written down that it trusts the new key, or says why it does not. */
  void answered(Link link, IdentityAnswer answer) {
    if (rotation.isEmpty()) {
      return; // It came too late.
    }
    Rotation current = rotation.orElseThrow();
    if (!answer.getRefusal().isEmpty()) {
      fail(current, "the peer refused the new key: " + answer.getRefusal());
    } else if (answer.getFingerprint().equals(current.successor.fingerprint().toString())) {
      rotation = Optional.empty();
      bench.run(
          () -> adopt(current.successor),
          adopted -> {
            identity = adopted;
            current.answer.complete(show());
            link.close("this node has a new identity");
          },
          current.answer::completeExceptionally);
    }
  }

  private Identity adopt(Identity successor) throws IOException {
    try {
      Identity adopted = Identity.adoptSuccessor(parts.directory.identity());
      if (!adopted.fingerprint().equals(successor.fingerprint())) {
        throw new IOException("another successor was made meanwhile");
      }
      return adopted;
    } catch (GeneralSecurityException e) {
      throw new IOException("the successor can't be read back: " + e.getMessage(), e);
    }
  }

  /** Stops trusting a node by name or fingerprint, for ever; its link ends. */
  CompletableFuture<ObjectNode> revoke(String who, Optional<Link> link) {
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    bench.run(
        () -> revoked(who),
        count -> {
          link.filter(open -> !trust.contains(Fingerprint.parse(open.peerKey())))
              .ifPresent(open -> open.close("the key of the peer was revoked"));
          answer.complete(show().put("revoked", count));
        },
        answer::completeExceptionally);
    return answer;
  }

  private int revoked(String who) throws IOException, PolluxException {
    int count = 0;
    for (Map.Entry<Fingerprint, String> node : trust.nodes().entrySet()) {
      if (node.getValue().equals(who) || node.getKey().toString().equals(who)) {
        count += trust.revoke(node.getKey()) ? 1 : 0;
      }
    }
    if (count == 0) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "can't revoke '" + who + "': no trusted node has this name or fingerprint");
    }
    return count;
  }

  ObjectNode show() {
    return IdentityDocument.of(identity, trust);
  }
}
