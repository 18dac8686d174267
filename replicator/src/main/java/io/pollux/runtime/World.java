package io.pollux.runtime;

import io.pollux.core.Activity;
import io.pollux.core.Position;
import java.util.concurrent.Executor;

/** The node as {@link RuntimeDesk} sees it. On the loop unless said otherwise. */
public interface World {
  /** What this node is, as others may rely on it. */
  Activity activity();

  /** Whether the node follows, or would if it could: it is not about to become active. */
  boolean isFollowing();

  /** How the node stands. */
  Standing standing();

  /** Where this node's log ends. */
  Position end();

  /** How far this node's database is. */
  Position applied();

  /** The highest epoch that this node knows. */
  long epoch();

  /** For people: which node is active. Any thread. */
  String whereToWrite();

  /** Runs {@code task} once the record of each transaction that is committed now is in the log. */
  void whenLogged(Runnable task);

  /** A thread for the application's code, which ends with the node. */
  Executor worker(String name);
}
