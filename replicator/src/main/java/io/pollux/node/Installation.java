package io.pollux.node;

import io.pollux.apply.JdbcTarget;
import io.pollux.codec.wire.CopyBegin;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.log.LogHead;
import io.pollux.node.NodeDatabase.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Puts a received copy in the place of this node's database and log. From the first destructive
 * step to the last the node is marked as being copied to: a crash in between leaves a node that
 * can't be promoted and asks for another copy (FAULTS.md H20).
 */
final class Installation {
  private final Parts parts;
  private final JdbcTarget target;
  private final LogFiles files;
  private final Keeper keeper;

  /** Exports the records of a log that is going to be replaced. */
  @FunctionalInterface
  interface Keeper {
    /** {@code shared}: the log stays. */
    void keepUnless(boolean shared) throws PolluxException;
  }

  /** The log's files as a whole. */
  @FunctionalInterface
  interface LogFiles {
    /**
     * Replaces the log, which is closed, by an empty one that begins after {@code base}. Durable.
     */
    void restart(LogHead base) throws PolluxException;
  }

  Installation(Parts parts, JdbcTarget target, LogFiles files, Keeper keeper) {
    this.keeper = Objects.requireNonNull(keeper, "keeper");
    this.parts = Objects.requireNonNull(parts, "parts");
    this.target = Objects.requireNonNull(target, "target");
    this.files = Objects.requireNonNull(files, "files");
  }

  /** On the loop; {@code done} runs when the node can follow from the copy's position on. */
  void install(Path root, CopyBegin begin, Runnable done) {
    parts.applier.stop(
        () -> {
          try {
            boolean keepsLog = isShared(CopyDesk.base(begin));
            keeper.keepUnless(keepsLog);
            parts.stored = parts.stored.withCopying(true).withEpoch(parts.stored.epoch(), false);
            parts.stored.write(parts.files);
            parts.journal.log().close(() -> replace(root, begin, keepsLog, done));
          } catch (IOException | PolluxException e) {
            parts.failed.accept(e);
          }
        });
  }

  /**
   * Whether this node's log leads to the copy and beyond: then it stays, with records that the
   * active node knows to be here.
   */
  private boolean isShared(LogHead base) throws PolluxException {
    return parts
        .journal
        .log()
        .hashAt(base.position())
        .filter(hash -> Arrays.equals(hash, base.hash().value()))
        .isPresent();
  }

  private void replace(Path root, CopyBegin begin, boolean keepsLog, Runnable done) {
    StoredState copying = parts.stored;
    LogHead base = CopyDesk.base(begin);
    parts.work.run(
        () -> {
          replaceDatabase(root);
          if (!keepsLog) {
            files.restart(base);
          }
          claim(begin, copying, base.position());
          StoredState next = copying.withCopying(false).withIncarnation(begin.getIncarnation());
          next.write(parts.files);
          return next;
        },
        next -> adopt(next, done));
  }

  private void replaceDatabase(Path root) throws IOException, SQLException, PolluxException {
    target.close();
    parts.database.replace(root);
    target.schemaChanged();
  }

  private void claim(CopyBegin begin, StoredState copying, Position applied) throws SQLException {
    parts.database.claim(
        new Owner(
            parts.config.group(),
            begin.getIncarnation(),
            parts.config.id(),
            copying.boot(),
            copying.epoch()),
        applied);
    parts.database.becomeStandby();
  }

  private void adopt(StoredState next, Runnable done) {
    parts.stored = next;
    parts.applier.forget();
    try {
      parts.journal.reopen();
    } catch (PolluxException e) {
      parts.failed.accept(e);
      return;
    }
    done.run();
  }
}
