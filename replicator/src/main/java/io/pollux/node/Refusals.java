package io.pollux.node;

import io.pollux.tls.InvalidCertificateException;
import io.pollux.tls.UntrustedPeerException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLException;

/**
 * Counts who was refused and why. A stranger decides how often he comes, so only the first, second,
 * fourth, eighth … of a kind is logged. Any thread.
 */
final class Refusals {
  private static final System.Logger LOG = System.getLogger(Refusals.class.getName());

  private final Map<String, Long> counts = new TreeMap<>(); // guarded by this

  void count(String kind, String message) {
    long count;
    synchronized (this) {
      count = counts.merge(kind, 1L, Long::sum);
    }
    if (Long.bitCount(count) == 1) {
      LOG.log(Level.WARNING, "refused ({0}, {1} so far): {2}", kind, count, message);
    }
  }

  void count(Exception refusal) {
    count(kind(refusal), String.valueOf(refusal.getMessage()));
  }

  synchronized Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  private static String kind(Exception refusal) {
    if (refusal instanceof InvalidCertificateException invalid) {
      return switch (invalid.reason()) {
        case EXPIRED -> "expired certificate";
        case NOT_YET_VALID -> "certificate not valid yet";
        case UNKNOWN_AUTHORITY -> "certificate of an unknown authority";
        case MALFORMED -> "malformed certificate";
        case WRONG_KEY -> "certificate without its key";
      };
    } else if (refusal instanceof UntrustedPeerException) {
      return "another key";
    } else if (refusal instanceof SocketTimeoutException) {
      return "handshake too slow";
    }
    return refusal instanceof SSLException ? "no TLS 1.3 with a certificate" : "not reached";
  }
}
