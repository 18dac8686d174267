package io.pollux.core;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/**
 * The effective statements of one committed transaction, in execution order.
 *
 * @param node id of the node that executed it first
 * @param slot number of the row in {@code pollux_slot} that its commit wrote
 * @param at wall clock of that node at commit, to the millisecond; for people, never for order
 */
public record Transaction(
    Stamp stamp, String node, int slot, Client client, Instant at, List<Change> changes) {
  public Transaction {
    Objects.requireNonNull(stamp, "stamp");
    Objects.requireNonNull(node, "node");
    Objects.requireNonNull(client, "client");
    at = at.truncatedTo(ChronoUnit.MILLIS);
    changes = List.copyOf(changes);
  }
}
