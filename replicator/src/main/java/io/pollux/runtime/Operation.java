package io.pollux.runtime;

/**
 * Something that the application does on both nodes. Called on a thread of its own, one call at a
 * time.
 */
@FunctionalInterface
public interface Operation {
  /**
   * Does it.
   *
   * @return at most {@link StateValue#MAX_BYTES}, never null
   * @throws Exception if it was not done; on the active node the backup then does not do it either
   */
  byte[] run(byte[] argument) throws Exception;
}
