package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.Checkpoint;
import io.pollux.codec.wire.CopyBegin;
import io.pollux.codec.wire.CopyChunk;
import io.pollux.codec.wire.CopyEnd;
import io.pollux.codec.wire.Entries;
import io.pollux.codec.wire.Entry;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Match;
import io.pollux.codec.wire.NodeReport;
import io.pollux.codec.wire.Ping;
import io.pollux.codec.wire.Receipt;
import io.pollux.codec.wire.VerifyDone;
import io.pollux.core.Activity;
import io.pollux.core.Role;
import io.pollux.tls.Fingerprint;
import io.pollux.tls.HostPort;
import io.pollux.tls.Identity;
import io.pollux.tls.TlsConnection;
import io.pollux.tls.TlsListener;
import io.pollux.tls.TlsSockets;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody has the peer's key and says what no node would. */
class HostilePeerTest {
  private static final ByteString HASH = ByteString.copyFrom(new byte[32]);

  @TempDir Path root;
  private TestNodes nodes;

  @BeforeEach
  void prepare() {
    nodes = new TestNodes(root, TestEngine.DERBY);
  }

  /** What is said after an honest greeting; each list is one conversation. */
  private static List<List<byte[]>> speeches() {
    List<List<byte[]>> speeches = new ArrayList<>();
    for (LinkFrame.Builder frame :
        List.of(
            LinkFrame.newBuilder().setFollow(Follow.newBuilder().setStart(true)),
            LinkFrame.newBuilder()
                .setFollow(Follow.newBuilder().setStart(true).addCheckpoints(checkpoint(1L << 61))),
            LinkFrame.newBuilder().setFollow(Follow.newBuilder().addCheckpoints(checkpoint(-1))),
            LinkFrame.newBuilder().setMatch(Match.newBuilder().setPosition(-5).setEnd(-1)),
            LinkFrame.newBuilder().setMatch(Match.newBuilder().setPosition(1L << 62)),
            LinkFrame.newBuilder().setReceipt(Receipt.newBuilder().setWritten(1L << 60)),
            LinkFrame.newBuilder().setReceipt(Receipt.newBuilder().setForced(-1)),
            LinkFrame.newBuilder().setReport(NodeReport.newBuilder().setActivity("KING")),
            LinkFrame.newBuilder()
                .setReport(NodeReport.newBuilder().setActivity("WARM").setEpoch(Long.MAX_VALUE)),
            LinkFrame.newBuilder().setEntries(entries(1, 1, 0)),
            LinkFrame.newBuilder().setEntries(entries(Long.MAX_VALUE, 1, 32)),
            LinkFrame.newBuilder().setEntries(entries(1, 40_000, 32)),
            LinkFrame.newBuilder()
                .setCopyBegin(CopyBegin.newBuilder().setId("x").setTotalBytes(1L << 61)),
            LinkFrame.newBuilder().setCopyChunk(CopyChunk.newBuilder().setFile("../../x\u0000")),
            LinkFrame.newBuilder().setCopyEnd(CopyEnd.newBuilder().setId("x")),
            LinkFrame.newBuilder().setVerifyDone(VerifyDone.newBuilder().setId(7)),
            LinkFrame.newBuilder().setPing(Ping.newBuilder().setEnd(Long.MIN_VALUE)),
            LinkFrame.newBuilder().setHello(Hello.newBuilder().setProtocol(1)))) {
      speeches.add(List.of(frame.build().toByteArray()));
    }
    Random random = new Random(8);
    for (int i = 0; i < 8; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      speeches.add(List.of(noise));
    }
    return speeches;
  }

  private static Checkpoint checkpoint(long position) {
    return Checkpoint.newBuilder().setPosition(position).setHash(HASH).build();
  }

  private static Entries.Builder entries(long position, int count, int hashBytes) {
    Entries.Builder entries = Entries.newBuilder().setEpoch(1);
    for (int i = 0; i < count; i++) {
      entries.addEntries(
          Entry.newBuilder()
              .setPosition(position + i)
              .setHash(ByteString.copyFrom(new byte[hashBytes]))
              .setBody(ByteString.copyFromUtf8("x")));
    }
    return entries;
  }

  private Identity identity(String name) throws Exception {
    return Identity.load(nodes.directory(name).resolve("identity"));
  }

  private NodeConfig config(String name) throws Exception {
    return ConfigFile.read(nodes.directory(name).resolve("pollux.yaml"));
  }

  /** What node {@code name} would say first to a peer of the given role's opposite. */
  private Hello greeting(Hello theirs, String name) throws Exception {
    return theirs.toBuilder()
        .setNode(config(name).id())
        .setName(name)
        .setRole(config(name).role().name())
        .setReport(theirs.getReport().toBuilder().setActivity("WARM").setWasActive(false))
        .build();
  }

  /** Listens to the greeting, greets, speaks, and waits until the other side has had enough. */
  private void speak(TlsConnection connection, String as, List<byte[]> speech) throws Exception {
    DataInputStream in = new DataInputStream(connection.input());
    DataOutputStream out = new DataOutputStream(connection.output());
    byte[] first = in.readNBytes(in.readInt());
    Hello hello = greeting(LinkFrame.parseFrom(first).getHello(), as);
    byte[] ping =
        LinkFrame.newBuilder().setPing(Ping.newBuilder().setAnswer(true)).build().toByteArray();
    boolean answered = false;
    try {
      send(out, LinkFrame.newBuilder().setHello(hello).build().toByteArray());
      for (byte[] frame : speech) {
        send(out, frame);
      }
      send(out, ping);
      while (!answered) {
        answered = LinkFrame.parseFrom(in.readNBytes(in.readInt())).hasPing();
      }
    } catch (IOException e) {
      answered = true; // It hung up, which is an answer too.
    }
    assertTrue(answered);
    connection.close();
  }

  private static void readAll(DataInputStream in) throws IOException {
    while (true) {
      in.readNBytes(in.readInt());
    }
  }

  private static void send(DataOutputStream out, byte[] frame) throws IOException {
    out.writeInt(frame.length);
    out.write(frame);
    out.flush();
  }

  @Test
  void aMasterOutlivesWhateverItsBackupSays() throws Exception {
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      TlsSockets sockets = new TlsSockets(identity("b"), Clock.systemUTC());
      HostPort address = HostPort.parse(config("b").peer().orElseThrow().address());
      Fingerprint master = identity("a").fingerprint();
      for (List<byte[]> speech : speeches()) {
        speak(sockets.connect(address, master, Duration.ofSeconds(10)), "b", speech);
        assertEquals(Activity.ACTIVE, a.freshStatus().get().activity());
        assertEquals(1, a.status().epoch());
      }
      nodes.insert(a, "a", 1, "still here");
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        assertEquals(nodes.rows("a"), nodes.rows("b"));
      }
    }
  }

  @Test
  void framesOfImpossibleLengthEndTheConversationAndNothingElse() throws Exception {
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      TlsSockets sockets = new TlsSockets(identity("b"), Clock.systemUTC());
      HostPort address = HostPort.parse(config("b").peer().orElseThrow().address());
      for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, (72 << 20) + 1}) {
        TlsConnection connection =
            sockets.connect(address, identity("a").fingerprint(), Duration.ofSeconds(10));
        DataOutputStream out = new DataOutputStream(connection.output());
        out.writeInt(length);
        out.flush();
        DataInputStream in = new DataInputStream(connection.input());
        assertThrows(EOFException.class, () -> readAll(in));
        connection.close();
      }
      assertEquals(Activity.ACTIVE, a.freshStatus().get().activity());
    }
  }

  @Test
  void aBackupOutlivesWhateverItsMasterSays() throws Exception {
    String token = nodes.init("a");
    HostPort address;
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      address = HostPort.parse(config("b").peer().orElseThrow().address());
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
      }
    }
    assertEquals(Role.BACKUP, config("b").role());
    try (Node b = nodes.open("b");
        TlsListener listener = new TlsSockets(identity("a"), Clock.systemUTC()).listen(address)) {
      for (List<byte[]> speech : speeches()) {
        speak(listener.accept().handshake(), "a", speech);
        assertTrue(b.freshStatus().get().activity() != Activity.ACTIVE);
      }
    }
    try (Node a = nodes.open("a");
        Node b = nodes.open("b")) {
      nodes.insert(a, "a", 1, "still here");
      TestNodes.awaitInSync(a, b);
      assertEquals(nodes.rows("a"), nodes.rows("b"));
    }
  }
}
