package io.pollux.node;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.env.Clock;
import io.pollux.env.Pause;
import io.pollux.env.SystemClock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The one directory of a node (DESIGN.md section 10). Whoever holds its lock is the node. */
public final class NodeDirectory implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private NodeDirectory(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /** Fills a directory that is being made. */
  @FunctionalInterface
  public interface Filling {
    void fill(Path directory) throws IOException, PolluxException;
  }

  /**
   * Makes a directory as a whole or not at all.
   *
   * @throws PolluxException DIRECTORY_EXISTS, DIRECTORY_NOT_WRITABLE, DISK_FULL or what {@code
   *     filling} throws
   */
  public static void create(Path directory, Filling filling) throws PolluxException {
    Path target = directory.toAbsolutePath().normalize();
    if (Files.exists(target) && !isEmptyDirectory(target)) {
      throw new PolluxException(
          Reason.DIRECTORY_EXISTS,
          "can't make the node's directory "
              + target
              + ": it exists and is not empty; choose another one or remove it");
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.createDirectories(target.getParent());
      deleteTree(part);
      DurableFile.createPrivateDirectory(part);
      filling.fill(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      DurableFile.forceDirectory(target.getParent());
    } catch (IOException e) {
      throw diskError("can't make the node's directory " + target, e);
    } finally {
      deleteQuietly(part);
    }
  }

  private static boolean isEmptyDirectory(Path directory) {
    try (Stream<Path> children = Files.list(directory)) {
      return children.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Takes the directory for this process.
   *
   * @throws PolluxException DIRECTORY_MISSING, DIRECTORY_HELD or DIRECTORY_NOT_WRITABLE
   */
  public static NodeDirectory lock(Path directory) throws PolluxException {
    return tryLock(directory)
        .orElseThrow(
            () ->
                new PolluxException(
                    Reason.DIRECTORY_HELD,
                    "can't open the node's directory "
                        + directory
                        + ": another process holds it; stop that one, or use its own command line"
                        + " ('pollux status --dir "
                        + directory
                        + "')"));
  }

  /**
   * Takes the directory as soon as whoever holds it has left.
   *
   * @throws PolluxException DIRECTORY_HELD if it is still held after {@code patience}
   */
  public static NodeDirectory await(Path directory, Duration patience) throws PolluxException {
    Clock clock = new SystemClock();
    long end = clock.nanos() + patience.toNanos();
    while (end - clock.nanos() > 0) {
      Optional<NodeDirectory> free = tryLock(directory);
      if (free.isPresent()) {
        return free.orElseThrow();
      }
      Pause.of(POLL);
    }
    return lock(directory);
  }

  /** As {@link #lock}, but empty if another process, or another part of this one, holds it. */
  public static Optional<NodeDirectory> tryLock(Path directory) throws PolluxException {
    Path path = directory.toAbsolutePath().normalize();
    if (!Files.isDirectory(path)) {
      throw new PolluxException(
          Reason.DIRECTORY_MISSING,
          "can't open the node's directory "
              + path
              + ": it does not exist; create it with 'pollux init' or 'pollux join'");
    }
    try {
      FileChannel channel =
          FileChannel.open(
              path.resolve("node.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(new NodeDirectory(path, channel, lock));
    } catch (IOException e) {
      throw diskError("can't open the node's directory " + path, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // Held by this very process: the same answer as for another one.
    }
  }

  static PolluxException diskError(String attempted, IOException e) {
    String what = String.valueOf(e.getMessage());
    boolean full = what.toLowerCase(Locale.ROOT).contains("no space left");
    if (full) {
      return new PolluxException(
          Reason.DISK_FULL, attempted + ": the disk is full; free some space", e);
    } else if (e instanceof java.nio.file.AccessDeniedException
        || what.toLowerCase(Locale.ROOT).contains("read-only")) {
      return new PolluxException(
          Reason.DIRECTORY_NOT_WRITABLE,
          attempted + ": no right to write there (" + what + "); correct the owner or the mode",
          e);
    }
    return new PolluxException(
        Reason.DISK_ERROR,
        attempted + ": " + e.getClass().getSimpleName() + " " + what + "; check the file system",
        e);
  }

  public Path path() {
    return path;
  }

  public Path configFile() {
    return path.resolve("pollux.yaml");
  }

  public Path identity() {
    return path.resolve("identity");
  }

  public Path logs() {
    return path.resolve("log");
  }

  public Path copies() {
    return path.resolve("copies");
  }

  public Path orphans() {
    return path.resolve("orphans");
  }

  /** Frees the directory for others. */
  @Override
  public void close() throws PolluxException {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw diskError("can't free the node's directory " + path, e);
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void deleteQuietly(Path part) {
    try {
      deleteTree(part);
    } catch (IOException e) {
      System.getLogger(NodeDirectory.class.getName())
          .log(System.Logger.Level.WARNING, "can''t remove {0}: {1}", part, e.getMessage());
    }
  }
}
