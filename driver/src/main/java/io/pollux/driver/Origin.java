package io.pollux.driver;

import java.util.Optional;

/**
 * Where a statement comes from.
 *
 * @param found text and plan of a prepared statement; empty for one that the real driver made,
 *     whose text nobody knows
 * @param keys that the application asked for
 * @param returnsKey the real statement was prepared to return a key that only the log needs
 */
record Origin(
    PolluxConnection connection, Optional<Plans.Found> found, KeyRequest keys, boolean returnsKey) {
  static Origin of(PolluxConnection connection) {
    return new Origin(connection, Optional.empty(), KeyRequest.NONE, false);
  }
}
