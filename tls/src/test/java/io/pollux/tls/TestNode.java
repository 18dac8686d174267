package io.pollux.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A node in a test: an identity, a clock that can be moved, sockets. */
final class TestNode {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final HostPort LOOPBACK = new HostPort("127.0.0.1", 0);
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  final Path directory;
  final Identity identity;
  final TlsSockets sockets;
  private volatile Instant now = NOW;

  private TestNode(Path directory, Instant created) throws IOException, GeneralSecurityException {
    this.directory = directory;
    this.identity =
        Identity.create(
            directory,
            directory.getFileName().toString(),
            Optional.empty(),
            InstantSource.fixed(created));
    this.sockets = new TlsSockets(identity, clock());
  }

  static TestNode in(Path parent, String name) throws IOException, GeneralSecurityException {
    return new TestNode(parent.resolve(name), NOW);
  }

  static TestNode createdAt(Instant created, Path parent, String name)
      throws IOException, GeneralSecurityException {
    return new TestNode(parent.resolve(name), created);
  }

  InstantSource clock() {
    return () -> now;
  }

  void moveClock(Duration by) {
    now = now.plus(by);
  }

  Fingerprint fingerprint() {
    return identity.fingerprint();
  }

  TlsConnection connect(TlsListener listener, Fingerprint expected)
      throws IOException, GeneralSecurityException {
    return sockets.connect(at(listener.address()), expected, TIMEOUT);
  }

  static HostPort at(InetSocketAddress address) {
    return new HostPort(address.getAddress().getHostAddress(), address.getPort());
  }

  /** The server's side of the next connection, on a thread of its own. */
  static CompletableFuture<TlsConnection> serveOne(TlsListener listener) {
    return inBackground(() -> listener.accept().handshake());
  }

  interface Work<T> {
    T run() throws IOException, GeneralSecurityException;
  }

  static <T> CompletableFuture<T> inBackground(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.run());
              } catch (Throwable e) { // the top of a thread
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  /** What the background work failed with. */
  static Throwable failure(CompletableFuture<?> work) {
    try {
      throw new AssertionError(
          "no failure but " + work.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join());
    } catch (CompletionException e) {
      return e.getCause();
    }
  }
}
