package io.pollux.driver;

import io.pollux.core.SqlValue;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the application has set for the next execution of a prepared statement. */
final class Parameters {
  private static final int FIRST_SIZE = 8;

  private Parameter[] slots = new Parameter[FIRST_SIZE];
  private int size;
  private boolean isByName;

  /** After the real driver accepted it; so {@code index} is one of the statement's. */
  void set(int index, Parameter parameter) {
    if (index > slots.length) {
      slots = Arrays.copyOf(slots, Math.max(index, 2 * slots.length));
    }
    slots[index - 1] = parameter;
    size = Math.max(size, index);
  }

  void setByName() {
    isByName = true;
  }

  void clear() {
    isByName = false;
    Arrays.fill(slots, null);
    size = 0;
  }

  /** The values, streams read; null where nothing was set. */
  List<SqlValue> load(TransactionCapture capture) throws SQLException {
    if (isByName) {
      new Parameter.Unloggable("a parameter that was set by name").load(0);
    }
    List<SqlValue> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(slots[i] == null ? null : load(slots[i], capture));
    }
    return values;
  }

  private static SqlValue load(Parameter parameter, TransactionCapture capture)
      throws SQLException {
    SqlValue value = parameter.load(capture.remainingStreamBytes());
    if (parameter.isStream()) {
      capture.streamLoaded(bytes(value));
    }
    return value;
  }

  private static long bytes(SqlValue value) {
    if (value instanceof SqlValue.Bytes bytes) {
      return bytes.value().length;
    }
    return value instanceof SqlValue.Text text ? 2L * text.value().length() : 0;
  }

  /** Positions, from 1, of what the real driver can read but once. */
  List<Integer> streams() {
    List<Integer> streams = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (slots[i] != null && slots[i].isStream()) {
        streams.add(i + 1);
      }
    }
    return streams;
  }
}
