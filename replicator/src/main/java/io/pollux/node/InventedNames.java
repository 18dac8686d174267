package io.pollux.node;

import io.pollux.env.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * After schema changes in which the engine invented names, this node's database has other names
 * than the active one's, and a later change that refers to one would fail here (DETERMINISM.md
 * D31). A fresh copy makes them equal; it is asked for when the changes have come to rest, and only
 * while the database is small. On the loop.
 */
final class InventedNames {
  private static final System.Logger LOG = System.getLogger(InventedNames.class.getName());
  private static final Duration REST = Duration.ofSeconds(1);
  private static final long LARGEST_DATABASE = 256L << 20;

  private final EventLoop loop;
  private final Workbench bench;
  private final LongSupplier invented;
  private final Path database;
  private final Consumer<String> copy;
  private long seen;
  private boolean due;
  private EventLoop.Timer timer = () -> {};

  /**
   * @param invented how many changes made the engine invent a name
   * @param database where its files are
   */
  InventedNames(
      EventLoop loop,
      Workbench bench,
      LongSupplier invented,
      Path database,
      Consumer<String> copy) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.bench = Objects.requireNonNull(bench, "bench");
    this.invented = Objects.requireNonNull(invented, "invented");
    this.database = Objects.requireNonNull(database, "database");
    this.copy = Objects.requireNonNull(copy, "copy");
  }

  /** Whether this node waits for a copy that it is going to ask for. */
  boolean isCopyDue() {
    return due;
  }

  /** Something was applied. */
  void applied() {
    if (invented.getAsLong() > seen) {
      seen = invented.getAsLong();
      due = true;
      timer.cancel();
      timer = loop.schedule(REST, () -> bench.run(this::size, this::decide));
    }
  }

  private long size() throws IOException {
    try (Stream<Path> files = Files.walk(database)) {
      return files.mapToLong(InventedNames::length).sum();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A file that the engine has just removed has no length. */
  private static long length(Path file) {
    return file.toFile().length();
  }

  private void decide(long bytes) {
    if (!due) {
      return;
    } else if (bytes > LARGEST_DATABASE) {
      due = false;
      LOG.log(
          Level.WARNING,
          "constraints and generators that the engine names itself have other names here than on the"
              + " active node; ''pollux resync'' makes them equal");
    } else {
      copy.accept("the engine invented names in a schema change; a copy makes them equal");
    }
  }

  /** A copy has replaced the database, or the node no longer follows. */
  void settled() {
    due = false;
    timer.cancel();
  }
}
