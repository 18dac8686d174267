package io.pollux.tls;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Exactly 32 bytes: a hash, a key, a nonce, a proof. Compared in constant time. Immutable. */
final class Bytes32 {
  private static final int LENGTH = 32;
  private final byte[] bytes;

  private Bytes32(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(bytes.length + " bytes where 32 belong");
    }
    this.bytes = bytes;
  }

  static Bytes32 of(byte[] bytes) {
    return new Bytes32(bytes.clone());
  }

  static Bytes32 random() {
    byte[] bytes = new byte[LENGTH];
    Crypto.RANDOM.nextBytes(bytes);
    return new Bytes32(bytes);
  }

  static Bytes32 sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return new Bytes32(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static Bytes32 parse(String hex) {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("32 bytes are written as 64 lower-case hex digits");
    }
    return new Bytes32(HexFormat.of().parseHex(hex));
  }

  static Bytes32 read(DataInput in) throws IOException {
    byte[] bytes = new byte[LENGTH];
    in.readFully(bytes);
    return new Bytes32(bytes);
  }

  void write(DataOutput out) throws IOException {
    out.write(bytes);
  }

  byte[] toArray() {
    return bytes.clone();
  }

  String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes32 that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Does not show the bytes: some are secret. */
  @Override
  public String toString() {
    return "32 bytes";
  }
}
