package io.pollux.runtime;

/** Ends what was registered. Any thread. */
public interface Registration extends AutoCloseable {
  /** Nothing is called any more, but for what is under way. */
  @Override
  void close();
}
