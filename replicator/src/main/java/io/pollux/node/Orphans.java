package io.pollux.node;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.log.StatementLog;
import io.pollux.node.NodeDatabase.SlotRow;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Keeps transactions that only this node had before they are given up (FAULTS.md I6): one file for
 * each occasion, in {@code orphans/}, of records as {@code position (8 bytes), length (4 bytes),
 * body}; position 0 for one that only a slot row held.
 */
final class Orphans {
  private static final int RECORDS_PER_READ = 256;
  private static final long BYTES_PER_READ = 4 << 20;

  private final Path directory;

  Orphans(Path directory) {
    this.directory = Objects.requireNonNull(directory, "directory");
  }

  /** Keeps what the log has after {@code lastShared}; returns the file's name. */
  String export(StatementLog log, Position lastShared) throws PolluxException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Position end = log.head().position();
    for (Position at = lastShared; at.isBefore(end); ) {
      List<LogEntry> entries = log.read(at.next(), RECORDS_PER_READ, BYTES_PER_READ);
      for (LogEntry entry : entries) {
        add(bytes, entry.position().index(), entry.body().value());
        at = entry.position();
      }
    }
    return keep("log-" + lastShared.next() + "-" + end, bytes.toByteArray());
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
    Path file = directory.resolve(name + ".orphan");
    try {
      if (!Files.exists(directory)) {
        DurableFile.createPrivateDirectory(directory);
      }
      DurableFile.write(file, content);
    } catch (IOException e) {
      throw NodeDirectory.diskError("can't keep orphaned transactions in " + file, e);
    }
    return file.toString();
  }
}
