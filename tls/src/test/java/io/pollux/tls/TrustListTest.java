package io.pollux.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustListTest {
  private static final Fingerprint ONE = Fingerprint.parse("1".repeat(64));
  private static final Fingerprint TWO = Fingerprint.parse("2".repeat(64));
  @TempDir Path directory;

  @Test
  void changesAreThereAfterLoadingAgain() throws Exception {
    TrustList list = TrustList.load(directory);
    list.add(ONE, "castor");
    list.add(TWO, "pollux");
    list.add(TWO, "pollux-2");
    assertTrue(list.remove(ONE));
    assertFalse(list.remove(ONE));

    TrustList again = TrustList.load(directory);
    assertFalse(again.contains(ONE));
    assertTrue(again.contains(TWO));
    assertEquals(Optional.of("pollux-2"), again.name(TWO));
    assertEquals(Optional.empty(), again.name(ONE));
    assertEquals(Map.of(TWO, "pollux-2"), again.nodes());
  }

  @Test
  void theFileIsForItsOwnerAndReadableByPeople() throws Exception {
    TrustList.load(directory).add(ONE, "castor");
    Path file = directory.resolve("trusted");
    assertEquals(ONE + " castor\n", Files.readString(file));
    assertEquals("rw-------", IdentityTest.mode(file));
    assertEquals(List.of("trusted"), IdentityTest.names(directory));
  }

  @Test
  void aDamagedLineIsNamedNotSkipped() throws Exception {
    TrustList.load(directory).add(ONE, "castor");
    Path file = directory.resolve("trusted");
    for (String line : List.of("", "2222 pollux", TWO + " two words", TWO + "")) {
      Files.writeString(file, ONE + " castor\n" + line + "\n");
      IOException refusal = assertThrows(IOException.class, () -> TrustList.load(directory));
      assertTrue(refusal.getMessage().contains("line 2"), refusal.getMessage());
    }
  }

  @Test
  void aListThatOthersMayWriteIsRefused() throws Exception {
    TrustList.load(directory).add(ONE, "castor");
    Files.setPosixFilePermissions(
        directory.resolve("trusted"), PosixFilePermissions.fromString("rw--w----"));
    assertThrows(IOException.class, () -> TrustList.load(directory));
  }

  @Test
  void aLeftoverOfACrashDoesNotHinderTheNextChange() throws Exception {
    Files.writeString(directory.resolve("trusted.new"), "half a li");
    TrustList.load(directory).add(ONE, "castor");
    assertTrue(TrustList.load(directory).contains(ONE));
  }

  @Test
  void aNameWithALineBreakIsRefused() throws Exception {
    TrustList list = TrustList.load(directory);
    String name = "castor\n" + TWO + " mallory";
    assertThrows(IllegalArgumentException.class, () -> list.add(ONE, name));
    assertFalse(list.contains(ONE));
  }
}
