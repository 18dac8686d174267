package io.pollux.runtime;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a key of runtime state is set to. Nobody but the application reads the bytes.
 *
 * @param bytes at most {@link #MAX_BYTES}; must not be changed afterwards
 * @param contentType says how to read them, such as {@code application/json}; may be empty
 */
public record StateValue(byte[] bytes, String contentType) {
  /** The longest value. */
  public static final int MAX_BYTES = 1 << 20;

  /** The longest content type, in characters. */
  public static final int MAX_CONTENT_TYPE = Names.MAX;

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if one is exceeded
   */
  public StateValue {
    Objects.requireNonNull(bytes, "bytes");
    Objects.requireNonNull(contentType, "contentType");
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a value of " + bytes.length + " bytes; at most " + MAX_BYTES + " are taken");
    }
    Names.requirePlain("content type", contentType, 0, MAX_CONTENT_TYPE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateValue that
        && Arrays.equals(bytes, that.bytes)
        && contentType.equals(that.contentType);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + contentType.hashCode();
  }

  /** What the application keeps is not for logs. */
  @Override
  public String toString() {
    return "StateValue[" + bytes.length + " bytes of " + contentType + "]";
  }
}
