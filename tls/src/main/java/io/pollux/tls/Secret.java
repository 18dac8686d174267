package io.pollux.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** 32 random bytes that prove a join token was seen. Never shown, never sent. Immutable. */
public final class Secret {
  private final Bytes32 bytes;

  Secret(Bytes32 bytes) {
    this.bytes = bytes;
  }

  Bytes32 bytes() {
    return bytes;
  }

  /** What the master keeps instead of the secret: enough to check a proof, not to write a token. */
  Verifier verifier() {
    return new Verifier(Bytes32.sha256(label("pollux pairing key"), bytes.toArray()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  /** Does not show the secret. */
  @Override
  public String toString() {
    return "hidden";
  }

  private static byte[] label(String text) {
    return (text + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /** The hash of a secret, by which both sides compute proofs. */
  record Verifier(Bytes32 key) {
    /** Names the token without giving anything away. */
    Bytes32 id() {
      return Bytes32.sha256(label("pollux token id"), key.toArray());
    }

    /**
     * Bound to both keys of the TLS connection and to this conversation: someone in between has
     * another key, and a recorded proof fits no other nonce.
     */
    Bytes32 proof(Fingerprint master, Fingerprint joiner, Bytes32 nonce) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.toArray(), "HmacSHA256"));
        mac.update(label("pollux pairing 1"));
        mac.update(master.hash().toArray());
        mac.update(joiner.hash().toArray());
        mac.update(nonce.toArray());
        return Bytes32.of(mac.doFinal());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has HmacSHA256", e);
      }
    }
  }
}
