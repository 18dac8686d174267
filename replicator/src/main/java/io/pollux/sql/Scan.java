package io.pollux.sql;

import io.pollux.core.TableName;
import java.util.List;

/**
 * What an expression depends on.
 *
 * @param edits take the clock and sequences out of it
 * @param readsRows it has a subquery
 * @param open why its result may differ on another node or at another time; empty if it may not
 * @param sequences that it advances
 * @param approximate it has a floating-point literal or type
 */
record Scan(
    Edits edits, boolean readsRows, String open, List<TableName> sequences, boolean approximate) {

  /** Depends on the row, the parameters and the edits only. */
  boolean isRowLocal() {
    return !readsRows && open.isEmpty();
  }

  /** Gives the same again while the rows that it reads stay as they are. */
  boolean isStable() {
    return open.isEmpty() && sequences.isEmpty();
  }
}
