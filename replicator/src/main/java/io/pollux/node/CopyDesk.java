package io.pollux.node;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.Checkpoint;
import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.CopyChunk;
import io.pollux.codec.wire.CopyEnd;
import io.pollux.codec.wire.CopyFailed;
import io.pollux.codec.wire.CopyRequest;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.copy.CopyReceiver;
import io.pollux.copy.CopySender;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.link.Link;
import io.pollux.log.LogHead;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Full copies, both ways. The copy is taken while the application writes; its position is the end
 * of the log before it began, and what the copy holds beyond that is told by the slot rows in it
 * (see {@link io.pollux.apply.Applier}). That position is on disk first: the peer's log begins
 * behind it, so that a node which loses power comes back with a log that the peer's continues.
 */
final class CopyDesk {
  private static final System.Logger LOG = System.getLogger(CopyDesk.class.getName());
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Parts parts;
  private final Workbench bench;
  private final Installer installer;
  private final Runnable copied;

  private Optional<CopySender> sender = Optional.empty();
  private boolean preparing;

  /**
   * Set and used by the bench, whose one thread keeps the order of the frames; the loop only looks
   * at it.
   */
  private volatile Optional<CopyReceiver> receiver = Optional.empty();

  /** Why this node needs a copy; stays until one is installed, whatever happens to the link. */
  private Optional<String> wanted = Optional.empty();

  private Optional<Link> source = Optional.empty();

  /** Whether {@link #source} was asked. */
  private boolean asked;

  /** A copy has arrived and takes its place; its files must stay. */
  private boolean installing;

  private boolean ending;

  /** Whether this node is about to reign: nothing may take the place of its data. */
  private boolean detached;

  private String trouble = "";
  private long received;

  /** Puts a received copy in the place of the database; {@code installed} runs at its end. */
  @FunctionalInterface
  interface Installer {
    void install(Path root, CopyBegin begin, Runnable installed);
  }

  /**
   * @param bench does the reading and writing; one thread, not the one that applies
   * @param copied runs when the peer was sent a copy
   */
  CopyDesk(Parts parts, Workbench bench, Installer installer, Runnable copied) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.bench = Objects.requireNonNull(bench, "bench");
    this.installer = Objects.requireNonNull(installer, "installer");
    this.copied = Objects.requireNonNull(copied, "copied");
  }

  Optional<NodeStatus.Copy> progress() {
    if (sender.isPresent()) {
      CopySender sending = sender.orElseThrow();
      return Optional.of(
          new NodeStatus.Copy("to the peer", sending.sentBytes(), sending.totalBytes()));
    } else if (preparing) {
      return Optional.of(new NodeStatus.Copy("to the peer", 0, 0));
    }
    return receiver.map(
        r -> new NodeStatus.Copy("from the peer", received, r.begin().getTotalBytes()));
  }

  /** Why the last copy failed; empty if it did not. */
  String trouble() {
    return trouble;
  }

  // The active side.

  void requested(Link link, CopyRequest request) {
    if (sender.isPresent() || preparing) {
      send(link, "another copy is under way");
      return;
    }
    preparing = true;
    LOG.log(Level.INFO, "copying the database to the peer: {0}", request.getReason());
    parts.journal.append(
        new LogRecord.Mark(
            parts.config.id(),
            "full copy to the peer: " + request.getReason(),
            parts.loop.clock().now()));
    Position base =
        parts
            .gate
            .firstUndecided()
            .map(p -> new Position(p.index() - 1))
            .orElse(parts.journal.end());
    parts.journal.whenForced(
        base,
        () ->
            bench.run(
                () -> backup(base),
                source -> stream(link, base, source),
                e -> {
                  preparing = false;
                  send(link, "the copy can't be taken: " + e.getMessage());
                }));
  }

  private CopySender.Source backup(Position base) throws IOException, java.sql.SQLException {
    Path target = parts.directory.copies().resolve("out-" + base);
    NodeDirectory.deleteTree(parts.directory.copies());
    DurableFile.createPrivateDirectory(parts.directory.copies());
    try (Connection connection = parts.database.connect()) {
      parts.database.dialect().backup(connection, target);
    }
    return CopySender.Source.of(target);
  }

  private void stream(Link link, Position base, CopySender.Source files) {
    preparing = false;
    byte[] hash;
    try {
      hash =
          parts
              .journal
              .log()
              .hashAt(base)
              .orElseThrow(() -> new IllegalStateException("no hash at " + base));
    } catch (PolluxException e) {
      parts.failed.accept(e);
      return;
    }
    CopySender.Announcement what =
        new CopySender.Announcement(
            parts.config.id() + "-" + base,
            Checkpoint.newBuilder()
                .setPosition(base.index())
                .setHash(ByteString.copyFrom(hash))
                .build(),
            parts.stored.incarnation());
    sender =
        Optional.of(
            CopySender.start(
                parts.loop, parts.copying, link, what, files, failure -> sent(failure)));
  }

  private void sent(Optional<String> failure) {
    sender = Optional.empty();
    LOG.log(Level.INFO, "the copy to the peer has ended: {0}", failure.orElse("all is sent"));
    if (failure.isEmpty()) {
      copied.run();
    }
    bench.run(
        () -> {
          NodeDirectory.deleteTree(parts.directory.copies());
          return true;
        },
        done -> {});
  }

  private static void send(Link link, String failure) {
    link.send(LinkFrame.newBuilder().setCopyFailed(CopyFailed.newBuilder().setText(failure)));
  }

  // The following side.

  /**
   * From now on until one is installed, whichever node is active is asked for a copy. While one
   * takes its place, what speaks for another is about data that go.
   */
  void want(String reason) {
    if (installing) {
      return;
    }
    if (wanted.isEmpty()) {
      LOG.log(Level.INFO, "this node needs a full copy: {0}", reason);
      wanted = Optional.of(reason);
    }
    ask();
  }

  /** Whether this node waits for a copy, or is putting one in place. */
  boolean isWanted() {
    return wanted.isPresent() || installing;
  }

  /** Whether a copy takes the place of the database now. */
  boolean isInstalling() {
    return installing;
  }

  /** A promotion begins: what arrives of a copy is of no use. */
  void detach() {
    detached = true;
    source = Optional.empty();
    asked = false;
    forget();
  }

  /** The promotion came to nothing; nothing happens if there was none. */
  void attach(Optional<Link> active) {
    if (detached) {
      detached = false;
      active.ifPresent(this::meet);
    }
  }

  /** The active node can be reached through {@code active}. */
  void meet(Link active) {
    if (detached) {
      return;
    }
    source = Optional.of(active);
    asked = false;
    ask();
  }

  /** This node no longer follows: its own data count. */
  void cancel() {
    detached = false;
    if (wanted.isPresent()) {
      wanted = Optional.empty();
      trouble = "";
      forget();
    }
  }

  private void ask() {
    if (wanted.isEmpty() || source.isEmpty() || asked) {
      return; // Records that arrive meanwhile find the same reason again.
    }
    asked = true;
    CopyRequest request = CopyRequest.newBuilder().setReason(wanted.orElseThrow()).build();
    source.orElseThrow().send(LinkFrame.newBuilder().setCopyRequest(request));
  }

  void begin(CopyBegin begin) {
    if (!asked || ending || wanted.isEmpty()) {
      return; // What a former request brought.
    }
    received = 0;
    bench.run(
        () -> {
          closeReceiver();
          NodeDirectory.deleteTree(parts.directory.copies());
          DurableFile.createPrivateDirectory(parts.directory.copies());
          receiver = Optional.of(new CopyReceiver(begin, parts.directory.copies().resolve("in")));
          return true;
        },
        ready -> {},
        this::failedHere);
  }

  void chunk(CopyChunk chunk) {
    if (ending || !asked) {
      return;
    }
    bench.run(
        () -> {
          CopyReceiver target = current();
          target.chunk(chunk);
          return target.receivedBytes();
        },
        bytes -> received = bytes,
        this::failedHere);
  }

  void end(CopyEnd end) {
    if (ending || !asked) {
      return;
    }
    ending = true; // What comes now is another copy, and must leave the files of this one alone.
    bench.run(
        () -> {
          CopyReceiver target = current();
          receiver = Optional.empty();
          target.end(end);
          return target;
        },
        whole -> {
          ending = false;
          if (wanted.isEmpty() || !asked) {
            return; // This node has begun to reign since, or is about to.
          }
          trouble = "";
          wanted = Optional.empty();
          asked = false;
          installing = true;
          installer.install(whole.root(), whole.begin(), () -> installing = false);
        },
        failure -> {
          ending = false;
          failedHere(failure);
        });
  }

  private CopyReceiver current() throws IOException {
    return receiver.orElseThrow(() -> new IOException("no copy is under way"));
  }

  /** The sender gave up. */
  void failed(CopyFailed failed) {
    if (asked) {
      giveUp(failed.getText());
      Link link = source.orElseThrow();
      parts.loop.schedule(RETRY, () -> askAgain(link));
    }
  }

  private void askAgain(Link link) {
    if (source.filter(same -> same == link).isPresent()) {
      asked = false;
      ask();
    }
  }

  /** The rest of this copy is under way: only a new conversation is free of it. */
  private void failedHere(Exception e) {
    if (asked) {
      giveUp(e.getMessage());
      Link link = source.orElseThrow();
      parts.loop.schedule(RETRY, () -> link.close(trouble));
    }
  }

  private void giveUp(String why) {
    trouble = "the copy failed: " + why;
    LOG.log(Level.WARNING, "{0}", trouble);
    forget();
  }

  private void forget() {
    bench.run(
        () -> {
          closeReceiver();
          return true;
        },
        closed -> {});
  }

  private void closeReceiver() throws IOException {
    if (receiver.isPresent()) {
      CopyReceiver target = receiver.orElseThrow();
      receiver = Optional.empty();
      target.close();
    }
  }

  /** The conversation is over: whatever was under way in it is lost. */
  void parted() {
    sender.ifPresent(sending -> sending.cancel("the link is lost"));
    source = Optional.empty();
    asked = false;
    forget();
  }

  /** The record behind which a follower's log begins after a copy. */
  static LogHead base(CopyBegin begin) {
    return new LogHead(
        new Position(begin.getBase().getPosition()),
        new SqlValue.Bytes(begin.getBase().getHash().toByteArray()));
  }
}
