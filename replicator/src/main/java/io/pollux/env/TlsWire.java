package io.pollux.env;

import io.pollux.tls.Fingerprint;
import io.pollux.tls.HostPort;
import io.pollux.tls.PendingConnection;
import io.pollux.tls.TlsConnection;
import io.pollux.tls.TlsListener;
import io.pollux.tls.TlsSockets;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The real network: mutual TLS with pinned keys. A conversation has a reader and a writer thread of
 * its own. At most {@value #HANDSHAKES} handshakes are under way; when one more comes, the oldest
 * ends: an honest one takes a fraction of a second, and strangers who connect and say nothing delay
 * nobody.
 */
public final class TlsWire implements Wire, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TlsWire.class.getName());
  private static final int HANDSHAKES = 64;

  private final TlsSockets sockets;
  private final EventLoop loop;
  private final Predicate<Fingerprint> trusted;
  private final Consumer<TlsConnection> stranger;
  private final Consumer<Exception> refused;
  private final ThreadFactory threads;
  private final ExecutorService handshakes;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

  /** Handshakes under way, oldest first; guarded by itself. */
  private final Set<PendingConnection> greeting = new LinkedHashSet<>();

  /**
   * @param trusted whose conversations reach the acceptor
   * @param stranger gets everyone else, on a thread of its own, and closes the connection
   * @param refused hears why a handshake failed, on a thread of its own
   */
  public TlsWire(
      TlsSockets sockets,
      EventLoop loop,
      Predicate<Fingerprint> trusted,
      Consumer<TlsConnection> stranger,
      Consumer<Exception> refused) {
    this.refused = Objects.requireNonNull(refused, "refused");
    this.sockets = Objects.requireNonNull(sockets, "sockets");
    this.loop = Objects.requireNonNull(loop, "loop");
    this.trusted = Objects.requireNonNull(trusted, "trusted");
    this.stranger = Objects.requireNonNull(stranger, "stranger");
    this.threads = daemon("pollux-link");
    this.handshakes =
        new ThreadPoolExecutor(
            0,
            2 * HANDSHAKES,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemon("pollux-hello"));
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public Closeable listen(String address, Acceptor acceptor) throws IOException {
    TlsListener listener = sockets.listen(HostPort.parse(address));
    open.add(listener);
    Thread thread = threads.newThread(() -> acceptAll(listener, acceptor));
    thread.setName("pollux-link-acceptor");
    thread.start();
    return () -> {
      open.remove(listener);
      listener.close();
    };
  }

  private void acceptAll(TlsListener listener, Acceptor acceptor) {
    while (open.contains(listener)) {
      try {
        PendingConnection pending = listener.accept();
        admit(pending);
        try {
          handshakes.execute(() -> greet(pending, acceptor));
        } catch (RejectedExecutionException e) {
          LOG.log(
              Level.WARNING,
              "{0} is turned away: {1} handshakes are under way",
              pending.remoteAddress(),
              HANDSHAKES);
          end(pending);
        }
      } catch (IOException e) {
        if (open.contains(listener)) {
          LOG.log(Level.WARNING, "accepting a connection failed: {0}", e.getMessage());
        }
      }
    }
  }

  private void admit(PendingConnection pending) {
    synchronized (greeting) {
      if (greeting.size() >= HANDSHAKES) {
        end(greeting.iterator().next());
      }
      greeting.add(pending);
    }
  }

  private void end(PendingConnection pending) {
    synchronized (greeting) {
      greeting.remove(pending);
    }
    pending.close();
  }

  /** Makes room when the handshake is over, whatever comes of the connection. */
  private TlsConnection handshake(PendingConnection pending)
      throws IOException, GeneralSecurityException {
    try {
      return pending.handshake();
    } finally {
      synchronized (greeting) {
        greeting.remove(pending);
      }
    }
  }

  private void greet(PendingConnection pending, Acceptor acceptor) {
    try {
      TlsConnection connection = handshake(pending);
      if (trusted.test(connection.peer())) {
        loop.execute(
            () -> {
              TlsChannel channel = channel(connection);
              channel.start(acceptor.accept(channel));
            });
      } else {
        stranger.accept(connection);
      }
    } catch (IOException | GeneralSecurityException e) {
      refused.accept(e);
      end(pending);
    }
  }

  private TlsChannel channel(TlsConnection connection) {
    TlsChannel channel = new TlsChannel(connection, loop, threads, open::remove);
    open.add(channel);
    return channel;
  }

  @Override
  public void connect(String address, String peer, Duration timeout, Listener listener) {
    Thread thread = threads.newThread(() -> dial(address, peer, timeout, listener));
    thread.setName("pollux-link-dialer");
    thread.start();
  }

  private void dial(String address, String peer, Duration timeout, Listener listener) {
    try {
      TlsConnection connection =
          sockets.connect(HostPort.parse(address), Fingerprint.parse(peer), timeout);
      loop.execute(() -> channel(connection).start(listener));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      refused.accept(e);
      String reason = "can't reach " + address + ": " + e.getMessage();
      try {
        loop.execute(() -> listener.closed(reason));
      } catch (RejectedExecutionException stopped) {
        LOG.log(Level.DEBUG, "the node stopped while it dialed", stopped);
      }
    }
  }

  @Override
  public void close() {
    handshakes.shutdownNow();
    List<Closeable> all = List.copyOf(open);
    open.clear(); // First, so that the acceptor knows why it can't go on.
    for (Closeable closeable : all) {
      try {
        closeable.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "closing failed", e);
      }
    }
  }
}
