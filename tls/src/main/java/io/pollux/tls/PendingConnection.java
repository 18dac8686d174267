package io.pollux.tls;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** A connection that arrived and has not proven anything. The caller bounds how many it keeps. */
public final class PendingConnection implements Closeable {
  /** A handshake that has not finished by then ends. */
  public static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Socket tcp;
  private final Supplier<Identity> identity;
  private final InstantSource time;

  PendingConnection(Socket tcp, Supplier<Identity> identity, InstantSource time) {
    this.tcp = tcp;
    this.identity = identity;
    this.time = time;
  }

  /**
   * Does the handshake on the calling thread, for at most {@link #DEADLINE}; call it once. Any node
   * with a valid certificate passes: what it may do is decided by {@link TlsConnection#peer} and
   * the {@link TrustList}.
   *
   * @throws InvalidCertificateException if the peer's certificate is not usable now
   * @throws java.net.SocketTimeoutException if the peer was not done in time
   * @throws IOException if the peer does not speak TLS 1.3 as we do, or is gone
   */
  public TlsConnection handshake() throws IOException, GeneralSecurityException {
    return handshake(DEADLINE);
  }

  TlsConnection handshake(Duration deadline) throws IOException, GeneralSecurityException {
    Identity self = identity.get();
    PeerCheck check =
        new PeerCheck(self.authorities(), time, String.valueOf(remoteAddress()), Optional.empty());
    return new Handshake(self, check).accept(tcp, deadline);
  }

  /** Where it comes from. */
  public InetSocketAddress remoteAddress() {
    return (InetSocketAddress) tcp.getRemoteSocketAddress();
  }

  /** Refuses the connection without a handshake. */
  @Override
  public void close() {
    TlsConnection.closeQuietly(tcp);
  }
}
