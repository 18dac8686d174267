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
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

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
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Position end = log.head().position();
    Set<Stamp> decided = new HashSet<>();
    read(log, lastShared, end, entry -> commit(entry).ifPresent(decided::add));
    if (!decided.isEmpty()) {
      Position before = new Position(log.first().index() - 1);
      read(
          log,
          before,
          lastShared,
          entry -> prepare(entry).filter(decided::contains).ifPresent(stamp -> add(bytes, entry)));
    }
    read(log, lastShared, end, entry -> add(bytes, entry));
    return keep("log-" + lastShared.next() + "-" + end, bytes.toByteArray());
  }

  private static void read(StatementLog log, Position after, Position end, Consumer<LogEntry> taker)
      throws PolluxException {
    for (Position at = after; at.isBefore(end); ) {
      int most = (int) Math.min(RECORDS_PER_READ, end.index() - at.index());
      for (LogEntry entry : log.read(at.next(), most, BYTES_PER_READ)) {
        taker.accept(entry);
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

  private static void add(ByteArrayOutputStream bytes, LogEntry entry) {
    add(bytes, entry.position().index(), entry.body().value());
  }

  /** Keeps the record that a slot row holds; returns the file's name. */
  String export(SlotRow row) throws PolluxException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    add(bytes, 0, row.payload().orElse(new byte[0]));
    return keep("slot-" + row.key().slot() + "-" + row.stamp(), bytes.toByteArray());
  }

  private static void add(ByteArrayOutputStream bytes, long position, byte[] body) {
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(position);
      out.writeInt(body.length);
      out.write(body);
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
  }

  private String keep(String name, byte[] content) throws PolluxException {
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
