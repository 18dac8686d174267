package io.pollux.core;

/** What a node was set up as. Never moves on failover. */
public enum Role {
  INDEPENDENT,
  MASTER,
  BACKUP
}
