package io.pollux.runtime;

import io.pollux.core.PolluxException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What an application that runs as a pair may know and do. It gets it from any of its connections:
 * {@code connection.unwrap(Redundancy.class)}. Any thread; ends with the node.
 */
public interface Redundancy {
  /** How long a call of the application's code may take before the node goes on without it. */
  Duration DEADLINE = Duration.ofSeconds(10);

  /** Whether this node takes writes. One volatile read, for hot loops. */
  boolean isActive();

  /**
   * How this node stands now.
   *
   * @throws PolluxException STOPPED if the node has ended
   */
  Standing standing() throws PolluxException;

  /** Hears at once how the node stands, then of every change. */
  Registration listen(String name, StandingListener listener);

  /**
   * The state under {@code id}, without a provider in this process; it is there on both nodes as
   * soon as something is published.
   *
   * @throws IllegalStateException if there are too many ids
   */
  RuntimeState state(String id);

  /** As {@link #state}, kept by {@code provider}; the newest one of an id counts. */
  RuntimeState register(String id, StateProvider provider);

  /** The ids of all states on this node, and how many bytes each takes. */
  Map<String, Long> states();

  /** Names an operation, to be done on both nodes; the newest one of a name counts. */
  Registration register(String name, Operation operation);

  /**
   * Runs the operation here, on the active node, and only if it threw nothing on the backup, as
   * soon as the backup's database has what was committed here before.
   *
   * @param argument at most {@link StateValue#MAX_BYTES}
   * @param idempotencyKey whoever repeats the last thousand or so gets the first one's outcome, and
   *     nothing runs again, also after the backup has taken over; empty: no such promise
   * @return waits as long as the operation runs; fails with OPERATION_FAILED if it threw something
   *     here, and then the backup has not run it
   * @throws PolluxException NOT_ACTIVE, STOPPED, or OPERATION_FAILED if no such operation is
   *     registered
   */
  CompletableFuture<Execution> execute(String name, byte[] argument, String idempotencyKey)
      throws PolluxException;
}
