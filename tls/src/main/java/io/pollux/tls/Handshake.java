package io.pollux.tls;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.bouncycastle.jsse.BCSSLParameters;
import org.bouncycastle.jsse.BCSSLSocket;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * One handshake on one socket. Every connection has a context of its own, so there is no session
 * cache and nothing to resume: a peer that lost our trust cannot come back by an old session.
 */
final class Handshake {
  private static final System.Logger LOG = System.getLogger(Handshake.class.getName());
  private static final String HYBRID = "X25519MLKEM768";
  private static final int HANG_UP_MILLIS = 300;
  private static final int MAX_UNREAD_BYTES = 16 * 1024;

  private final Identity identity;
  private final PeerCheck check;

  Handshake(Identity identity, PeerCheck check) {
    this.identity = identity;
    this.check = check;
  }

  TlsConnection connect(Socket tcp, InetSocketAddress target, Duration timeout)
      throws IOException, GeneralSecurityException {
    return within(
        timeout,
        tcp,
        target,
        () -> {
          reach(tcp, target);
          return start(tcp, true);
        });
  }

  TlsConnection accept(Socket tcp, Duration timeout) throws IOException, GeneralSecurityException {
    return within(timeout, tcp, tcp.getRemoteSocketAddress(), () -> start(tcp, false));
  }

  private interface Step {
    TlsConnection run() throws IOException, GeneralSecurityException;
  }

  private TlsConnection within(Duration timeout, Socket tcp, Object other, Step step)
      throws IOException, GeneralSecurityException {
    Deadline deadline = Deadline.start(timeout, () -> TlsConnection.closeQuietly(tcp));
    boolean isOpen = false;
    try {
      TlsConnection connection = step.run();
      isOpen = deadline.isMet();
      if (isOpen) {
        return connection;
      }
    } catch (IOException e) {
      if (check.refusal().isPresent()) {
        throw withCause(check.refusal().get(), e);
      }
      if (deadline.isMet()) {
        throw e;
      }
      // Otherwise the deadline closed the socket, which is what is reported below.
    } finally {
      if (!isOpen) {
        deadline.isMet();
        TlsConnection.closeQuietly(tcp);
      }
    }
    throw timedOut(other, timeout);
  }

  private static void reach(Socket tcp, InetSocketAddress target) throws IOException {
    try {
      tcp.connect(target);
    } catch (IOException e) {
      throw new IOException(
          "cannot reach " + target + " (" + e.getMessage() + "); is the node running there?", e);
    }
  }

  private TlsConnection start(Socket tcp, boolean asClient)
      throws IOException, GeneralSecurityException {
    tcp.setTcpNoDelay(true);
    tcp.setKeepAlive(true);
    SSLContext context = SSLContext.getInstance("TLSv1.3", Crypto.TLS);
    context.init(
        new KeyManager[] {new OwnKey(identity)}, new TrustManager[] {check}, Crypto.RANDOM);
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(tcp, null, tcp.getPort(), false);
    tls.setUseClientMode(asClient);
    ((BCSSLSocket) tls).setParameters(parameters());
    try {
      tls.startHandshake();
    } catch (IOException e) {
      if (check.refusal().isPresent()) {
        awaitHangUp(tcp);
      }
      if (e instanceof TlsFatalAlert alert
          && alert.getAlertDescription() == AlertDescription.decrypt_error) {
        throw withCause(
            new InvalidCertificateException(
                InvalidCertificateException.Reason.WRONG_KEY,
                tcp.getRemoteSocketAddress()
                    + " showed a certificate without having its key; somebody has copied it"),
            e);
      }
      throw new SSLException(
          "no TLS handshake with "
              + tcp.getRemoteSocketAddress()
              + " ("
              + e.getMessage()
              + "); is a Pollux node of this version on the other side?",
          e);
    }
    X509Certificate peer = (X509Certificate) tls.getSession().getPeerCertificates()[0];
    return new TlsConnection(tcp, tls, identity.fingerprint(), peer);
  }

  /**
   * Closing a socket with unread bytes makes TCP discard what we sent last: the alert that tells
   * the other side why. So we let it hang up first, for a moment and a few bytes.
   */
  private static void awaitHangUp(Socket tcp) {
    try {
      tcp.shutdownOutput();
      tcp.setSoTimeout(HANG_UP_MILLIS);
      tcp.getInputStream().readNBytes(MAX_UNREAD_BYTES);
    } catch (IOException e) {
      // Then the other side learns less; our own refusal is thrown by the caller.
      LOG.log(Level.DEBUG, "the refused peer did not hang up", e);
    }
  }

  private static BCSSLParameters parameters() {
    BCSSLParameters parameters =
        new BCSSLParameters(
            new String[] {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"},
            new String[] {"TLSv1.3"});
    parameters.setNamedGroups(new String[] {HYBRID, "x25519", "secp256r1"});
    parameters.setEarlyKeyShares(new String[] {HYBRID});
    parameters.setUseNamedGroupsOrder(true);
    parameters.setUseCipherSuitesOrder(true);
    parameters.setSignatureSchemes(KeyKind.schemes());
    parameters.setNeedClientAuth(true);
    return parameters;
  }

  private static SocketTimeoutException timedOut(Object other, Duration timeout) {
    return new SocketTimeoutException(
        "no TLS connection with "
            + other
            + " within "
            + timeout.toMillis()
            + " ms; is the node running and the network open?");
  }

  private static IOException withCause(IOException reason, IOException cause) {
    reason.initCause(cause);
    return reason;
  }
}
