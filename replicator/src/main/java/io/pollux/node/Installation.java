package io.pollux.node;

import io.pollux.apply.JdbcTarget;
import io.pollux.codec.wire.CopyBegin;
import io.pollux.core.PolluxException;
import io.pollux.log.LogHead;
import io.pollux.node.NodeDatabase.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
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

  /** The log's files as a whole. */
  @FunctionalInterface
  interface LogFiles {
    /**
     * Replaces the log, which is closed, by an empty one that begins after {@code base}. Durable.
     */
    void restart(LogHead base) throws IOException, PolluxException;
  }

  Installation(Parts parts, JdbcTarget target, LogFiles files) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.target = Objects.requireNonNull(target, "target");
    this.files = Objects.requireNonNull(files, "files");
  }

  /** On the loop; {@code done} runs when the node can follow from the copy's position on. */
  void install(Path root, CopyBegin begin, Runnable done) {
    parts.applier.stop(
        () ->
            parts
                .journal
                .log()
                .close(
                    () -> parts.work.run(() -> replace(root, begin), next -> adopt(next, done))));
  }

  private StoredState replace(Path root, CopyBegin begin)
      throws IOException, SQLException, PolluxException {
    StoredState copying = parts.stored.withCopying(true).withEpoch(parts.stored.epoch(), false);
    copying.write(parts.directory.stateFile());
    target.close();
    parts.database.shutdown();
    parts.database.restore(root);
    LogHead base = CopyDesk.base(begin);
    files.restart(base);
    parts.database.rename(
        new Owner(
            parts.config.group(),
            begin.getIncarnation(),
            parts.config.id(),
            copying.boot(),
            copying.epoch()));
    parts.database.markApplied(base.position());
    parts.database.becomeStandby();
    StoredState next = copying.withCopying(false).withIncarnation(begin.getIncarnation());
    next.write(parts.directory.stateFile());
    return next;
  }

  private void adopt(StoredState next, Runnable done) {
    parts.stored = next;
    try {
      parts.journal.reopen();
    } catch (PolluxException e) {
      parts.failed.accept(e);
      return;
    }
    done.run();
  }
}
