package io.pollux.core;

/** How this node's database stands to its peer's. In doubt it is UNKNOWN, never IN_SYNC. */
public enum SyncState {
  UNKNOWN,
  IN_SYNC,
  CATCHING_UP,
  OUT_OF_DATE,
  DIVERGED,
  COPYING,
  INCOMPATIBLE
}
