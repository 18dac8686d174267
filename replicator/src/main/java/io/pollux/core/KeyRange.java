package io.pollux.core;

import java.util.List;

/**
 * The rows of a table whose key is greater than {@code after} and not greater than {@code upTo}, in
 * the order of the database. Empty is no bound; equal bounds mean the one row that has this key.
 *
 * @param columns of the key, in its order; empty for a table without one: then the range is all of
 *     it
 */
public record KeyRange(List<String> columns, List<SqlValue> after, List<SqlValue> upTo) {
  /** All rows, whether they have a key or not. */
  public static final KeyRange ALL = new KeyRange(List.of(), List.of(), List.of());

  public KeyRange {
    columns = List.copyOf(columns);
    after = List.copyOf(after);
    upTo = List.copyOf(upTo);
    requireBound(columns, after);
    requireBound(columns, upTo);
  }

  private static void requireBound(List<String> columns, List<SqlValue> bound) {
    if (!bound.isEmpty() && bound.size() != columns.size()) {
      throw new IllegalArgumentException(bound.size() + " values as a bound for " + columns);
    }
  }

  /** All rows of a table with this key. */
  public static KeyRange all(List<String> columns) {
    return new KeyRange(columns, List.of(), List.of());
  }

  /** The row with this key. */
  public static KeyRange only(List<String> columns, List<SqlValue> key) {
    return new KeyRange(columns, key, key);
  }

  public boolean isOnly() {
    return !after.isEmpty() && after.equals(upTo);
  }

  /** This range without what is not greater than {@code key}. */
  public KeyRange from(List<SqlValue> key) {
    return new KeyRange(columns, key, upTo);
  }

  /** This range without what is greater than {@code key}. */
  public KeyRange to(List<SqlValue> key) {
    return new KeyRange(columns, after, key);
  }
}
