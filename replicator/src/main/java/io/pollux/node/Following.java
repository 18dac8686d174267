package io.pollux.node;

import io.pollux.apply.SlotKey;
import io.pollux.codec.wire.Entries;
import io.pollux.codec.wire.Entry;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Match;
import io.pollux.codec.wire.Receipt;
import io.pollux.core.Epoch;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.env.FailPoints;
import io.pollux.link.Link;
import io.pollux.link.LogFollower;
import io.pollux.log.ChainBreak;
import io.pollux.node.NodeDatabase.SlotRow;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The side of a node that follows: finds where its log agrees with the active node's, takes what
 * comes after, and applies it once it is sure that its database holds nothing that the active node
 * lacks. In doubt it asks for a full copy.
 */
final class Following {
  private static final System.Logger LOG = System.getLogger(Following.class.getName());

  private final Parts parts;
  private final Consumer<Epoch> epochSeen;
  private final Consumer<String> needsCopy;
  private final Orphans orphans;
  private final BooleanSupplier copyDue;

  private Optional<Link> link = Optional.empty();
  private Optional<LogFollower> search = Optional.empty();
  private Optional<Map<SlotKey, SlotRow>> slots = Optional.empty();
  private Position marker = Position.NONE;
  private boolean emptyDatabase;

  /** This log leads nowhere: what arrives until a copy is installed is of no use. */
  private boolean lost;

  /** This node is about to reign, or reigns. */
  private boolean promoted;

  /**
   * Where the active node's log ended when the match was found; applying begins when this log is
   * there.
   */
  private Optional<Position> target = Optional.empty();

  private Position peerEnd = Position.NONE;

  /** What the active node can't lose. */
  private Position peerForced = Position.NONE;

  private Receipt lastReceipt = Receipt.getDefaultInstance();

  /**
   * @param needsCopy hears the reason for which nothing but a full copy helps
   * @param copyDue whether a copy is going to replace what is applied now
   */
  Following(
      Parts parts,
      Orphans orphans,
      Consumer<Epoch> epochSeen,
      Consumer<String> needsCopy,
      BooleanSupplier copyDue) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.orphans = Objects.requireNonNull(orphans, "orphans");
    this.epochSeen = Objects.requireNonNull(epochSeen, "epochSeen");
    this.needsCopy = Objects.requireNonNull(needsCopy, "needsCopy");
    this.copyDue = Objects.requireNonNull(copyDue, "copyDue");
  }

  private record Found(Map<SlotKey, SlotRow> slots, Position applied, boolean empty) {}

  /** Ends the reign, if there was one, and gets ready to follow. */
  void begin(Runnable ready) {
    lost = false;
    promoted = false;
    pause();
    parts.work.run(
        () -> {
          parts.gate.shut();
          if (parts.database.owner().isEmpty()) {
            return new Found(Map.of(), Position.NONE, true);
          }
          parts.database.becomeStandby();
          return new Found(parts.database.slots(), parts.database.applied(), false);
        },
        found -> {
          slots = Optional.of(found.slots());
          marker = found.applied();
          emptyDatabase = found.empty();
          ready.run();
          match();
        });
  }

  /** The active node can be reached through {@code active}. */
  void meet(Link active) {
    link = Optional.of(active);
    lost = false;
    search = Optional.empty();
    target = Optional.empty();
    lastReceipt = Receipt.getDefaultInstance();
    match();
  }

  void part() {
    link = Optional.empty();
    search = Optional.empty();
    target = Optional.empty();
    peerForced = Position.NONE;
    peerEnd = Position.NONE; // It may come back with less, if its machine lost power.
  }

  /** Whether a copy is going to replace what is applied now. */
  boolean isCopyDue() {
    return copyDue.getAsBoolean();
  }

  /** What its database holds, once there is no {@link #hindrance}. */
  Map<SlotKey, SlotRow> slots() {
    return slots.orElseThrow();
  }

  /** Why this node can't become active as it is; empty if it can. */
  Optional<String> hindrance() {
    if (slots.isEmpty()) {
      return Optional.of("it is only getting ready to follow; repeat the command");
    }
    boolean isForeign =
        parts
            .journal
            .summary()
            .reign()
            .filter(reign -> !reign.node().equals(parts.config.id()))
            .isPresent();
    return isForeign && !unknownToLog().isEmpty()
        ? Optional.of(
            "its database has transactions that are not in the log and came before the peer's;"
                + " connect it to the peer, which will send a copy")
        : Optional.empty();
  }

  boolean isMatched() {
    return target.isPresent();
  }

  /** Whether this log has all that the active node's had when it was found, and follows since. */
  boolean isComplete() {
    return target.isPresent() && !parts.journal.end().isBefore(target.orElseThrow());
  }

  Position peerEnd() {
    return peerEnd;
  }

  /** The latest word counts: a copy may have given the peer a shorter log. */
  void peerEndsAt(Position end) {
    peerEnd = end;
  }

  private void match() {
    if (slots.isEmpty() || link.isEmpty() || search.isPresent() || lost || promoted) {
      return;
    }
    if (emptyDatabase) {
      askForCopy("this node has no data yet");
      return;
    } else if (reached().isBefore(beforeFirst())) {
      askForCopy(
          "this node's database is at record "
              + reached()
              + " and its log begins after "
              + beforeFirst());
      return;
    } else if (parts.stored.copying()) {
      attempt(
          () ->
              askForCopy(
                  "the last copy did not come to its end; what the log has is kept in "
                      + keep(beforeFirst())));
      return;
    }
    LogFollower follower = new LogFollower(parts.journal.log(), link.orElseThrow(), found());
    search = Optional.of(follower);
    attempt(follower::begin);
  }

  private Position reached() {
    return parts.applier.isRunning() ? parts.applier.applied() : marker;
  }

  private void askForCopy(String reason) {
    lost = true;
    target = Optional.empty();
    search = Optional.empty();
    needsCopy.accept(reason);
  }

  private LogFollower.Listener found() {
    return new LogFollower.Listener() {
      @Override
      public void matched(Position end) {
        target = Optional.of(peerEnd.isAfter(end) ? peerEnd : end);
        lastReceipt = Receipt.getDefaultInstance(); // The active node counts anew from here.
        startWhenCaughtUp();
      }

      @Override
      public void surplus(Position lastShared) throws PolluxException {
        askForCopy(
            "this node has "
                + (parts.journal.end().index() - lastShared.index())
                + " records that the active node never had; they are kept in "
                + keep(lastShared));
      }

      @Override
      public void unmatched(String reason) throws PolluxException {
        askForCopy(reason + "; what it has is kept in " + keep(beforeFirst()));
      }
    };
  }

  private Position beforeFirst() {
    return new Position(parts.journal.log().first().index() - 1);
  }

  /**
   * An operator wants a copy in the place of what this node has.
   *
   * @throws PolluxException NOT_ACTIVE while the node is not sure of what it has
   */
  void keepAll() throws PolluxException {
    if (slots.isEmpty()) {
      throw new PolluxException(
          PolluxException.Reason.NOT_ACTIVE,
          "can't replace this node's data: it is only getting ready to follow; repeat the command");
    }
    List<String> kept = keep(isMatched() ? parts.journal.end() : beforeFirst());
    if (!kept.isEmpty()) {
      LOG.log(Level.INFO, "before the copy, this node''s own records are kept in {0}", kept);
    }
  }

  /**
   * A copy is about to replace the log. What it shared with the active node's when the copy was
   * asked for may be here alone by now.
   */
  void keepUnless(boolean shared) throws PolluxException {
    if (!shared && beforeFirst().isBefore(parts.journal.end())) {
      LOG.log(Level.INFO, "the former log is kept in {0}", keepLog(beforeFirst()));
    }
  }

  private String keepLog(Position lastShared) throws PolluxException {
    return orphans.export(parts.journal.log(), lastShared);
  }

  /** Exports what a copy is going to replace and the active node may not have (FAULTS.md I6). */
  private List<String> keep(Position lastShared) throws PolluxException {
    List<String> kept = new ArrayList<>();
    if (lastShared.isBefore(parts.journal.end())) {
      kept.add(keepLog(lastShared));
    }
    for (SlotRow row : unknownToLog()) {
      kept.add(orphans.export(row));
    }
    return kept;
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

  void match(Match match) {
    peerEndsAt(new Position(match.getEnd()));
    search.ifPresent(follower -> attempt(() -> follower.match(match)));
  }

  /** No record is taken until {@link #begin}: the database and the log are being replaced. */
  void pause() {
    slots = Optional.empty();
    target = Optional.empty();
    search = Optional.empty();
  }

  void entries(Entries entries) {
    peerEndsAt(new Position(entries.getEnd()));
    peerForced = new Position(entries.getForced());
    if (entries.getEpoch() < parts.stored.epoch().number()) {
      link.ifPresent(
          l ->
              l.close(
                  "the peer ships as epoch "
                      + entries.getEpoch()
                      + ", which is over since "
                      + parts.stored.epoch()));
      return;
    }
    try {
      for (Entry entry : entries.getEntriesList()) {
        take(entry);
      }
    } catch (ChainBreak e) {
      link.ifPresent(
          l -> l.close("the peer's records do not continue this log: " + e.getMessage()));
      return;
    } catch (PolluxException e) {
      refuse(e);
      return;
    }
    Position end = parts.journal.end();
    parts.journal.whenWritten(end, this::sendReceipt);
    startWhenCaughtUp();
  }

  /** What the peer sent ends the conversation; what this node can't do ends the node. */
  private void refuse(PolluxException e) {
    if (e.reason() == PolluxException.Reason.PEER_INCOMPATIBLE) {
      link.ifPresent(l -> l.close(e.getMessage()));
    } else {
      parts.failed.accept(e);
    }
  }

  private void take(Entry entry) throws PolluxException, ChainBreak {
    Position position = new Position(entry.getPosition());
    if (!position.isAfter(parts.journal.end())) {
      return; // Sent twice across a reconnect.
    }
    LogRecord record =
        parts.journal.appendForeign(
            new LogEntry(
                position,
                new SqlValue.Bytes(entry.getHash().toByteArray()),
                new SqlValue.Bytes(entry.getBody().toByteArray())));
    if (record instanceof LogRecord.Reign reign) {
      epochSeen.accept(reign.epoch());
    }
  }

  private void startWhenCaughtUp() {
    if (target.isEmpty() || parts.journal.end().isBefore(target.orElseThrow())) {
      return;
    }
    if (parts.applier.isRunning()) {
      sendReceipt();
      return;
    }
    if (unknownToLog().isEmpty()) {
      attempt(this::startUnlessLate);
      return;
    }
    attempt(
        () ->
            askForCopy(
                "this node's database has transactions that the active node never had; they are"
                    + " kept in "
                    + keep(parts.journal.end())));
  }

  /**
   * What the new reign has decided as committed, but this database went on without, would come
   * after what was built upon its absence.
   */
  private void startUnlessLate() throws PolluxException {
    Optional<Stamp> late =
        new LateCommits(parts.config.id(), slots.orElseThrow())
            .first(parts.journal, max(marker, beforeFirst()));
    if (late.isPresent()) {
      askForCopy(
          "the active node has committed transaction "
              + late.orElseThrow()
              + ", which was rolled back here before later ones");
    } else {
      startApplying();
    }
  }

  private static Position max(Position a, Position b) {
    return a.isAfter(b) ? a : b;
  }

  private List<SlotRow> unknownToLog() {
    return slots.orElseThrow().values().stream().filter(this::isUnknownToLog).toList();
  }

  /**
   * Only this node's own slots count: a copy brings the other's rows, and their records are in the
   * log that came with it.
   */
  private boolean isUnknownToLog(SlotRow row) {
    return row.key().node().equals(parts.config.id())
        && row.stamp().counter() > 0
        && row.stamp()
            .isAfter(
                parts
                    .journal
                    .summary()
                    .lastStamp(row.key().node(), row.key().slot())
                    .orElse(Stamp.NONE));
  }

  /**
   * A promotion begins: the log ends where it is, whatever the former active node still sends, and
   * nothing is applied behind the back of the reign.
   */
  void detach() {
    promoted = true;
    target = Optional.empty();
    search = Optional.empty();
  }

  /** The promotion came to nothing. */
  void attach() {
    promoted = false;
    match();
  }

  /** Applies what the log has, with or without a peer; a promotion needs it when there is none. */
  void startApplying() {
    if (slots.isPresent() && !emptyDatabase && !parts.applier.isRunning()) {
      Map<SlotKey, Stamp> stamps = new HashMap<>();
      slots.orElseThrow().forEach((key, row) -> stamps.put(key, row.stamp()));
      parts.applier.start(marker, stamps);
    }
    sendReceipt();
  }

  /** While a copy replaces the database nobody can say. */
  Position applied() {
    boolean isKnown = parts.applier.isRunning() && !parts.stored.copying();
    return isKnown ? parts.applier.applied() : Position.NONE;
  }

  /** Up to where this database and the active node's have all records, for good. */
  Position appliedEverywhere() {
    if (!isMatched() || parts.applier.trouble().isPresent()) {
      return Position.NONE;
    }
    return applied().isBefore(peerForced) ? applied() : peerForced;
  }

  /** Tells the active node how far this one is, if that changed. */
  void sendReceipt() {
    if (link.isEmpty() || target.isEmpty()) {
      return;
    }
    Receipt receipt =
        Receipt.newBuilder()
            .setWritten(parts.journal.log().written().index())
            .setForced(parts.journal.log().forced().index())
            .setApplied(applied().index())
            .setTrouble(parts.applier.trouble().orElse(""))
            .setCopyDue(copyDue.getAsBoolean())
            .build();
    if (!receipt.equals(lastReceipt)) {
      FailPoints.hit("link.beforeReceipt");
      lastReceipt = receipt;
      link.orElseThrow().send(LinkFrame.newBuilder().setReceipt(receipt));
    }
  }
}
