package io.pollux.node;

import io.pollux.commit.CommitOrder;
import io.pollux.commit.Receipts;
import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.CommitMode;
import io.pollux.core.Position;
import io.pollux.core.Role;
import io.pollux.core.SyncState;
import io.pollux.link.Link;
import io.pollux.tls.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Says what the node is, and in doubt that it does not know. On the loop. */
final class StatusDesk {
  static final String AVAILABILITY_FIRST =
      "availability is 'first': what the active node acknowledges while it is alone may be lost, and"
          + " both nodes may be active at once while they can't reach each other";

  private final Parts parts;
  private final PeerDesk.Desks desks;
  private final PeerDesk peer;
  private final Supplier<Optional<CommitOrder>> order;
  private final boolean embedded;

  private static final Duration EXPIRY_WARNING = Duration.ofDays(30);

  private record Sync(SyncState state, String reason) {}

  StatusDesk(
      Parts parts,
      PeerDesk.Desks desks,
      PeerDesk peer,
      Supplier<Optional<CommitOrder>> order,
      boolean embedded) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.desks = Objects.requireNonNull(desks, "desks");
    this.peer = Objects.requireNonNull(peer, "peer");
    this.order = Objects.requireNonNull(order, "order");
    this.embedded = embedded;
  }

  NodeStatus status() {
    boolean active = desks.core().activity() == Activity.ACTIVE;
    Sync sync =
        peer.link().filter(Link::isSilent).isPresent()
            ? new Sync(SyncState.UNKNOWN, "nothing was heard from the peer for too long")
            : active ? activeSync() : followerSync();
    Position end = parts.journal.end();
    return new NodeStatus(
        parts.config.name(),
        parts.config.id(),
        parts.config.group(),
        ProcessHandle.current().pid(),
        embedded,
        parts.config.role(),
        desks.core().activity(),
        desks.core().reason(),
        sync.state(),
        sync.reason(),
        parts.config.commit(),
        parts.config.availability(),
        peerStatus(),
        desks.core().state().epoch().number(),
        parts.stored.boot(),
        end.index(),
        parts.journal.log().forced().index(),
        active ? end.index() : parts.applier.applied().index(),
        behind(active),
        desks.copies().progress(),
        verified(),
        tables(),
        desks.network().flatMap(NodeNetwork::admission).map(StatusDesk::identity),
        parts.gate.unknownOutcomes(),
        warnings(active));
  }

  private static NodeStatus.Identity identity(Admission admission) {
    Identity own = admission.identities().identity();
    return new NodeStatus.Identity(
        own.fingerprint().toString(), own.validUntil(), admission.refusals().counts());
  }

  private Optional<Long> behind(boolean active) {
    if (active) {
      return parts.receipts.isFollowing()
          ? Optional.of(
              Math.max(
                  0,
                  parts.journal.end().index()
                      - parts.receipts.confirmed(Receipts.Level.APPLIED).index()))
          : Optional.empty();
    }
    return desks.following().isMatched()
        ? Optional.of(
            Math.max(0, desks.following().peerEnd().index() - parts.applier.applied().index()))
        : Optional.empty();
  }

  private Sync activeSync() {
    if (parts.config.role() == Role.INDEPENDENT) {
      return new Sync(SyncState.UNKNOWN, "an independent node has no peer");
    } else if (peer.isIncompatible()) {
      return new Sync(SyncState.INCOMPATIBLE, peer.linkReason());
    } else if (peer.link().isEmpty()) {
      return new Sync(SyncState.UNKNOWN, "no peer is connected: " + peer.linkReason());
    } else if (desks.copies().progress().isPresent() || peer.isPeerCopyDue()) {
      return new Sync(SyncState.COPYING, "the peer gets a full copy");
    } else if (!peer.peerTrouble().isEmpty()) {
      return new Sync(SyncState.DIVERGED, "on the peer, " + peer.peerTrouble());
    } else if (order.get().isEmpty()) {
      return new Sync(
          SyncState.CATCHING_UP, "the last commits of this reign are coming to their end");
    } else if (!peer.isShipping()) {
      return new Sync(SyncState.UNKNOWN, "the peer does not follow yet");
    }
    return differs()
        .orElseGet(
            () ->
                parts.receipts.confirmed(Receipts.Level.APPLIED).equals(parts.journal.end())
                        && order.get().orElseThrow().waiting() == 0
                        && parts.gate.unknownOutcomes() == 0
                    ? new Sync(SyncState.IN_SYNC, "the peer's database has every record")
                    : new Sync(SyncState.CATCHING_UP, "the peer applies what it lacks"));
  }

  private Sync followerSync() {
    if (parts.stored.copying()
        || desks.copies().progress().isPresent()
        || desks.following().isCopyDue()) {
      return new Sync(SyncState.COPYING, "a full copy from the active node is under way");
    } else if (peer.isIncompatible()) {
      return new Sync(SyncState.INCOMPATIBLE, peer.linkReason());
    } else if (parts.applier.trouble().isPresent()) {
      return new Sync(SyncState.DIVERGED, parts.applier.trouble().orElseThrow());
    } else if (!desks.copies().trouble().isEmpty()) {
      return new Sync(SyncState.OUT_OF_DATE, desks.copies().trouble());
    } else if (peer.link().isEmpty()) {
      return new Sync(SyncState.UNKNOWN, "no peer is connected: " + peer.linkReason());
    } else if (!desks.following().isMatched()) {
      return new Sync(SyncState.UNKNOWN, "no active node to follow yet");
    }
    return differs()
        .orElseGet(
            () ->
                parts.applier.isRunning()
                        && !parts.applier.applied().isBefore(desks.following().peerEnd())
                    ? new Sync(SyncState.IN_SYNC, "this database has every record")
                    : new Sync(SyncState.CATCHING_UP, "this node applies what it lacks"));
  }

  private Optional<NodeStatus.Verified> verified() {
    return desks
        .verify()
        .findings()
        .last()
        .map(
            pass ->
                new NodeStatus.Verified(
                    pass.at(), pass.position().index(), pass.equal(), pass.tables(), pass.rows()));
  }

  private List<NodeStatus.Compared> tables() {
    return desks.verify().findings().tables().stream()
        .map(
            table ->
                new NodeStatus.Compared(
                    table.table(),
                    table.standing().name(),
                    table.position(),
                    table.at(),
                    table.rows(),
                    table.differing(),
                    table.differs(),
                    table.detail()))
        .toList();
  }

  private Optional<Sync> differs() {
    return desks
        .verify()
        .findings()
        .open()
        .map(
            table ->
                new Sync(
                    SyncState.DIVERGED,
                    table.table()
                        + " differs on the backup: "
                        + table.describe()
                        + "; run 'pollux resync' on the node whose data may go"));
  }

  private Optional<NodeStatus.Peer> peerStatus() {
    Optional<String> name =
        peer.peer().map(p -> p.name()).or(() -> parts.config.peer().map(NodeConfig.Peer::name));
    return name.map(
        known ->
            new NodeStatus.Peer(
                known,
                parts.config.peer().map(NodeConfig.Peer::address).orElse(""),
                peer.link().isPresent() ? NodeStatus.Link.CONNECTED : NodeStatus.Link.LOST,
                peer.since(),
                peer.linkReason(),
                peer.peer().map(p -> p.activity()),
                peer.peer().map(p -> peer.peerEnd().index())));
  }

  private Optional<String> expiry(Identity own) {
    Instant now = parts.loop.clock().now();
    Instant end = own.validUntil();
    if (now.isAfter(end)) {
      return Optional.of(
          "this node's certificate expired at "
              + end
              + ": the peer refuses it; set the node up again and join");
    }
    return now.isAfter(end.minus(EXPIRY_WARNING))
        ? Optional.of(
            "this node's certificate expires at "
                + end
                + "; run 'pollux identity rotate' while the peer is connected")
        : Optional.empty();
  }

  private List<String> warnings(boolean active) {
    List<String> warnings = new ArrayList<>();
    if (parts.gate.unknownOutcomes() > 0) {
      warnings.add("the outcome of commits is unknown: the database does not answer");
    }
    if (!parts.journal.acceptsNew()) {
      warnings.add(Journal.NO_ROOM);
    }
    desks
        .network()
        .flatMap(NodeNetwork::admission)
        .map(admission -> admission.identities().identity())
        .flatMap(this::expiry)
        .ifPresent(warnings::add);
    boolean waits = parts.config.commit() != CommitMode.ASYNC;
    if (active && waits && desks.core().isPaired() && !parts.receipts.isFollowing()) {
      warnings.add(
          parts.config.availability().commitsAlone()
              ? "commits do not wait for the peer now: what this node commits is on this machine only"
              : "nothing can be committed now: availability is 'consistent' and no backup follows");
    }
    warnings.addAll(desks.runtime().troubles());
    if (parts.config.availability() == Availability.FIRST) {
      warnings.add(AVAILABILITY_FIRST);
    }
    return warnings;
  }
}
