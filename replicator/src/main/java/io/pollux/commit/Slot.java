package io.pollux.commit;

/** A row of {@code pollux_slot} lent to one physical connection. Used by one thread at a time. */
public interface Slot extends AutoCloseable {
  int number();

  @Override
  void close();
}
