package io.pollux.env;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;

/** Names that nobody else has. */
public final class Ids {
  private static final int BYTES = 16;

  private Ids() {}

  /** The same id as a UUID. */
  public static UUID uuid(String id) {
    return new UUID(
        Long.parseUnsignedLong(id.substring(0, BYTES), 16),
        Long.parseUnsignedLong(id.substring(BYTES), 16));
  }

  /** 32 hexadecimal digits from the system's secure source. */
  public static String random() {
    byte[] id = new byte[BYTES];
    new SecureRandom().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
