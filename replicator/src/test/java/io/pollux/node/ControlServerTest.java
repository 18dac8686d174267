package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is written to the control socket, the node goes on and says what was wrong. */
class ControlServerTest {
  @TempDir Path root;
  private TestNodes nodes;
  private Node node;

  @BeforeEach
  void open() throws Exception {
    nodes = new TestNodes(root, TestEngine.DERBY);
    nodes.init("a");
    node = nodes.open("a");
  }

  @AfterEach
  void close() {
    node.close();
  }

  private SocketChannel connect() throws Exception {
    return SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.path(nodes.directory("a"))));
  }

  private String ask(String request) throws Exception {
    try (SocketChannel channel = connect()) {
      ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatIsNoRequestIsRefusedWithAReason() throws Exception {
    for (String request :
        List.of(
            "",
            "null",
            "7",
            "[]",
            "{}",
            "{\"command\":",
            "{\"command\":null}",
            "{\"command\":[\"status\"]}",
            "{\"command\":\"nobody\"}",
            "[".repeat(30_000),
            "{\"a\":".repeat(10_000))) {
      assertTrue(ask(request).contains("\"reason\":\"BAD_CONFIGURATION\""), request);
    }
    assertTrue(ask("{\"command\":\"status\"}").contains("\"ok\":true"));
  }

  @Test
  void aTokenIsNeitherBornDeadNorImmortal() throws Exception {
    for (String validity : List.of("0", "-1", "9223372036854775807", "\"x\"", "2592000001")) {
      String request = "{\"command\":\"token\",\"validityMillis\":" + validity + "}";
      assertTrue(ask(request).contains("\"reason\":\"BAD_CONFIGURATION\""), request);
    }
  }

  @Test
  void aRequestWithoutEndIsCutOff() throws Exception {
    try (SocketChannel channel = connect()) {
      ByteBuffer bytes = ByteBuffer.wrap("x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
      assertThrows(
          IOException.class,
          () -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
            int read = channel.read(ByteBuffer.allocate(1));
            if (read < 0) {
              throw new IOException("it hung up");
            }
          });
    }
  }

  @Test
  void clientsThatSayNothingAreBoundedInNumberAndLeaveTheirPlaces() throws Exception {
    List<SocketChannel> silent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      silent.add(connect());
    }
    for (SocketChannel channel : silent) {
      channel.close();
    }
    org.awaitility.Awaitility.await()
        .until(() -> ask("{\"command\":\"status\"}").contains("\"ok\":true"));
  }

  @Test
  void onlyTheOwnerReachesTheSocket() throws Exception {
    Path directory = ControlSocket.path(nodes.directory("a")).getParent();
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
  }

  @Test
  void anUnknownReasonOfANewerNodeIsStillARefusal() throws Exception {
    PolluxException refused =
        assertThrows(
            PolluxException.class,
            () -> ControlClient.call(nodes.directory("a"), ControlClient.request("nobody")));
    assertEquals(Reason.BAD_CONFIGURATION, refused.reason());
  }
}
