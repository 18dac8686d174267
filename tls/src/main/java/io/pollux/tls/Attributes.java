package io.pollux.tls;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What nodes tell of themselves when they meet: few and short texts, in the order of their keys.
 */
final class Attributes {
  private static final int MAX_ENTRIES = 64;
  private static final int MAX_CHARACTERS = 1024;

  private Attributes() {}

  static Map<String, String> copy(Map<String, String> attributes) {
    Map<String, String> copy = new TreeMap<>(attributes);
    if (copy.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          copy.size() + " attributes, at most " + MAX_ENTRIES + " can be sent");
    }
    copy.forEach(
        (key, value) -> {
          check(key);
          check(value);
        });
    return Collections.unmodifiableMap(copy);
  }

  /** Control characters would let a stranger forge lines in a log. */
  private static void check(String text) {
    if (text.length() > MAX_CHARACTERS || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "an attribute has at most "
              + MAX_CHARACTERS
              + " characters, none of them a control character");
    }
  }
}
