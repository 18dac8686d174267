package io.pollux.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory of the file system. What it creates is readable by its owner alone where the file
 * system knows POSIX permissions.
 */
public final class FileDisk implements Disk {
  private static final Set<OpenOption> READ_WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
  private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);

  private final Path root;
  private final FileStore store;

  /**
   * Creates nothing.
   *
   * @throws NotDirectoryException if {@code root} is not a directory that exists
   */
  public FileDisk(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new NotDirectoryException(root.toString());
    }
    this.root = root;
    store = Files.getFileStore(root);
  }

  /** Creates the directory, and those above it, unless they exist. */
  public static FileDisk create(Path root) throws IOException {
    Files.createDirectories(root, ownerOnly(root, "rwx------"));
    return new FileDisk(root);
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public StoredFile open(String name) throws IOException {
    Path file = path(name);
    return new ChannelFile(file, FileChannel.open(file, READ_WRITE, ownerOnly(file, "rw-------")));
  }

  @Override
  public StoredFile openToRead(String name) throws IOException {
    Path file = path(name);
    return new ChannelFile(file, FileChannel.open(file, READ));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(path(name));
  }

  @Override
  public void forceDirectory() throws IOException {
    if (!root.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      // Windows does not open directories; NTFS journals what happens to them in order.
      return;
    }
    try (FileChannel directory = FileChannel.open(root, READ)) {
      directory.force(true);
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return store.getUsableSpace();
  }

  @Override
  public String toString() {
    return root.toString();
  }

  private Path path(String name) {
    Path file = root.resolve(name);
    if (!root.equals(file.getParent()) || name.equals("..") || name.equals(".")) {
      throw new IllegalArgumentException("not a plain file name: " + name);
    }
    return file;
  }

  private static final class ChannelFile implements StoredFile {
    private final Path path;
    private final FileChannel channel;

    ChannelFile(Path path, FileChannel channel) {
      this.path = path;
      this.channel = channel;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      int total = 0;
      while (target.hasRemaining()) {
        int count = channel.read(target, offset + total);
        if (count < 0) {
          break;
        }
        total += count;
      }
      return total;
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      long at = offset;
      while (source.hasRemaining()) {
        at += channel.write(source, at);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
      // Without metadata: the file's size is forced all the same where data depends on it.
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
