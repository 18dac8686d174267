package io.pollux.env;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.env.Disk.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every disk promises, the real one and the one of the simulation. */
abstract class DiskContract {
  abstract Disk disk() throws IOException;

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(StoredFile file, long offset, int bytes) throws IOException {
    byte[] target = new byte[bytes];
    int count = file.read(ByteBuffer.wrap(target), offset);
    return new String(target, 0, count, StandardCharsets.UTF_8);
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    try (StoredFile file = disk().open("a")) {
      file.write(text("hello"), 0);
      file.write(text("y"), 4);
      assertEquals(5, file.size());
      assertEquals("ell", read(file, 1, 3));
      assertEquals("ly", read(file, 3, 100));
      assertEquals("", read(file, 5, 1));
      assertEquals("", read(file, 99, 1));
    }
  }

  @Test
  void aGapReadsAsZeros() throws IOException {
    try (StoredFile file = disk().open("a")) {
      file.write(text("x"), 3);
      byte[] bytes = new byte[4];
      file.read(ByteBuffer.wrap(bytes), 0);
      assertArrayEquals(new byte[] {0, 0, 0, 'x'}, bytes);
    }
  }

  @Test
  void aWriteConsumesItsSource() throws IOException {
    try (StoredFile file = disk().open("a")) {
      ByteBuffer source = text("hello");
      file.write(source, 7);
      assertEquals(0, source.remaining());
    }
  }

  @Test
  void aCutFileIsShorterAndNeverLonger() throws IOException {
    try (StoredFile file = disk().open("a")) {
      file.write(text("hello"), 0);
      file.truncate(2);
      file.truncate(9);
      assertEquals("he", read(file, 0, 9));
      file.force();
      file.write(text("y"), 3);
      byte[] bytes = new byte[4];
      file.read(ByteBuffer.wrap(bytes), 0);
      assertArrayEquals(new byte[] {'h', 'e', 0, 'y'}, bytes, "what was cut must not come back");
    }
  }

  @Test
  void filesAreListedInOrder() throws IOException {
    Disk disk = disk();
    for (String name : List.of("b", "c", "a")) {
      disk.open(name).close();
    }
    disk.delete("c");
    disk.rename("a", "d");
    disk.forceDirectory();
    assertEquals(List.of("b", "d"), disk.list());
  }

  @Test
  void openingAgainKeepsTheContents() throws IOException {
    Disk disk = disk();
    try (StoredFile file = disk.open("a")) {
      file.write(text("hello"), 0);
    }
    try (StoredFile file = disk.open("a")) {
      assertEquals("hello", read(file, 0, 9));
    }
  }

  @Test
  void twoOpeningsSeeTheSameFile() throws IOException {
    Disk disk = disk();
    try (StoredFile writer = disk.open("a");
        StoredFile reader = disk.openToRead("a")) {
      writer.write(text("hello"), 0);
      assertEquals("hello", read(reader, 0, 9));
    }
  }

  @Test
  void readingCreatesNothing() throws IOException {
    Disk disk = disk();
    assertThrows(NoSuchFileException.class, () -> disk.openToRead("a"));
    assertThrows(NoSuchFileException.class, () -> disk.delete("a"));
    assertEquals(List.of(), disk.list());
  }

  @Test
  void aFileThatIsOpenForReadingIsNotWritten() throws IOException {
    Disk disk = disk();
    disk.open("a").close();
    try (StoredFile file = disk.openToRead("a")) {
      Throwable refused = assertThrows(Throwable.class, () -> file.write(text("x"), 0));
      assertTrue(refused instanceof IOException || refused instanceof RuntimeException);
      assertEquals(0, file.size());
    }
  }

  @Test
  void renamingReplaces() throws IOException {
    Disk disk = disk();
    for (String name : List.of("a", "b")) {
      try (StoredFile file = disk.open(name)) {
        file.write(text(name), 0);
      }
    }
    disk.rename("a", "b");
    try (StoredFile file = disk.open("b")) {
      assertEquals("a", read(file, 0, 9));
    }
    assertEquals(List.of("b"), disk.list());
  }

  @Test
  void aClosedFileIsNotUsed() throws IOException {
    StoredFile file = disk().open("a");
    file.close();
    assertThrows(IOException.class, () -> file.write(text("x"), 0));
    assertThrows(IOException.class, file::force);
  }

  @Test
  void thereIsRoom() throws IOException {
    Disk disk = disk();
    assertTrue(disk.usableBytes() > 0);
    try (StoredFile file = disk.open("big")) {
      byte[] big = new byte[3_000_000];
      Arrays.fill(big, (byte) 7);
      file.write(ByteBuffer.wrap(big), 0);
      assertEquals(big.length, file.size());
      byte[] back = new byte[big.length];
      assertEquals(big.length, file.read(ByteBuffer.wrap(back), 0));
      assertArrayEquals(big, back);
    }
  }
}
