package io.pollux.node;

import io.pollux.apply.SlotKey;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.core.Transaction;
import io.pollux.node.NodeDatabase.SlotRow;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Looks for transactions of this node that its log holds as committed and its database does not
 * have, although it has later ones: they were rolled back, which the log never heard of.
 */
final class LateCommits {
  private final String node;
  private final Map<SlotKey, SlotRow> slots;
  private final Stamp latest;

  LateCommits(String node, Map<SlotKey, SlotRow> slots) {
    this.node = node;
    this.slots = slots;
    this.latest =
        slots.values().stream()
            .filter(row -> row.key().node().equals(node))
            .map(SlotRow::stamp)
            .max(Comparator.naturalOrder())
            .orElse(Stamp.NONE);
  }

  /** The first one after a position; empty if there is none. */
  Optional<Stamp> first(Journal journal, Position after) throws PolluxException {
    TreeSet<Stamp> late = new TreeSet<>();
    for (Position at = after.next(); !at.isAfter(journal.end()); at = at.next()) {
      LogRecord record = journal.at(at);
      if (record instanceof LogRecord.Prepare prepare && isLate(prepare.transaction())) {
        late.add(prepare.transaction().stamp());
      } else if (record instanceof LogRecord.Abort abort) {
        late.remove(abort.stamp());
      }
    }
    return late.isEmpty() ? Optional.empty() : Optional.of(late.first());
  }

  private boolean isLate(Transaction transaction) {
    SlotRow row = slots.get(new SlotKey(transaction.node(), transaction.slot()));
    boolean isMissing = row == null || transaction.stamp().isAfter(row.stamp());
    return transaction.node().equals(node) && isMissing && latest.isAfter(transaction.stamp());
  }
}
