package io.pollux.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import org.bouncycastle.jsse.BCX509ExtendedKeyManager;
import org.bouncycastle.jsse.BCX509Key;

/** Offers the node's one key to the TLS library, whichever side asks. */
final class OwnKey extends BCX509ExtendedKeyManager {
  private static final String ALIAS = "node";
  private final Identity identity;

  OwnKey(Identity identity) {
    this.identity = identity;
  }

  @Override
  protected BCX509Key getKeyBC(String keyType, String alias) {
    return new Offer(keyType, identity);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return aliases(keyType);
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    for (String keyType : keyTypes) {
      if (keyType.equals(identity.kind().offer)) {
        return ALIAS;
      }
    }
    return null;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return aliases(keyType);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return keyType.equals(identity.kind().offer) ? ALIAS : null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return identity.chain().toArray(new X509Certificate[0]);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return identity.key();
  }

  private String[] aliases(String keyType) {
    return keyType.equals(identity.kind().offer) ? new String[] {ALIAS} : new String[0];
  }

  private record Offer(String keyType, Identity identity) implements BCX509Key {
    @Override
    public X509Certificate[] getCertificateChain() {
      return identity.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public String getKeyType() {
      return keyType;
    }

    @Override
    public PrivateKey getPrivateKey() {
      return identity.key();
    }
  }
}
