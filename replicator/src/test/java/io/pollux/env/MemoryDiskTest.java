package io.pollux.env;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.env.Disk.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MemoryDiskTest extends DiskContract {
  @Override
  MemoryDisk disk() {
    return new MemoryDisk();
  }

  private static void write(StoredFile file, int value, int count, long offset) throws IOException {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    file.write(ByteBuffer.wrap(bytes), offset);
  }

  @Test
  void whatWasForcedSurvivesEveryCrash() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      MemoryDisk disk = disk();
      StoredFile file = disk.open("a");
      write(file, 1, 2000, 0);
      file.force();
      disk.forceDirectory();
      byte[] forced = disk.bytes("a");
      write(file, 2, 100, 2000);
      disk.crash(new Random(seed));
      assertArrayEquals(forced, Arrays.copyOf(disk.bytes("a"), 2000));
      assertThrows(IOException.class, file::force, "a file does not outlive the crash");
    }
  }

  @Test
  void whatWasNotForcedSurvivesInEveryCombinationOfSectors() throws IOException {
    Set<String> outcomes = new TreeSet<>();
    for (int seed = 0; seed < 2000; seed++) {
      MemoryDisk disk = disk();
      StoredFile file = disk.open("a");
      write(file, 1, 1200, 0);
      file.force();
      disk.forceDirectory();
      write(file, 2, 1200, 0);
      disk.crash(new Random(seed));
      byte[] bytes = disk.bytes("a");
      outcomes.add("" + bytes[0] + bytes[511] + bytes[512] + bytes[1023] + bytes[1024]);
    }
    assertEquals(
        Set.of("11111", "11112", "11221", "11222", "22111", "22112", "22221", "22222"), outcomes);
  }

  @Test
  void aNameThatWasNotForcedMayBeLost() throws IOException {
    Set<String> outcomes = new TreeSet<>();
    for (int seed = 0; seed < 300; seed++) {
      MemoryDisk disk = disk();
      disk.open("a").close();
      disk.forceDirectory();
      disk.open("b").close();
      disk.rename("a", "c");
      disk.crash(new Random(seed));
      outcomes.add(String.join("", disk.list()));
    }
    assertEquals(Set.of("a", "ab", "c", "bc"), outcomes);
  }

  @Test
  void theToldForceFailsAndOnlyThat() throws IOException {
    MemoryDisk disk = disk();
    StoredFile file = disk.open("a");
    disk.failForce(2);
    file.force();
    assertThrows(IOException.class, file::force);
    file.force();
    assertEquals(3, disk.forces());
  }

  @Test
  void whatTheSystemForgotIsReadAndYetNotOnDisk() throws IOException {
    MemoryDisk disk = disk();
    StoredFile file = disk.open("a");
    disk.forceDirectory();
    write(file, 1, 100, 0);
    disk.forgetUnforced();
    write(file, 2, 1, 0);
    file.force();
    assertEquals(1, disk.bytes("a")[99]);
    disk.crash(new Random(1));
    assertArrayEquals(new byte[] {2}, disk.bytes("a"));
  }

  @Test
  void aFullDiskRefusesToGrowAndStillOverwrites() throws IOException {
    MemoryDisk disk = disk();
    StoredFile file = disk.open("a");
    disk.limit(1000);
    write(file, 1, 900, 0);
    assertEquals(100, disk.usableBytes());
    assertThrows(IOException.class, () -> write(file, 1, 101, 900));
    write(file, 2, 900, 0);
    assertEquals(2, disk.bytes("a")[899]);
  }

  @Test
  void afterThePowerIsGoneNothingChanges() throws IOException {
    MemoryDisk disk = disk();
    StoredFile file = disk.open("a");
    disk.cutPowerAt(2);
    write(file, 1, 1, 0);
    assertThrows(IOException.class, () -> write(file, 2, 1, 0));
    assertThrows(IOException.class, file::force);
    assertThrows(IOException.class, () -> disk.open("b"));
    assertEquals(1, disk.bytes("a")[0]);
  }

  @Test
  void aFlippedBitStaysFlipped() throws IOException {
    MemoryDisk disk = disk();
    disk.put("a", new byte[] {1, 2});
    disk.flipBit("a", 1, 3);
    disk.crash(new Random(1));
    assertArrayEquals(new byte[] {1, 10}, disk.bytes("a"));
  }
}
