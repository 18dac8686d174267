package io.pollux.env;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names that nobody else has. */
public final class Ids {
  private static final int BYTES = 16;

  private Ids() {}

  /** 32 hexadecimal digits from the system's secure source. */
  public static String random() {
    byte[] id = new byte[BYTES];
    new SecureRandom().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
