package io.pollux.core;

import java.util.List;
import java.util.Optional;

/**
 * A row that is made equal.
 *
 * @param before as the backup reported it, long values shortened; empty if it had none
 * @param after as the active node has it; empty if it has none
 */
public record RepairedRow(Optional<List<SqlValue>> before, Optional<List<SqlValue>> after) {
  public RepairedRow {
    before = before.map(List::copyOf);
    after = after.map(List::copyOf);
    if (before.isEmpty() && after.isEmpty()) {
      throw new IllegalArgumentException("a repair of a row that neither node has");
    }
  }

  /** The last {@code columns} values: the key. */
  public List<SqlValue> key(int columns) {
    List<SqlValue> row = after.orElseGet(() -> before.orElseThrow());
    return row.subList(row.size() - columns, row.size());
  }
}
