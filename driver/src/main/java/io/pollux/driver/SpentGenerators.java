package io.pollux.driver;

import io.pollux.core.TableName;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Generator values that rolled-back work has taken: they travel with the node's next commit. Any
 * thread.
 */
final class SpentGenerators {
  private final SortedMap<TableName, Long> identities = new TreeMap<>();
  private final SortedSet<TableName> sequences = new TreeSet<>();

  /** Moves into this what {@code capture} drew. */
  synchronized void takeFrom(TransactionCapture capture) {
    capture.identities().forEach((table, key) -> identities.merge(table, key, Math::max));
    sequences.addAll(capture.sequences());
  }

  /** Moves into {@code capture} what is here. */
  synchronized void moveTo(TransactionCapture capture) {
    identities.forEach(capture::identityDrawn);
    sequences.forEach(capture::sequenceDrawn);
    identities.clear();
    sequences.clear();
  }
}
