package io.pollux.tls;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Takes connections; their handshakes are done elsewhere, so that a slow one holds up nobody. */
public final class TlsListener implements Closeable {
  private static final int BACKLOG = 64;
  private final ServerSocket server;
  private final Supplier<Identity> identity;
  private final InstantSource time;

  TlsListener(HostPort address, Supplier<Identity> identity, InstantSource time)
      throws IOException {
    this.identity = identity;
    this.time = time;
    this.server = new ServerSocket();
    try {
      server.bind(address.resolve(), BACKLOG);
    } catch (IOException e) {
      server.close();
      BindException refusal =
          new BindException(
              "cannot listen on "
                  + address
                  + " ("
                  + e.getMessage()
                  + "); choose a free port on an address of this machine");
      refusal.initCause(e);
      throw refusal;
    }
  }

  /**
   * Waits for the next connection, whoever makes it.
   *
   * @throws java.net.SocketException once the listener is closed
   */
  public PendingConnection accept() throws IOException {
    Socket tcp = server.accept();
    return new PendingConnection(tcp, identity, time);
  }

  /** Where it listens, with the port in use. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Stops listening and ends a waiting {@link #accept}; connections stay. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
