package io.pollux.tls;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;

/** The kinds of keys that a node may have; those that it makes itself are {@link #ED25519}. */
enum KeyKind {
  ED25519("Ed25519", "Ed25519", "Ed25519", "ed25519"),
  P256("EC", "EC/secp256r1", "SHA256withECDSA", "ecdsa_secp256r1_sha256"),
  RSA("RSA", "RSA", "SHA256withRSA", "rsa_pss_rsae_sha256");

  private static final ECParameterSpec P256_CURVE = curve("secp256r1");
  private static final int FEWEST_RSA_BITS = 2048;

  /** As key factories call it. */
  final String algorithm;

  /** As the TLS library calls it. */
  final String offer;

  /** What proves that a key and a certificate belong together. */
  final String signature;

  /** What it signs handshakes with. */
  private final String scheme;

  KeyKind(String algorithm, String offer, String signature, String scheme) {
    this.algorithm = algorithm;
    this.offer = offer;
    this.signature = signature;
    this.scheme = scheme;
  }

  /**
   * The kind of a key.
   *
   * @throws GeneralSecurityException if it is none of these
   */
  static KeyKind of(PublicKey key) throws GeneralSecurityException {
    if (key instanceof ECPublicKey point && isP256(point.getParams())) {
      return P256;
    } else if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= FEWEST_RSA_BITS) {
      return RSA;
    } else if (key.getAlgorithm().equals(ED25519.algorithm)) {
      return ED25519;
    }
    throw new GeneralSecurityException(
        "a key of kind "
            + key.getAlgorithm()
            + " is not used; use Ed25519, EC with P-256, or RSA with 2048 bits or more");
  }

  /** By the numbers, since a name is only that. */
  private static boolean isP256(ECParameterSpec curve) {
    return curve.getCurve().equals(P256_CURVE.getCurve())
        && curve.getGenerator().equals(P256_CURVE.getGenerator())
        && curve.getOrder().equals(P256_CURVE.getOrder());
  }

  private static ECParameterSpec curve(String name) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC", Crypto.BOUNCY_CASTLE);
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Bouncy Castle has " + name, e);
    }
  }

  static String[] schemes() {
    return Arrays.stream(values()).map(kind -> kind.scheme).toArray(String[]::new);
  }
}
