package io.pollux.verify;

/** Something could not be compared; the message says why. */
final class NoAnswer extends Exception {
  private static final long serialVersionUID = 1L;

  NoAnswer(String reason) {
    super(reason);
  }
}
