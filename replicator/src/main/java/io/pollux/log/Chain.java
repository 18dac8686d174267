package io.pollux.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** The hashes that bind each record to all before it (docs/log-format.md). One thread. */
final class Chain {
  private static final byte[] ORIGIN = "pollux-log-origin-1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RECORD = "pollux-log-record-1".getBytes(StandardCharsets.US_ASCII);

  private final MessageDigest sha256;
  private final ByteBuffer number = ByteBuffer.allocate(16);

  Chain() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  byte[] origin(UUID group) {
    number.putLong(0, group.getMostSignificantBits()).putLong(8, group.getLeastSignificantBits());
    sha256.update(ORIGIN);
    return sha256.digest(number.array());
  }

  byte[] next(byte[] previous, long position, byte[] body) {
    number.putLong(0, position);
    sha256.update(RECORD);
    sha256.update(previous);
    sha256.update(number.array(), 0, Long.BYTES);
    return sha256.digest(body);
  }
}
