package io.pollux.runtime;

import java.util.Objects;
import java.util.Optional;

/** A key is set, or, without a value, removed. */
record StateChange(String key, Optional<StateValue> value) {
  /** What an entry takes beside its bytes, about. */
  private static final int OVERHEAD = 64;

  StateChange {
    Names.require("key", key);
    Objects.requireNonNull(value, "value");
  }

  long size() {
    return size(key, value);
  }

  static long size(String key, Optional<StateValue> value) {
    return OVERHEAD
        + 2L * key.length()
        + value.map(v -> v.bytes().length + v.contentType().length()).orElse(0);
  }
}
