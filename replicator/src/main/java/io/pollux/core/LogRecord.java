package io.pollux.core;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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

    R repair(Repair record);
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

  /** What a {@link Digest} is about. */
  enum Subject {
    /** Rows, by their number and sum. */
    ROWS,
    /** Rows, each by its key and digest. */
    EACH_ROW,
    /** Tables, each by its name and the digest of its definition. */
    SCHEMA,
    /** Generators, each by its kind and name, and the last value that it gave, eight bytes. */
    GENERATORS
  }

  /**
   * What the active node has at this position; the backup compares its own (DESIGN.md section 7).
   *
   * @param table empty names if the subject is no table
   * @param digest the sum of the rows' digests
   * @param members empty for {@link Subject#ROWS}
   */
  record Digest(
      Stamp stamp,
      TableName table,
      long rows,
      SqlValue.Bytes digest,
      Subject subject,
      KeyRange range,
      List<RowDigest> members)
      implements LogRecord {
    public Digest {
      Objects.requireNonNull(stamp, "stamp");
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(digest, "digest");
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(range, "range");
      members = List.copyOf(members);
    }

    /** All rows of a table. */
    public Digest(Stamp stamp, TableName table, long rows, SqlValue.Bytes digest) {
      this(stamp, table, rows, digest, Subject.ROWS, KeyRange.ALL, List.of());
    }

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

  /** How much a {@link Repair} replaces. */
  enum Scope {
    /** These rows. */
    ROWS,
    /** All rows of the table, by these. */
    TABLE,
    /** Nothing; the generators' marks are raised. */
    GENERATORS,
    /** Everything, by a full copy. */
    COPY
  }

  /**
   * Makes the backup equal to what the active node has at this position.
   *
   * @param columns of each row, the key columns last
   * @param rows each once
   */
  record Repair(
      Stamp stamp,
      String node,
      Instant at,
      String reason,
      Scope scope,
      TableName table,
      List<String> columns,
      int keyColumns,
      List<RepairedRow> rows,
      List<Change.Generator> generators)
      implements LogRecord {
    public Repair {
      Objects.requireNonNull(stamp, "stamp");
      Objects.requireNonNull(node, "node");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(table, "table");
      at = at.truncatedTo(ChronoUnit.MILLIS);
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
      generators = List.copyOf(generators);
      if (keyColumns < 0 || keyColumns > columns.size()) {
        throw new IllegalArgumentException(keyColumns + " key columns of " + columns.size());
      }
      for (RepairedRow row : rows) {
        requireWidth(row.before(), columns.size());
        requireWidth(row.after(), columns.size());
      }
    }

    private static void requireWidth(Optional<List<SqlValue>> row, int columns) {
      if (row.isPresent() && row.orElseThrow().size() != columns) {
        throw new IllegalArgumentException(
            row.orElseThrow().size() + " values for " + columns + " columns");
      }
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.repair(this);
    }
  }
}
