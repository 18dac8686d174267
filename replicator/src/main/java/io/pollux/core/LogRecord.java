package io.pollux.core;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** What one position of the statement log says. Instants are kept to the millisecond. */
public sealed interface LogRecord {

  /** One method per shape, so that a new shape breaks the compile of everyone who must know it. */
  interface Handler<R> {
    R decided(Decided record);

    R prepare(Prepare record);

    R commit(Commit record);

    R abort(Abort record);

    R reign(Reign record);

    R digest(Digest record);

    R mark(Mark record);
  }

  <R> R accept(Handler<R> handler);

  /** A transaction whose commit was already decided when it was logged (async, received). */
  record Decided(Transaction transaction) implements LogRecord {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.decided(this);
    }
  }

  /**
   * A transaction before its commit: it counts as committed unless an ABORT with its stamp follows
   * (FAULTS.md H2).
   */
  record Prepare(Transaction transaction) implements LogRecord {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.prepare(this);
    }
  }

  record Commit(Stamp stamp) implements LogRecord {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.commit(this);
    }
  }

  record Abort(Stamp stamp, String reason) implements LogRecord {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.abort(this);
    }
  }

  /**
   * A node became active, or the active node started again: all stamps that follow have this epoch
   * and boot.
   */
  record Reign(Epoch epoch, long boot, String node, String reason, Instant at)
      implements LogRecord {
    public Reign {
      Objects.requireNonNull(epoch, "epoch");
      Objects.requireNonNull(node, "node");
      Objects.requireNonNull(reason, "reason");
      at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.reign(this);
    }
  }

  /**
   * The rows of a table on the active node at this position; the backup compares its own (DESIGN.md
   * section 7).
   */
  record Digest(Stamp stamp, TableName table, long rows, SqlValue.Bytes digest)
      implements LogRecord {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.digest(this);
    }
  }

  /**
   * Something that an auditor wants to find in the log: an operator's command, a repair, a copy.
   */
  record Mark(String node, String text, Instant at) implements LogRecord {
    public Mark {
      Objects.requireNonNull(node, "node");
      Objects.requireNonNull(text, "text");
      at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.mark(this);
    }
  }
}
