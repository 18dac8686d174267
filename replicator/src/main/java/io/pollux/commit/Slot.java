package io.pollux.commit;

/** Rows of {@code pollux_slot} lent to one physical connection. Used by one thread at a time. */
public interface Slot extends AutoCloseable {
  @Override
  void close();
}
