package io.pollux.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsSocketsTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  @TempDir Path directory;
  private TestNode server;
  private TestNode client;
  private TlsListener listener;

  @BeforeEach
  void listen() throws IOException, GeneralSecurityException {
    server = TestNode.in(directory, "server");
    client = TestNode.in(directory, "client");
    listener = server.sockets.listen(TestNode.LOOPBACK);
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  @Test
  void bothSidesKnowEachOtherAndTalk() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (TlsConnection near = client.connect(listener, server.fingerprint());
        TlsConnection far = accepted.get()) {
      assertEquals(server.fingerprint(), near.peer());
      assertEquals(client.fingerprint(), near.self());
      assertEquals(client.fingerprint(), far.peer());
      assertEquals(client.identity.certificate(), far.peerCertificate());
      assertEquals(listener.address(), near.remoteAddress());
      near.output().write("hello".getBytes(UTF_8));
      assertArrayEquals("hello".getBytes(UTF_8), far.input().readNBytes(5));
      far.output().write("welcome".getBytes(UTF_8));
      assertArrayEquals("welcome".getBytes(UTF_8), near.input().readNBytes(7));
    }
  }

  @Test
  void aFarewellIsToldFromABrokenConnection() throws Exception {
    CompletableFuture<TlsConnection> first = TestNode.serveOne(listener);
    TlsConnection polite = client.connect(listener, server.fingerprint());
    polite.close();
    assertEquals(-1, first.get().input().read());

    CompletableFuture<TlsConnection> second = TestNode.serveOne(listener);
    TlsConnection rude = client.connect(listener, server.fingerprint());
    TlsConnection far = second.get();
    rude.abort();
    assertThrows(IOException.class, () -> far.input().read());
  }

  @Test
  void closingDoesNotWaitForAPeerThatDoesNotRead() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    TlsConnection near = client.connect(listener, server.fingerprint());
    TlsConnection far = accepted.get();
    AtomicLong written = new AtomicLong();
    CompletableFuture<Object> writer =
        TestNode.inBackground(
            () -> {
              while (true) {
                near.output().write(new byte[16384]);
                written.incrementAndGet();
              }
            });
    AtomicLong seen = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(200))
        .until(() -> written.get() > 0 && seen.getAndSet(written.get()) == written.get());
    near.close();
    assertInstanceOf(IOException.class, TestNode.failure(writer));
    far.abort();
  }

  @Test
  void anotherServerKeyIsRefusedWithBothFingerprints() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    UntrustedPeerException refusal =
        assertThrows(
            UntrustedPeerException.class, () -> client.connect(listener, client.fingerprint()));
    assertEquals(client.fingerprint(), refusal.expected());
    assertEquals(server.fingerprint(), refusal.actual());
    assertTrue(refusal.getMessage().contains(server.fingerprint().toString()));
    assertInstanceOf(IOException.class, TestNode.failure(accepted));
  }

  @Test
  void theClientRefusesAServerThatExpired() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    client.moveClock(Duration.ofDays(3654));
    assertReason(
        InvalidCertificateException.Reason.EXPIRED,
        "expired at",
        assertThrows(IOException.class, () -> client.connect(listener, server.fingerprint())));
    assertInstanceOf(IOException.class, TestNode.failure(accepted));
  }

  @Test
  void theClientRefusesAServerThatIsNotYetValid() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    client.moveClock(Duration.ofDays(-2));
    assertReason(
        InvalidCertificateException.Reason.NOT_YET_VALID,
        "not valid before",
        assertThrows(IOException.class, () -> client.connect(listener, server.fingerprint())));
    assertInstanceOf(IOException.class, TestNode.failure(accepted));
  }

  @Test
  void theServerRefusesAClientThatExpired() throws Exception {
    TestNode old = TestNode.createdAt(TestNode.NOW.minus(Duration.ofDays(3654)), directory, "old");
    assertClientRefused(old, InvalidCertificateException.Reason.EXPIRED, "expired at");
  }

  @Test
  void theServerRefusesAClientThatIsNotYetValid() throws Exception {
    TestNode early = TestNode.createdAt(TestNode.NOW.plus(Duration.ofDays(2)), directory, "early");
    assertClientRefused(
        early, InvalidCertificateException.Reason.NOT_YET_VALID, "not valid before");
  }

  private void assertClientRefused(
      TestNode stranger, InvalidCertificateException.Reason reason, String words) throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    // In TLS 1.3 the client is done first; it learns of the refusal when it reads.
    TlsConnection near = stranger.connect(listener, server.fingerprint());
    assertReason(reason, words, TestNode.failure(accepted));
    IOException told = assertThrows(IOException.class, () -> near.input().read());
    assertTrue(told.getMessage().contains("certificate_unknown"), told.getMessage());
    near.close();
  }

  private static void assertReason(
      InvalidCertificateException.Reason reason, String words, Throwable failure) {
    InvalidCertificateException refusal =
        assertInstanceOf(InvalidCertificateException.class, failure);
    assertEquals(reason, refusal.reason());
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
  }

  @Test
  void aClientOfTls12IsRefused() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (SSLSocket foreign = foreignClient("TLSv1.2")) {
      assertThrows(IOException.class, foreign::startHandshake);
    }
    assertInstanceOf(IOException.class, TestNode.failure(accepted));
  }

  @Test
  void aClientWithoutACertificateIsRefused() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (SSLSocket foreign = foreignClient("TLSv1.3")) {
      assertThrows(
          IOException.class,
          () -> {
            foreign.startHandshake(); // in TLS 1.3 this may still succeed
            foreign.getInputStream().read();
          });
    }
    Throwable failure = TestNode.failure(accepted);
    assertTrue(failure.getMessage().contains("certificate_required"), failure.getMessage());
  }

  private SSLSocket foreignClient(String protocol) throws Exception {
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(null, new TrustManager[] {new TrustsAll()}, null);
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(listener.address().getAddress(), listener.address().getPort());
    socket.setEnabledProtocols(new String[] {protocol});
    return socket;
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** TLS 1.3 knows no second handshake; that who has a key asks for one ends his connection. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoAsksForASecondHandshakeIsCutOff(boolean asksAsClient) throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (TlsConnection near = client.connect(listener, server.fingerprint());
        TlsConnection far = accepted.get()) {
      byte[] clientHello = {1, 0, 0, 4, 3, 3, 0, 0};
      byte[] helloRequest = {0, 0, 0, 0};
      sendHandshake(asksAsClient ? near : far, asksAsClient ? clientHello : helloRequest);
      IOException end =
          assertThrows(IOException.class, () -> (asksAsClient ? far : near).input().read());
      assertTrue(end.getMessage().contains("unexpected_message"), end.getMessage());
    }
    bothSidesKnowEachOtherAndTalk();
  }

  /** Behind the back of the library, which offers no such call. */
  private static void sendHandshake(TlsConnection connection, byte[] message) throws Exception {
    Object socket = field(TlsConnection.class, "tls", connection);
    Object protocol = field(socket.getClass(), "protocol", socket);
    Method write =
        TlsProtocol.class.getDeclaredMethod(
            "safeWriteRecord", short.class, byte[].class, int.class, int.class);
    write.setAccessible(true);
    write.invoke(protocol, ContentType.handshake, message, 0, message.length);
  }

  private static Object field(Class<?> type, String name, Object of) throws Exception {
    if (Stream.of(type.getDeclaredFields()).noneMatch(field -> field.getName().equals(name))) {
      return field(type.getSuperclass(), name, of);
    }
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }

  @Test
  void plaintextIsRefused() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (Socket stranger = tcp()) {
      stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      assertInstanceOf(IOException.class, TestNode.failure(accepted));
    }
  }

  @Test
  void anOversizedHelloIsRefusedBeforeItIsRead() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (Socket stranger = tcp()) {
      // A handshake record whose client hello announces 16 MiB, and nothing more.
      stranger.getOutputStream().write(new byte[] {22, 3, 1, 0, 4, 1, -1, -1, -1});
      Throwable failure = TestNode.failure(accepted);
      assertFalse(failure instanceof SocketTimeoutException, failure.toString());
    }
  }

  @Test
  void aHalfOpenConnectionEndsAtItsDeadlineWhileOthersPass() throws Exception {
    try (Socket silent = tcp()) {
      PendingConnection pending = listener.accept();
      CompletableFuture<TlsConnection> waiting =
          TestNode.inBackground(() -> pending.handshake(Duration.ofSeconds(2)));
      CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
      try (TlsConnection near = client.connect(listener, server.fingerprint());
          TlsConnection far = accepted.get()) {
        assertEquals(client.fingerprint(), far.peer());
        assertEquals(server.fingerprint(), near.peer());
        assertFalse(waiting.isDone());
      }
      assertInstanceOf(SocketTimeoutException.class, TestNode.failure(waiting));
      assertEquals(-1, silent.getInputStream().read());
    }
  }

  @Test
  void aPeerThatSendsByteByByteEndsAtTheDeadline() throws Exception {
    try (Socket slow = tcp()) {
      PendingConnection pending = listener.accept();
      CompletableFuture<TlsConnection> waiting =
          TestNode.inBackground(() -> pending.handshake(SHORT));
      slow.getOutputStream().write(new byte[] {22, 3, 1, 64, 0});
      await()
          .pollInterval(Duration.ofMillis(20))
          .ignoreException(IOException.class)
          .until(
              () -> {
                boolean isDone = waiting.isDone();
                slow.getOutputStream().write(1);
                return isDone;
              });
      assertInstanceOf(SocketTimeoutException.class, TestNode.failure(waiting));
    }
  }

  @Test
  void aServerThatDoesNotAnswerEndsAtTheTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostPort address = new HostPort("127.0.0.1", silent.getLocalPort());
      SocketTimeoutException failure =
          assertThrows(
              SocketTimeoutException.class,
              () -> client.sockets.connect(address, server.fingerprint(), SHORT));
      assertTrue(failure.getMessage().contains("within 400 ms"), failure.getMessage());
    }
  }

  @Test
  void aPortInUseIsNamed() {
    HostPort taken = TestNode.at(listener.address());
    IOException failure = assertThrows(IOException.class, () -> client.sockets.listen(taken));
    assertTrue(failure.getMessage().contains(taken.toString()), failure.getMessage());
  }

  @Test
  void theKeyExchangeIsPostQuantum() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    try (RecordingProxy proxy = new RecordingProxy(listener.address());
        TlsConnection near =
            client.sockets.connect(
                TestNode.at(proxy.address()), server.fingerprint(), TestNode.TIMEOUT);
        TlsConnection far = accepted.get()) {
      assertEquals(far.peer(), near.self());
      assertEquals(0x11EC, groupOfServerHello(proxy.saidByServer()));
      for (TlsConnection connection : List.of(near, far)) {
        assertEquals("TLSv1.3, X25519MLKEM768, TLS_AES_256_GCM_SHA384", connection.security());
      }
    }
  }

  /** RFC 8446 section 4.1.3: the selected group is the first field of the key_share extension. */
  private static int groupOfServerHello(byte[] said) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(said));
    assertEquals(22, in.readUnsignedByte(), "a handshake record");
    in.skipNBytes(4);
    assertEquals(2, in.readUnsignedByte(), "a server hello");
    in.skipNBytes(3 + 2 + 32);
    in.skipNBytes(in.readUnsignedByte());
    in.skipNBytes(2 + 1);
    int left = in.readUnsignedShort();
    while (left > 0) {
      int type = in.readUnsignedShort();
      int length = in.readUnsignedShort();
      if (type == 51) {
        return in.readUnsignedShort();
      }
      in.skipNBytes(length);
      left -= 4 + length;
    }
    throw new IOException("a server hello without a key share");
  }

  @Test
  void nothingIsRegisteredInTheHostJvm() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    client.connect(listener, server.fingerprint()).close();
    accepted.get().close();
    assertNull(Security.getProvider("BC"));
    assertNull(Security.getProvider("BCJSSE"));
  }

  @Test
  void noThreadIsLeftBehind() throws Exception {
    CompletableFuture<TlsConnection> accepted = TestNode.serveOne(listener);
    client.connect(listener, server.fingerprint()).close();
    accepted.get().close();
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("pollux-")));
  }

  private Socket tcp() throws IOException {
    return new Socket(listener.address().getAddress(), listener.address().getPort());
  }
}
