package io.pollux.codec;

/** Bytes that are not what they should be. */
public final class CodecException extends Exception {
  private static final long serialVersionUID = 1L;

  public CodecException(String message, Throwable cause) {
    super(message, cause);
  }
}
