package io.pollux.runtime;

import io.pollux.core.PolluxException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The state under one id: the last value of each key. Any thread. */
public interface RuntimeState {
  /** The most that all keys and values of one id take, in bytes. */
  long MAX_BYTES = 64L << 20;

  /** What it was registered by. */
  String id();

  /**
   * Sets a key. The value belongs after every transaction whose commit has returned: a backup that
   * takes over never shows it without them. Returns at once.
   *
   * @return says where the value is, as soon as that is known; fails with NOT_ACTIVE if this node
   *     ceased to be active meanwhile
   * @throws PolluxException NOT_ACTIVE if this node is not the active one; TOO_LARGE if the state
   *     would take more than {@link #MAX_BYTES}
   */
  CompletionStage<Kept> publish(String key, StateValue value) throws PolluxException;

  /** As {@link #publish}, but the key is no more. */
  CompletionStage<Kept> remove(String key) throws PolluxException;

  /** What a key is set to, as far as this node's database has got. */
  Optional<StateValue> value(String key);

  /** All keys, in their order. */
  Map<String, StateValue> values();

  /** Record of the statement log that the state belongs to; 0 if there is none yet. */
  long position();

  /** Why the provider does not get what it should; empty if it does. */
  Optional<String> trouble();

  /**
   * Hears all at once by {@link StateProvider#restore}, then every change, on whichever node;
   * {@link StateProvider#fullState} is not asked.
   */
  Registration watch(StateProvider watcher);
}
