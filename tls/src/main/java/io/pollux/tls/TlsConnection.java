package io.pollux.tls;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.jsse.BCSSLConnection;
import org.bouncycastle.jsse.BCSSLSocket;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.TlsContext;

/**
 * An encrypted conversation with a node whose key is known. One thread may read while another
 * writes; {@link #close} and {@link #abort} may come from any thread.
 */
public final class TlsConnection implements Closeable {
  private static final System.Logger LOG = System.getLogger(TlsConnection.class.getName());
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Socket tcp;
  private final SSLSocket tls;
  private final Fingerprint self;
  private final X509Certificate peerCertificate;

  TlsConnection(Socket tcp, SSLSocket tls, Fingerprint self, X509Certificate peerCertificate) {
    this.tcp = tcp;
    this.tls = tls;
    this.self = self;
    this.peerCertificate = peerCertificate;
  }

  /**
   * What the other side sends. A server that refused our certificate shows it at the first read: in
   * TLS 1.3 the client is done before its certificate is looked at.
   */
  public InputStream input() throws IOException {
    return tls.getInputStream();
  }

  /** What the other side will get; every write becomes at least one record, so write in blocks. */
  public OutputStream output() throws IOException {
    return tls.getOutputStream();
  }

  /** Whom we talk to, proven by the handshake. Whether it may do anything is for the caller. */
  public Fingerprint peer() {
    return Fingerprint.of(peerCertificate);
  }

  /** Our own fingerprint, as the other side sees it. */
  public Fingerprint self() {
    return self;
  }

  /** The certificate of the other side. */
  public X509Certificate peerCertificate() {
    return peerCertificate;
  }

  /** Where the other side is. */
  public InetSocketAddress remoteAddress() {
    return (InetSocketAddress) tcp.getRemoteSocketAddress();
  }

  /** For people: protocol, key exchange and cipher, by the names that IANA gives them. */
  public String security() {
    SSLSession session = tls.getSession();
    return session.getProtocol() + ", " + keyExchange() + ", " + session.getCipherSuite();
  }

  /** The library knows, but has no call that tells it; hidden from us, it is not shown. */
  private String keyExchange() {
    BCSSLConnection connection = ((BCSSLSocket) tls).getConnection();
    try {
      Method getter = connection.getClass().getDeclaredMethod("getTlsContext");
      getter.setAccessible(true);
      TlsContext context = (TlsContext) getter.invoke(connection);
      return NamedGroup.getName(context.getSecurityParametersConnection().getNegotiatedGroup());
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      LOG.log(Level.DEBUG, "the key exchange is not known", e);
      return "key exchange not known";
    }
  }

  /** Says goodbye and closes; takes at most a second if the other side does not read. */
  @Override
  public void close() {
    Deadline deadline = Deadline.start(FAREWELL, this::abort);
    try {
      tls.close();
    } catch (IOException e) {
      // The other side is gone already; closing is what we wanted.
      LOG.log(Level.DEBUG, "no farewell to " + remoteAddress(), e);
    } finally {
      abort();
      deadline.isMet();
    }
  }

  /** Closes at once, without goodbye; never blocks. The other side sees a broken connection. */
  public void abort() {
    closeQuietly(tcp);
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // A socket that fails to close has no further use either.
      LOG.log(Level.DEBUG, "closing a socket failed", e);
    }
  }
}
