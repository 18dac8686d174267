package io.pollux.runtime;

import java.util.Objects;

/** Names that an application gives end up in logs, in the status and on terminals. */
final class Names {
  static final int MAX = 256;

  private Names() {}

  /**
   * A name of an id, a key, an operation or a listener.
   *
   * @throws IllegalArgumentException if it is empty, too long, or controls a terminal
   */
  static String require(String what, String name) {
    return requirePlain(what, name, 1, MAX);
  }

  static String requirePlain(String what, String text, int min, int max) {
    Objects.requireNonNull(text, what);
    if (!isPlain(text, min, max)) {
      throw new IllegalArgumentException(
          "a " + what + " has " + min + " to " + max + " characters, none of which is a control");
    }
    return text;
  }

  static boolean isPlain(String text, int min, int max) {
    return text.length() >= min
        && text.length() <= max
        && text.chars().noneMatch(Character::isISOControl);
  }
}
