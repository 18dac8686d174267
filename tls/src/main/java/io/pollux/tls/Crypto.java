package io.pollux.tls;

import java.security.AlgorithmParameters;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import org.bouncycastle.jcajce.util.JcaJceHelper;
import org.bouncycastle.jcajce.util.ProviderJcaJceHelper;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/**
 * The cryptography providers, as instances: we are guests in someone's JVM and register nothing.
 */
final class Crypto {
  // Held here because java.util.logging forgets loggers that nobody holds.
  private static final Logger TLS_LOGGER =
      Logger.getLogger(BouncyCastleJsseProvider.class.getPackageName());

  static {
    // It logs every stranger's handshake with a stack trace and then throws the same; we pass that
    // on. A host that wants to see both sets a level before its first connection.
    if (TLS_LOGGER.getLevel() == null) {
      TLS_LOGGER.setLevel(Level.OFF);
    }
  }

  static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
  static final Provider TLS = new BouncyCastleJsseProvider(false, new MixedCryptoProvider());
  static final SecureRandom RANDOM = new SecureRandom();

  private Crypto() {}

  private static final class MixedCryptoProvider extends JcaTlsCryptoProvider {
    private final JcaJceHelper mixed = new MixedAlgorithms();

    @Override
    public JcaJceHelper getHelper() {
      return mixed;
    }

    /** The default seeds a second generator from /dev/random, which may block on older kernels. */
    @Override
    public JcaTlsCrypto create(SecureRandom random) {
      return create(random, random);
    }
  }

  /**
   * AES-GCM, digests and MACs from the platform, which has them in hardware (ten times the
   * throughput); everything else, ML-KEM above all, from Bouncy Castle.
   */
  private static final class MixedAlgorithms extends ProviderJcaJceHelper {
    MixedAlgorithms() {
      super(BOUNCY_CASTLE);
    }

    @Override
    public Cipher createCipher(String algorithm)
        throws NoSuchAlgorithmException, NoSuchPaddingException {
      return algorithm.startsWith("AES/GCM/")
          ? Cipher.getInstance(algorithm)
          : super.createCipher(algorithm);
    }

    @Override
    public AlgorithmParameters createAlgorithmParameters(String algorithm)
        throws NoSuchAlgorithmException {
      return algorithm.equals("GCM")
          ? AlgorithmParameters.getInstance(algorithm)
          : super.createAlgorithmParameters(algorithm);
    }

    @Override
    public MessageDigest createMessageDigest(String algorithm) throws NoSuchAlgorithmException {
      return algorithm.startsWith("SHA-")
          ? MessageDigest.getInstance(algorithm)
          : super.createMessageDigest(algorithm);
    }

    @Override
    @SuppressWarnings("deprecation") // the TLS library still calls the old name
    public MessageDigest createDigest(String algorithm) throws NoSuchAlgorithmException {
      return createMessageDigest(algorithm);
    }

    @Override
    public Mac createMac(String algorithm) throws NoSuchAlgorithmException {
      return algorithm.startsWith("HmacSHA")
          ? Mac.getInstance(algorithm)
          : super.createMac(algorithm);
    }
  }
}
