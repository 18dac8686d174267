package io.pollux.tls;

import java.util.regex.Pattern;

/** What a node may be called: it stands in files and log lines, so it is short and plain. */
final class NodeName {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private NodeName() {}

  static String check(String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a node's name is 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit");
    }
    return name;
  }
}
