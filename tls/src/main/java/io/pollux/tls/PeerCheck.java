package io.pollux.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.jsse.BCX509ExtendedTrustManager;

/** Looks at the other side's certificate in one handshake, on the thread of that handshake. */
final class PeerCheck extends BCX509ExtendedTrustManager {
  private final Authorities authorities;
  private final InstantSource time;
  private final String address;
  private final Optional<Fingerprint> expected;
  private Optional<IOException> refusal = Optional.empty();

  PeerCheck(
      Authorities authorities, InstantSource time, String address, Optional<Fingerprint> expected) {
    this.authorities = authorities;
    this.time = time;
    this.address = address;
    this.expected = expected;
  }

  /** Why this check refused, if it did; the TLS library only passes on that it failed. */
  Optional<IOException> refusal() {
    return refusal;
  }

  /** Throws what a handshake would refuse {@code chain} with. */
  static void require(
      List<X509Certificate> chain, Authorities authorities, String from, InstantSource time)
      throws IOException {
    Optional<IOException> refusal =
        new PeerCheck(authorities, time, from, Optional.empty()).judge(chain);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    refusal = judge(List.of(chain));
    if (refusal.isPresent()) {
      throw new CertificateException(refusal.get().getMessage());
    }
  }

  private Optional<IOException> judge(List<X509Certificate> chain) {
    X509Certificate leaf = chain.get(0);
    boolean isOwn = chain.size() == 1 && Certificates.isSelfSigned(leaf);
    if (!isOwn && authorities.isEmpty()) {
      return invalid(
          InvalidCertificateException.Reason.MALFORMED,
          "is not one self-signed Ed25519 certificate; is it a Pollux node? That of an authority"
              + " is accepted when the authority's is in identity/"
              + Authorities.FILE);
    }
    Fingerprint actual = Fingerprint.of(leaf);
    if (expected.isPresent() && !expected.get().equals(actual)) {
      return Optional.of(new UntrustedPeerException(address, expected.get(), actual));
    }
    Optional<IOException> validity = judgeValidity(leaf);
    return isOwn || validity.isPresent() ? validity : judgeIssuer(chain);
  }

  private Optional<IOException> judgeIssuer(List<X509Certificate> chain) {
    try {
      return authorities
          .refuse(chain, time.instant())
          .flatMap(why -> invalid(InvalidCertificateException.Reason.UNKNOWN_AUTHORITY, why));
    } catch (GeneralSecurityException e) {
      return invalid(
          InvalidCertificateException.Reason.MALFORMED, "can't be read: " + e.getMessage());
    }
  }

  private Optional<IOException> judgeValidity(X509Certificate certificate) {
    Instant now = time.instant();
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      return invalid(
          InvalidCertificateException.Reason.NOT_YET_VALID,
          "is not valid before " + from + ", it is " + now + " here; compare the two clocks");
    }
    if (now.isAfter(until)) {
      return invalid(
          InvalidCertificateException.Reason.EXPIRED,
          "expired at "
              + until
              + ", it is "
              + now
              + " here; make it a new identity and pair again");
    }
    return Optional.empty();
  }

  private Optional<IOException> invalid(InvalidCertificateException.Reason reason, String what) {
    return Optional.of(
        new InvalidCertificateException(reason, "the certificate of " + address + " " + what));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
