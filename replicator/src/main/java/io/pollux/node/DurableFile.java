package io.pollux.node;

import io.pollux.env.Disk;
import io.pollux.env.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Small files that are replaced as a whole: after a crash there is the old content or the new one.
 */
final class DurableFile {
  private DurableFile() {}

  static void write(Path file, byte[] content) throws IOException {
    Path absolute = file.toAbsolutePath();
    write(new FileDisk(absolute.getParent()), absolute.getFileName().toString(), content);
  }

  static void write(Disk disk, String name, byte[] content) throws IOException {
    String next = name + ".next";
    try (Disk.StoredFile file = disk.open(next)) {
      file.truncate(0);
      file.write(ByteBuffer.wrap(content), 0);
      file.force();
    }
    disk.rename(next, name);
    disk.forceDirectory();
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
