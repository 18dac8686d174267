package io.pollux.codec;

/** Bytes that are no record, or a record that has no bytes. The message says which part and why. */
public final class CodecException extends Exception {
  private static final long serialVersionUID = 1L;

  CodecException(String message) {
    super(message);
  }

  CodecException(String message, Throwable cause) {
    super(message, cause);
  }
}
