package io.pollux.verify;

import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows rows that differ again and again: somebody writes to a database without Pollux, and
 * repairing them would never end. The oldest of {@link #MOST_ROWS} rows are forgotten.
 */
final class Recurrence {
  /** So many repairs of a row within {@link #WINDOW} are an alarm. */
  static final int REPAIRS = 3;

  static final Duration WINDOW = Duration.ofHours(1);
  private static final int MOST_ROWS = 10_000;

  private record Row(TableName table, List<SqlValue> key) {}

  private final Map<Row, Deque<Instant>> repairs = new LinkedHashMap<>();

  /** The row differs now; whether it may be repaired once more. */
  boolean admits(TableName table, List<SqlValue> key, Instant now) {
    Row row = new Row(table, List.copyOf(key));
    Deque<Instant> times = repairs.computeIfAbsent(row, first -> new ArrayDeque<>());
    if (repairs.size() > MOST_ROWS) {
      repairs.remove(repairs.keySet().iterator().next());
    }
    while (!times.isEmpty() && times.peekFirst().isBefore(now.minus(WINDOW))) {
      times.removeFirst();
    }
    if (times.size() >= REPAIRS) {
      return false;
    }
    times.addLast(now);
    return true;
  }
}
