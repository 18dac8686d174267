package io.pollux.node;

import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.CopyChunk;
import io.pollux.codec.wire.CopyEnd;
import io.pollux.codec.wire.CopyFailed;
import io.pollux.codec.wire.CopyRequest;
import io.pollux.codec.wire.DigestResult;
import io.pollux.codec.wire.Entries;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.IdentityAnswer;
import io.pollux.codec.wire.IdentityOffer;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Match;
import io.pollux.codec.wire.NodeReport;
import io.pollux.codec.wire.Ping;
import io.pollux.codec.wire.Receipt;
import io.pollux.codec.wire.Refusal;
import io.pollux.codec.wire.Switchover;
import io.pollux.codec.wire.VerifyDone;
import io.pollux.codec.wire.VerifyRequest;
import io.pollux.commit.Receipts;
import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.Epoch;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.link.Link;
import io.pollux.link.LinkHandler;
import io.pollux.link.LinkSettings;
import io.pollux.link.Shipper;
import io.pollux.pair.PairEvent;
import io.pollux.pair.PairState;
import io.pollux.runtime.RuntimeDesk;
import io.pollux.verify.Sweep;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Takes what the peer says to those whom it concerns. On the loop; at most one greeted link at a
 * time, the newest.
 */
final class PeerDesk implements LinkHandler {
  private static final System.Logger LOG = System.getLogger(PeerDesk.class.getName());

  private final Parts parts;
  private final LinkSettings settings;
  private final Desks desks;

  private Optional<Link> link = Optional.empty();
  private Optional<Shipper> shipper = Optional.empty();
  private Optional<PairState.Peer> peer = Optional.empty();
  private Optional<Adoption> adoption = Optional.empty();
  private final List<Runnable> pinged = new ArrayList<>();
  private Position peerEnd = Position.NONE;
  private String peerTrouble = "";
  private boolean peerCopyDue;
  private Instant since;
  private String linkReason = "not connected yet";
  private boolean incompatible;

  /** Whom frames concern. */
  record Desks(
      NodeCore core,
      Following following,
      CopyDesk copies,
      Sweep verify,
      VerifyAsk ask,
      RuntimeDesk runtime,
      Optional<NodeNetwork> network) {}

  /** Asking the active node for a comparison, and answering such a question. */
  interface VerifyAsk {
    void asked(Link link, VerifyRequest request);

    void answered(VerifyDone done);

    void parted();
  }

  /** Fetching the tail that only the peer has, before a reign begins. */
  private record Adoption(io.pollux.link.LogFollower search, Position[] until) {}

  PeerDesk(Parts parts, LinkSettings settings, Desks desks) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.desks = Objects.requireNonNull(desks, "desks");
    this.since = parts.loop.clock().now();
  }

  private Optional<Admission> admission() {
    return desks.network().flatMap(NodeNetwork::admission);
  }

  Optional<Link> link() {
    return link;
  }

  Optional<PairState.Peer> peer() {
    return peer;
  }

  Position peerEnd() {
    return peerEnd;
  }

  Instant since() {
    return since;
  }

  String linkReason() {
    return linkReason;
  }

  /** Why the follower's apply stands still; empty if it does not. */
  String peerTrouble() {
    return peerTrouble;
  }

  /** Whether the follower waits for a copy that replaces what it has applied. */
  boolean isPeerCopyDue() {
    return peerCopyDue;
  }

  boolean isIncompatible() {
    return incompatible;
  }

  boolean isShipping() {
    return shipper.filter(Shipper::isShipping).isPresent();
  }

  /** Up to where all records are in both databases, as far as this node knows. */
  Position appliedEverywhere() {
    if (desks.core().activity() != Activity.ACTIVE) {
      return desks.following().appliedEverywhere();
    } else if (parts.config.peer().isEmpty()) {
      return parts.journal.end();
    }
    boolean isCopying = peerCopyDue || desks.copies().progress().isPresent();
    return parts.receipts.isFollowing() && !isCopying
        ? parts.receipts.confirmed(Receipts.Level.APPLIED)
        : Position.NONE;
  }

  /** Something was appended to the log. */
  void appended() {
    shipper.ifPresent(s -> attempt(s::pump));
  }

  @Override
  public void greeted(Link newLink, Hello hello) {
    Optional<Refusal> refusal =
        admission().flatMap(admission -> admission.identities().judge(newLink, hello));
    if (refusal.isPresent()) {
      newLink.refuse(refusal.orElseThrow());
      return;
    }
    if (link.isPresent()) {
      PairEvent.PeerGone gone = gone(link.orElseThrow());
      link.orElseThrow().close("the peer has connected again");
      parted("the peer has connected again");
      desks.core().step(gone);
    }
    link = Optional.of(newLink);
    shipper =
        Optional.of(
            new Shipper(
                parts.journal::log,
                newLink,
                settings,
                () -> parts.stored.epoch().number(),
                parts.receipts::shipped));
    since = parts.loop.clock().now();
    linkReason = "connected to " + newLink.description();
    incompatible = false;
    LOG.log(Level.INFO, "peer {0} is connected", hello.getName());
    desks.network().ifPresent(network -> network.met(newLink));
    desks.core().connected(newLink);
    desks.core().report(); // What the greeting said may be over.
    spoke(hello.getName(), hello.getReport());
  }

  @Override
  public void report(NodeReport report) {
    peer.ifPresent(p -> spoke(p.name(), report));
  }

  private void spoke(String name, NodeReport report) {
    Optional<PairState.Peer> before = peer;
    PairState.Peer now;
    try {
      now =
          new PairState.Peer(
              name,
              Activity.valueOf(report.getActivity()),
              new Epoch(report.getEpoch()),
              report.getWasActive(),
              Availability.valueOf(report.getAvailability()));
    } catch (IllegalArgumentException e) {
      link.ifPresent(l -> l.close("the peer's report can't be read: " + e.getMessage()));
      return;
    }
    peer = Optional.of(now);
    ends(report.getEnd());
    desks.core().step(new PairEvent.PeerSpoke(now));
    link.ifPresent(l -> desks.runtime().peer(l::send, report));
    boolean becameActive =
        now.activity() == Activity.ACTIVE
            && now.epoch().compareTo(parts.stored.epoch()) >= 0
            && before
                .map(p -> !p.activity().equals(now.activity()) || !p.epoch().equals(now.epoch()))
                .orElse(true);
    if (becameActive && desks.core().state().activity() == Activity.WARM) {
      shipper.ifPresent(Shipper::stop);
      adoption = Optional.empty(); // The answers to that search would be taken for this one's.
      link.ifPresent(desks.copies()::meet);
      link.ifPresent(desks.following()::meet);
    }
  }

  private void ends(long end) {
    Position position = new Position(end);
    peerEnd = position;
    desks.following().peerEndsAt(position);
  }

  @Override
  public void pinged(Ping ping) {
    ends(ping.getEnd());
    desks.runtime().changed();
    List<Runnable> waiting = List.copyOf(pinged);
    pinged.clear();
    waiting.forEach(Runnable::run);
  }

  /**
   * Runs {@code task} when the peer has said where its log ends now; at once if there is no peer.
   */
  void afterPing(Runnable task) {
    if (link.isEmpty()) {
      task.run();
    } else {
      pinged.add(task);
      link.orElseThrow().ping(true);
    }
  }

  @Override
  public void follow(Follow follow) {
    shipper.ifPresent(
        s ->
            attempt(
                () -> {
                  s.follow(follow);
                  if (s.isShipping() && desks.core().state().activity() == Activity.ACTIVE) {
                    parts.receipts.followed(new Position(follow.getCheckpoints(0).getPosition()));
                    desks.verify().followed();
                  }
                }));
  }

  @Override
  public void match(Match match) {
    if (adoption.isPresent()) {
      Adoption adopting = adoption.orElseThrow();
      adopting.until[0] = new Position(match.getEnd());
      attempt(() -> adopting.search.match(match));
    } else {
      desks.following().match(match);
    }
  }

  @Override
  public void entries(Entries entries) {
    if (adoption.isPresent() || desks.following().isMatched()) {
      desks.following().entries(entries);
      adopted();
    }
  }

  /**
   * Fetches what only the peer's log has; {@link PairEvent.Adopted} follows, unless the link is
   * lost before.
   */
  void adopt() {
    if (link.isEmpty()) {
      return;
    }
    Position[] until = {Position.NONE};
    io.pollux.link.LogFollower search =
        new io.pollux.link.LogFollower(
            parts.journal.log(),
            link.orElseThrow(),
            new io.pollux.link.LogFollower.Listener() {
              @Override
              public void matched(Position end) {
                adopted();
              }

              @Override
              public void surplus(Position lastShared) {
                until[0] =
                    Position
                        .NONE; // The peer is behind, or has what this node's recovery decides anew.
                adopted();
              }

              @Override
              public void unmatched(String reason) {
                until[0] = Position.NONE;
                adopted();
              }
            });
    adoption = Optional.of(new Adoption(search, until));
    attempt(search::begin);
  }

  private void adopted() {
    if (adoption.isPresent() && !parts.journal.end().isBefore(adoption.orElseThrow().until[0])) {
      adoption = Optional.empty();
      desks.core().step(new PairEvent.Adopted());
    }
  }

  @Override
  public void receipt(Receipt receipt) {
    long end = parts.journal.end().index();
    if (Math.max(receipt.getWritten(), receipt.getForced()) > end) {
      link.ifPresent(
          l -> l.close("the peer acknowledges records after " + end + ", where this log ends"));
      return;
    }
    peerTrouble = receipt.getTrouble();
    peerCopyDue = receipt.getCopyDue();
    parts.receipts.received(
        new Position(receipt.getWritten()),
        new Position(receipt.getForced()),
        new Position(receipt.getApplied()));
    shipper.ifPresent(s -> attempt(() -> s.receipt(receipt)));
  }

  @Override
  public void copyRequest(CopyRequest request) {
    if (desks.core().activity() != Activity.ACTIVE) {
      CopyFailed refusal = CopyFailed.newBuilder().setText("the peer is not active").build();
      link.ifPresent(l -> l.send(LinkFrame.newBuilder().setCopyFailed(refusal)));
      return;
    }
    link.ifPresent(l -> desks.copies().requested(l, request));
  }

  @Override
  public void copyBegin(CopyBegin begin) {
    desks.copies().begin(begin);
  }

  @Override
  public void copyChunk(CopyChunk chunk) {
    desks.copies().chunk(chunk);
  }

  @Override
  public void copyEnd(CopyEnd end) {
    desks.copies().end(end);
  }

  @Override
  public void copyFailed(CopyFailed failed) {
    desks.copies().failed(failed);
  }

  @Override
  public void digestResult(DigestResult result) {
    desks.verify().answered(result);
  }

  @Override
  public void verifyRequest(VerifyRequest request) {
    link.ifPresent(l -> desks.ask().asked(l, request));
  }

  @Override
  public void verifyDone(VerifyDone done) {
    desks.ask().answered(done);
  }

  @Override
  public void switchover(Switchover switchover) {
    switch (switchover.getStep()) {
      case ASK -> desks.core().step(new PairEvent.SwitchAsked(true));
      case OFFER -> desks.core().step(new PairEvent.Offered());
      case DECLINE -> desks.core().step(new PairEvent.Declined(switchover.getText()));
      default ->
          LOG.log(Level.WARNING, "the peer told a step of a switchover that is unknown here");
    }
  }

  @Override
  public void runtime(LinkFrame frame) {
    desks
        .runtime()
        .frame(frame)
        .ifPresent(why -> link.ifPresent(l -> l.close("the peer's word is not taken: " + why)));
  }

  @Override
  public void refused(Refusal refusal, boolean byPeer) {
    incompatible = true;
    linkReason = (byPeer ? "refused by the peer: " : "refused: ") + refusal.getText();
    String kind = refusal.getReason().toLowerCase(Locale.ROOT).replace('_', ' ');
    admission().ifPresent(admission -> admission.refusals().count(kind, linkReason));
  }

  @Override
  public void identityOffer(IdentityOffer offer) {
    withIdentities((identities, open) -> identities.offered(open, offer));
  }

  @Override
  public void identityAnswer(IdentityAnswer answer) {
    withIdentities((identities, open) -> identities.answered(open, answer));
  }

  private void withIdentities(BiConsumer<IdentityDesk, Link> task) {
    link.ifPresent(open -> admission().ifPresent(a -> task.accept(a.identities(), open)));
  }

  @Override
  public void lost(Link lostLink, String reason) {
    if (link.filter(l -> l == lostLink).isPresent()) {
      PairEvent.PeerGone gone = gone(lostLink);
      parted(reason);
      since = parts.loop.clock().now();
      linkReason = reason;
      LOG.log(Level.WARNING, "the link to the peer is lost: {0}", reason);
      desks.core().step(gone);
    } else if (!incompatible && link.isEmpty()) {
      linkReason = reason;
    }
    desks.network().ifPresent(NodeNetwork::lost);
  }

  private PairEvent.PeerGone gone(Link lostLink) {
    boolean announced = peer.filter(p -> p.activity() == Activity.COLD).isPresent();
    PairEvent.Loss loss = lostLink.wasSilent() ? PairEvent.Loss.SILENT : PairEvent.Loss.BROKEN;
    return new PairEvent.PeerGone(
        announced ? PairEvent.Loss.ANNOUNCED : loss, desks.following().isComplete());
  }

  private void parted(String reason) {
    if (link.isEmpty()) {
      return;
    }
    link = Optional.empty();
    shipper = Optional.empty();
    peer = Optional.empty();
    peerEnd = Position.NONE;
    peerCopyDue = false;
    adoption = Optional.empty();
    parts.receipts.lost();
    desks.core().disconnected();
    desks.following().part();
    desks.copies().parted();
    desks.runtime().parted();
    desks.verify().abandon(reason);
    desks.ask().parted();
    admission().ifPresent(admission -> admission.identities().parted());
    List<Runnable> waiting = List.copyOf(pinged);
    pinged.clear();
    waiting.forEach(Runnable::run);
  }

  /** Something of the log that may be unreadable. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws PolluxException;
  }

  private void attempt(Attempt attempt) {
    try {
      attempt.run();
    } catch (PolluxException e) {
      parts.failed.accept(e);
    }
  }
}
