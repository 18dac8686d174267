package io.pollux.node;

import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.env.Disk;
import io.pollux.log.StatementLog;
import io.pollux.node.NodeDatabase.SlotRow;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps transactions that only this node had before they are given up (FAULTS.md I6): one file for
 * each occasion, in {@code orphans/}, of records as {@code position (8 bytes), length (4 bytes),
 * body}; position 0 for one that only a slot row held.
 */
final class Orphans {
  private static final int RECORDS_PER_READ = 256;
  private static final long BYTES_PER_READ = 4 << 20;

  private final RecordCodec codec = new RecordCodec();
  private final Shelf shelf;

  /** Where they are kept. */
  @FunctionalInterface
  interface Shelf {
    /** Makes the directory if it does not exist. */
    Disk open() throws IOException;
  }

  Orphans(Shelf shelf) {
    this.shelf = Objects.requireNonNull(shelf, "shelf");
  }

  /**
   * Keeps what the log has after {@code lastShared}, and what stands before it and is decided only
   * after; returns the file's name.
   */
  String export(StatementLog log, Position lastShared) throws PolluxException {
    Position end = log.head().position();
    Set<Stamp> decided = new HashSet<>();
    return keep(
        "log-" + lastShared.next() + "-" + end,
        out -> {
          read(log, lastShared, end, entry -> commit(entry).ifPresent(decided::add));
          if (!decided.isEmpty()) {
            Position before = new Position(log.first().index() - 1);
            read(
                log,
                before,
                lastShared,
                entry -> {
                  if (prepare(entry).filter(decided::contains).isPresent()) {
                    add(out, entry);
                  }
                });
          }
          read(log, lastShared, end, entry -> add(out, entry));
        });
  }

  /** Takes one record after the other. */
  @FunctionalInterface
  private interface Taker {
    void take(LogEntry entry) throws IOException;
  }

  private static void read(StatementLog log, Position after, Position end, Taker taker)
      throws PolluxException, IOException {
    for (Position at = after; at.isBefore(end); ) {
      int most = (int) Math.min(RECORDS_PER_READ, end.index() - at.index());
      for (LogEntry entry : log.read(at.next(), most, BYTES_PER_READ)) {
        taker.take(entry);
        at = entry.position();
      }
    }
  }

  private Optional<Stamp> commit(LogEntry entry) {
    return decode(entry) instanceof LogRecord.Commit commit
        ? Optional.of(commit.stamp())
        : Optional.empty();
  }

  private Optional<Stamp> prepare(LogEntry entry) {
    return decode(entry) instanceof LogRecord.Prepare prepare
        ? Optional.of(prepare.transaction().stamp())
        : Optional.empty();
  }

  private LogRecord decode(LogEntry entry) {
    try {
      return codec.decode(entry.body().value());
    } catch (CodecException e) {
      throw new IllegalStateException("the log has a record that it could read before", e);
    }
  }

  /** Keeps the record that a slot row holds; returns the file's name. */
  String export(SlotRow row) throws PolluxException {
    return keep(
        "slot-" + row.key().slot() + "-" + row.stamp(),
        out -> add(out, 0, row.payload().orElse(new byte[0])));
  }

  private static void add(DataOutputStream out, LogEntry entry) throws IOException {
    add(out, entry.position().index(), entry.body().value());
  }

  private static void add(DataOutputStream out, long position, byte[] body) throws IOException {
    out.writeLong(position);
    out.writeInt(body.length);
    out.write(body);
  }

  private String keep(String name, DurableFile.Content<PolluxException> content)
      throws PolluxException {
    String file = name + ".orphan";
    try {
      Disk disk = shelf.open();
      DurableFile.write(disk, file, content);
      return disk + "/" + file;
    } catch (IOException e) {
      throw NodeDirectory.diskError("can't keep orphaned transactions in " + file, e);
    }
  }
}
