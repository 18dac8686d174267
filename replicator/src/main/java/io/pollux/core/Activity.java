package io.pollux.core;

/** What a node does now. One node of a group is ACTIVE. */
public enum Activity {
  /** Not ready: starting, or a copy is under way. */
  COLD,
  /** Follows the active node; serves reads, refuses writes. */
  WARM,
  ACTIVE
}
