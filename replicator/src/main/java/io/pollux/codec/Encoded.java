package io.pollux.codec;

import io.pollux.core.LogRecord;
import java.util.Objects;

/**
 * A record and its bytes, so that nobody has to read what this process has just written. The array
 * is not copied.
 */
public record Encoded(LogRecord record, byte[] body) {
  public Encoded {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(body, "body");
  }
}
