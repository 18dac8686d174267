package io.pollux.core;

import java.util.Objects;

/**
 * A record as stored and shipped: its position, the hash that chains it to all before it, and the
 * bytes of the record. The bytes are never re-encoded; both nodes store the same ones.
 *
 * @param hash SHA-256 over the previous hash, the position and the body (docs/log-format.md); 32
 *     bytes
 */
public record LogEntry(Position position, SqlValue.Bytes hash, SqlValue.Bytes body) {
  public static final int HASH_BYTES = 32;

  public LogEntry {
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(body, "body");
    if (hash.value().length != HASH_BYTES) {
      throw new IllegalArgumentException("a hash of " + hash.value().length + " bytes");
    }
  }
}
