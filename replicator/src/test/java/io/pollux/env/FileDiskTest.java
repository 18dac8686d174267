package io.pollux.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest extends DiskContract {
  @TempDir private Path directory;

  @Override
  Disk disk() throws IOException {
    return FileDisk.create(directory.resolve("node").resolve("log"));
  }

  @Test
  void whatItCreatesIsForItsOwnerAlone() throws IOException {
    assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    disk().open("a").close();
    Path log = directory.resolve("node").resolve("log");
    assertEquals("rwx------", permissions(log));
    assertEquals("rw-------", permissions(log.resolve("a")));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aDirectoryThatIsMissingIsNotCreatedByLooking() {
    Path missing = directory.resolve("missing");
    assertThrows(NotDirectoryException.class, () -> new FileDisk(missing));
    assertEquals(false, Files.exists(missing));
  }

  @Test
  void namesDoNotLeaveTheDirectory() throws IOException {
    Disk disk = disk();
    for (String name : List.of("../a", "..", ".", "", "a/b", "/etc/passwd")) {
      assertThrows(IllegalArgumentException.class, () -> disk.open(name), name);
    }
  }

  @Test
  void directoriesAreNotListed() throws IOException {
    Disk disk = disk();
    Files.createDirectory(directory.resolve("node").resolve("log").resolve("sub"));
    assertEquals(List.of(), disk.list());
  }
}
