package io.pollux.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.CopyChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyReceiverTest {
  @TempDir Path directory;

  private CopyReceiver receiver(long bytes) throws IOException {
    CopyBegin begin = CopyBegin.newBuilder().setId("c").setTotalBytes(bytes).build();
    return new CopyReceiver(begin, directory.resolve("in"));
  }

  private static CopyChunk chunk(String file, long offset, String data) {
    return CopyChunk.newBuilder()
        .setId("c")
        .setFile(file)
        .setOffset(offset)
        .setData(ByteString.copyFromUtf8(data))
        .build();
  }

  @Test
  void aPieceNeverLeavesTheDirectoryOfTheCopy() throws IOException {
    try (CopyReceiver receiver = receiver(100)) {
      for (String file :
          List.of("../out", "a/../../out", "/tmp/pollux-out", "", ".", "..", "a\u0000b")) {
        assertThrows(IOException.class, () -> receiver.chunk(chunk(file, 0, "x")), file);
      }
      receiver.chunk(chunk("a/b", 0, "x"));
      assertEquals("x", Files.readString(receiver.root().resolve("a/b")));
    }
    assertFalse(Files.exists(directory.resolve("out")));
  }

  @Test
  void moreThanWhatWasAnnouncedIsRefused() throws IOException {
    try (CopyReceiver receiver = receiver(3)) {
      receiver.chunk(chunk("a", 0, "xx"));
      assertThrows(IOException.class, () -> receiver.chunk(chunk("a", 2, "xx")));
    }
    assertThrows(
        IOException.class,
        () ->
            new CopyReceiver(
                CopyBegin.newBuilder().setTotalBytes(Long.MAX_VALUE >> 1).build(),
                directory.resolve("big")));
  }

  @Test
  void aFileIsNeitherWrittenTwiceNorWithAHole() throws IOException {
    try (CopyReceiver receiver = receiver(100)) {
      receiver.chunk(chunk("a", 0, "xx"));
      assertThrows(IOException.class, () -> receiver.chunk(chunk("a", 5, "y")));
      assertThrows(IOException.class, () -> receiver.chunk(chunk("a", 0, "y")));
      assertThrows(IOException.class, () -> receiver.chunk(chunk("b", 2, "y")));
    }
    assertTrue(Files.size(directory.resolve("in/a")) == 2);
  }
}
