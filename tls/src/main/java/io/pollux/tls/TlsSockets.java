package io.pollux.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Mutual TLS 1.3 with post-quantum key exchange (X25519MLKEM768). Keys are pinned: no host name and
 * no resumed session plays a part, and an authority only where the operator has named it.
 * Thread-safe; holds no resources of its own.
 */
public final class TlsSockets {
  private final Supplier<Identity> identity;
  private final InstantSource time;

  /**
   * @param identity who we are
   * @param time the clock that certificates are judged by
   */
  public TlsSockets(Identity identity, InstantSource time) {
    this(() -> identity, time);
  }

  /**
   * @param identity who we are, asked for in every handshake, so that it may change meanwhile
   * @param time the clock that certificates are judged by
   */
  public TlsSockets(Supplier<Identity> identity, InstantSource time) {
    this.identity = Objects.requireNonNull(identity);
    this.time = Objects.requireNonNull(time);
  }

  /**
   * Connects to the node that holds the expected key. Blocks for at most {@code timeout}, plus what
   * the name service takes.
   *
   * @throws UntrustedPeerException if another key answers
   * @throws InvalidCertificateException if its certificate has expired or is not valid yet
   * @throws java.net.SocketTimeoutException if it is not done in time
   * @throws IOException if there is no connection or no common protocol
   */
  public TlsConnection connect(HostPort address, Fingerprint expected, Duration timeout)
      throws IOException, GeneralSecurityException {
    Objects.requireNonNull(expected);
    InetSocketAddress target = address.resolve();
    if (target.isUnresolved()) {
      throw new UnknownHostException(
          "the name service does not know " + address.host() + "; check the peer's address");
    }
    Socket tcp = new Socket();
    Identity self = identity.get();
    PeerCheck check =
        new PeerCheck(self.authorities(), time, address.toString(), Optional.of(expected));
    return new Handshake(self, check).connect(tcp, target, timeout);
  }

  /**
   * Listens; port 0 takes a free one.
   *
   * @throws IOException if the address cannot be bound
   */
  public TlsListener listen(HostPort address) throws IOException {
    return new TlsListener(address, identity, time);
  }
}
