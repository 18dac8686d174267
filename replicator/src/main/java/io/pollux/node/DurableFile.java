package io.pollux.node;

import io.pollux.env.Disk;
import io.pollux.env.FileDisk;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Files that are replaced as a whole: after a crash there is the old content or the new one. */
final class DurableFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private DurableFile() {}

  /** What is written piece by piece. */
  @FunctionalInterface
  interface Content<E extends Exception> {
    void writeTo(DataOutputStream out) throws IOException, E;
  }

  static void write(Path file, byte[] content) throws IOException {
    Path absolute = file.toAbsolutePath();
    write(new FileDisk(absolute.getParent()), absolute.getFileName().toString(), content);
  }

  static void write(Disk disk, String name, byte[] content) throws IOException {
    DurableFile.<RuntimeException>write(disk, name, out -> out.write(content));
  }

  /** The same for what need not be in memory as a whole. */
  static <E extends Exception> void write(Disk disk, String name, Content<E> content)
      throws IOException, E {
    String next = name + ".next";
    try (Disk.StoredFile file = disk.open(next)) {
      file.truncate(0);
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(new End(file), BUFFER_BYTES));
      content.writeTo(out);
      out.flush();
      file.force();
    }
    disk.rename(next, name);
    disk.forceDirectory();
  }

  /** The end of a file. */
  private static final class End extends OutputStream {
    private final Disk.StoredFile file;
    private long bytes;

    End(Disk.StoredFile file) {
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      file.write(ByteBuffer.wrap(from, offset, length), bytes);
      bytes += length;
    }
  }

  /** The whole content; empty if there is no such file. */
  static Optional<byte[]> read(Disk disk, String name) throws IOException {
    if (!disk.list().contains(name)) {
      return Optional.empty();
    }
    try (Disk.StoredFile file = disk.openToRead(name)) {
      ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
      int unused = file.read(content, 0);
      return Optional.of(content.array());
    }
  }

  /** A directory that only its owner can enter. */
  static Path createPrivateDirectory(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(
              Set.copyOf(PosixFilePermissions.fromString("rwx------"))));
    }
    return Files.createDirectory(directory);
  }

  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
