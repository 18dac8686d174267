package io.pollux.runtime;

/** Where a published value is. */
public enum Kept {
  /** In this node's memory only: no backup follows, or the link was lost before it answered. */
  HERE,

  /** Also in the memory of the backup, which hands it over if it takes this node's place. */
  BOTH
}
