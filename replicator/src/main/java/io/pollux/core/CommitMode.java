package io.pollux.core;

/** What {@code commit()} waits for (DESIGN.md section 5). */
public enum CommitMode {
  /** Nothing beyond the local commit. */
  ASYNC,
  /** The peer has written the record to its log. */
  RECEIVED,
  /** The peer has forced the record to disk before the local commit. */
  DURABLE,
  /** As DURABLE, and the peer's database has it. */
  APPLIED
}
