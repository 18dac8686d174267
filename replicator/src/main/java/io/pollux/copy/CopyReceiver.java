package io.pollux.copy;

import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.CopyChunk;
import io.pollux.codec.wire.CopyEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a copy that arrives piece by piece into a directory beside the database. Blocks; one
 * thread.
 */
public final class CopyReceiver implements AutoCloseable {
  /** What a copy and the files around it must leave free on the disk. */
  private static final long SPARE_BYTES = 16 << 20;

  /** Also empty ones, which no count of bytes would notice. */
  private static final int MAX_FILES = 100_000;

  private final CopyBegin begin;
  private final Path root;
  private final MessageDigest digest = CopySender.sha256();
  private Optional<FileChannel> open = Optional.empty();
  private Path current = Path.of("");
  private long receivedBytes;
  private int files;

  /**
   * @param root does not exist yet
   * @throws IOException if it can't be made, or the disk is too small for the copy: the message has
   *     both figures
   */
  public CopyReceiver(CopyBegin begin, Path root) throws IOException {
    this.begin = Objects.requireNonNull(begin, "begin");
    this.root = Files.createDirectories(root).toRealPath();
    FileStore store = Files.getFileStore(this.root);
    if (store.getUsableSpace() < begin.getTotalBytes() + SPARE_BYTES) {
      throw new IOException(
          "the copy has "
              + begin.getTotalBytes()
              + " bytes, the disk of "
              + root
              + " only "
              + store.getUsableSpace()
              + " free");
    }
  }

  public CopyBegin begin() {
    return begin;
  }

  public Path root() {
    return root;
  }

  public long receivedBytes() {
    return receivedBytes;
  }

  /**
   * Takes the next piece.
   *
   * @throws IOException if it is not the next one, leaves the directory, or can't be written
   */
  public void chunk(CopyChunk chunk) throws IOException {
    if (!chunk.getId().equals(begin.getId())) {
      throw new IOException("a piece of another copy arrived: " + chunk.getId());
    }
    Path file = resolve(chunk.getFile());
    if (!file.startsWith(root) || file.equals(root)) {
      throw new IOException("a piece names a file outside the copy: " + chunk.getFile());
    }
    byte[] data = chunk.getData().toByteArray();
    receivedBytes += data.length;
    if (receivedBytes > begin.getTotalBytes()) {
      throw new IOException("more than the announced " + begin.getTotalBytes() + " bytes arrived");
    }
    FileChannel channel = channel(file, chunk.getOffset());
    ByteBuffer buffer = ByteBuffer.wrap(data);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    digest.update(data);
  }

  private Path resolve(String name) throws IOException {
    try {
      return root.resolve(name).normalize();
    } catch (InvalidPathException e) {
      throw new IOException("a piece names no file: " + e.getReason(), e);
    }
  }

  private FileChannel channel(Path file, long offset) throws IOException {
    if (offset == 0) {
      closeFile();
      if (++files > MAX_FILES) {
        throw new IOException("the copy has more than " + MAX_FILES + " files");
      }
      Files.createDirectories(file.getParent());
      open =
          Optional.of(
              FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      current = file;
    }
    if (open.isEmpty() || !file.equals(current) || open.orElseThrow().position() != offset) {
      throw new IOException("a piece is missing before offset " + offset + " of " + file);
    }
    return open.orElseThrow();
  }

  /**
   * Checks that all has arrived and makes it durable.
   *
   * @throws IOException if something is missing or damaged
   */
  public void end(CopyEnd end) throws IOException {
    closeFile();
    if (receivedBytes != begin.getTotalBytes()) {
      throw new IOException(receivedBytes + " of " + begin.getTotalBytes() + " bytes arrived");
    }
    if (!MessageDigest.isEqual(digest.digest(), end.getDigest().toByteArray())) {
      throw new IOException("the copy was damaged on its way: its digest differs");
    }
  }

  private void closeFile() throws IOException {
    if (open.isPresent()) {
      open.orElseThrow().force(true);
      open.orElseThrow().close();
      open = Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    closeFile();
  }
}
