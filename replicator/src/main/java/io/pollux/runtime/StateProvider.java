package io.pollux.runtime;

import java.util.Map;
import java.util.Optional;

/**
 * A part of the application that keeps state in memory. Its methods are called one at a time, on a
 * thread of their own; one that throws or does not return within {@link Redundancy#DEADLINE} is
 * told in the log and in the status, and nobody waits for it any longer. What it then missed it
 * gets by a {@link #restore}.
 */
public interface StateProvider {
  /**
   * All that this provider has, by key. Asked for when it registers on an ACTIVE node that knows
   * nothing of its id; what is published meanwhile counts as newer.
   */
  Map<String, StateValue> fullState();

  /**
   * Replaces all that this provider has. Comes when the node has become ACTIVE, before its
   * listeners hear of it, with the newest state that its database has reached; and on a WARM node
   * whenever single updates would not do.
   *
   * @param position record of the statement log that the state belongs to: the database has it
   */
  void restore(long position, Map<String, StateValue> values);

  /**
   * On a WARM node: the active one has set {@code key}, or removed it if there is no value, and
   * this node's database has what had been committed before. A key that changes quickly may skip
   * values.
   */
  void update(String key, Optional<StateValue> value);
}
