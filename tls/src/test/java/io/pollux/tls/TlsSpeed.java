package io.pollux.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No test: measures the link beside the JDK's own TLS 1.3 (mutual, EC P-256, X25519) and a bare
 * socket, on this machine, interleaved (docs/performance.md).
 */
class TlsSpeed {
  private static final int ROUNDS = 7;
  private static final int HANDSHAKES = 40;
  private static final long BULK = 512L << 20;
  private static final int BLOCK = 64 << 10;
  private static final List<String> ARMS = List.of("socket", "JDK", "Pollux");

  @TempDir private Path root;

  /** What one side reads from or writes to. */
  private record Ends(InputStream in, OutputStream out, AutoCloseable socket) {}

  /** A listener and what connects to it. */
  private interface Arm extends AutoCloseable {
    Ends accept() throws Exception;

    Ends connect() throws Exception;

    @Override
    void close() throws IOException;
  }

  @Test
  void compare() throws Exception {
    List<List<Double>> bulk = table();
    List<List<Double>> handshakes = table();
    try (Arm bare = bare();
        Arm jdk = jdk();
        Arm pollux = pollux()) {
      List<Arm> arms = List.of(bare, jdk, pollux);
      for (int round = -2; round < ROUNDS; round++) {
        for (int i = 0; i < arms.size(); i++) {
          double millis = handshakes(arms.get(i));
          double rate = bulk(arms.get(i));
          if (round >= 0) { // The first ones are for the compiler.
            handshakes.get(i).add(millis);
            bulk.get(i).add(rate);
          }
        }
      }
    }
    String table = lines("bulk, MB/s", bulk) + lines("connect and first byte, ms", handshakes);
    System.getLogger("speed").log(System.Logger.Level.INFO, "\n" + table);
  }

  private static List<List<Double>> table() {
    return List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  private static String lines(String what, List<List<Double>> values) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ARMS.size(); i++) {
      List<Double> sorted = new ArrayList<>(values.get(i));
      Collections.sort(sorted);
      lines.append(
          String.format(
              Locale.ROOT,
              "%-28s %-8s median %8.1f  (%.1f to %.1f)%n",
              what,
              ARMS.get(i),
              sorted.get(sorted.size() / 2),
              sorted.get(0),
              sorted.get(sorted.size() - 1)));
    }
    return lines.toString();
  }

  private static double handshakes(Arm arm) throws Exception {
    long start = System.nanoTime();
    for (int i = 0; i < HANDSHAKES; i++) {
      CompletableFuture<Void> served =
          inBackground(
              () -> {
                Ends ends = arm.accept();
                ends.out().write(1);
                ends.out().flush();
                ends.in().read();
                ends.socket().close();
              });
      Ends ends = arm.connect();
      ends.in().read();
      ends.socket().close();
      served.join();
    }
    return (System.nanoTime() - start) / 1e6 / HANDSHAKES;
  }

  private static double bulk(Arm arm) throws Exception {
    CompletableFuture<Void> served =
        inBackground(
            () -> {
              Ends ends = arm.accept();
              byte[] block = new byte[BLOCK];
              for (long sent = 0; sent < BULK; sent += BLOCK) {
                ends.out().write(block);
              }
              ends.out().flush();
              ends.in().read();
              ends.socket().close();
            });
    Ends ends = arm.connect();
    byte[] block = new byte[BLOCK];
    long start = System.nanoTime();
    long received = 0;
    while (received < BULK) {
      received += ends.in().read(block);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    ends.out().write(1);
    ends.out().flush();
    ends.socket().close();
    served.join();
    return (BULK >> 20) / seconds;
  }

  private interface Step {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> inBackground(Step step) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            step.run();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task).start());
  }

  private static Arm bare() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    return new Arm() {
      @Override
      public Ends accept() throws IOException {
        Socket socket = server.accept();
        return new Ends(socket.getInputStream(), socket.getOutputStream(), socket);
      }

      @Override
      public Ends connect() throws IOException {
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
        return new Ends(socket.getInputStream(), socket.getOutputStream(), socket);
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  private Arm jdk() throws Exception {
    TestAuthority.root("plant").issue(root.resolve("jdk.p12"), "jdk", KeyKind.P256, Instant.now());
    SSLContext context = freshContext();
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    server.setEnabledProtocols(new String[] {"TLSv1.3"});
    return new Arm() {
      @Override
      public Ends accept() throws IOException {
        SSLSocket socket = (SSLSocket) server.accept();
        socket.setTcpNoDelay(true);
        return new Ends(socket.getInputStream(), socket.getOutputStream(), socket);
      }

      @Override
      public Ends connect() throws IOException, GeneralSecurityException {
        SSLContext fresh = freshContext();
        SSLSocket socket =
            (SSLSocket)
                fresh
                    .getSocketFactory()
                    .createSocket(server.getInetAddress(), server.getLocalPort());
        socket.setTcpNoDelay(true);
        return new Ends(socket.getInputStream(), socket.getOutputStream(), socket);
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  /** A new one has no session to resume, as ours never has. */
  private SSLContext freshContext() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance(root.resolve("jdk.p12").toFile(), password());
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, password());
    TrustManagerFactory others = TrustManagerFactory.getInstance("PKIX");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", keys.getCertificateChain("node")[1]);
    others.init(trusted);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), others.getTrustManagers(), null);
    return context;
  }

  private static char[] password() {
    return TestAuthority.PASSWORD.toCharArray();
  }

  private Arm pollux() throws Exception {
    Identity a = Identity.create(root.resolve("a"), "a", Optional.empty(), InstantSource.system());
    Identity b = Identity.create(root.resolve("b"), "b", Optional.empty(), InstantSource.system());
    TlsListener listener = new TlsSockets(a, InstantSource.system()).listen(TestNode.LOOPBACK);
    TlsSockets client = new TlsSockets(b, InstantSource.system());
    HostPort address = TestNode.at(listener.address());
    return new Arm() {
      @Override
      public Ends accept() throws IOException, GeneralSecurityException {
        TlsConnection open = listener.accept().handshake();
        return new Ends(open.input(), open.output(), open);
      }

      @Override
      public Ends connect() throws IOException, GeneralSecurityException {
        TlsConnection open = client.connect(address, a.fingerprint(), TestNode.TIMEOUT);
        return new Ends(open.input(), open.output(), open);
      }

      @Override
      public void close() throws IOException {
        listener.close();
      }
    };
  }
}
