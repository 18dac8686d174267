package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.Change.ParameterSet;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the open transaction of one connection has changed so far, in execution order. Guarded by
 * the connection's lock.
 */
final class TransactionCapture {
  /** Streams and LOBs are held in memory until the commit; this bounds them per transaction. */
  static final int MAX_STREAM_BYTES = 64 << 20;

  private final List<Change> changes = new ArrayList<>();
  private final SortedMap<TableName, Long> identities = new TreeMap<>();
  private final SortedSet<TableName> sequences = new TreeSet<>();
  private final Savepoints savepoints = new Savepoints();
  private long streamBytes;
  private boolean hasDdl;
  private SQLException broken;

  void add(Change change) {
    changes.add(change);
    hasDdl |= change instanceof Change.Ddl;
  }

  void identityDrawn(TableName table, long key) {
    identities.merge(table, key, Math::max);
  }

  void sequenceDrawn(TableName sequence) {
    sequences.add(sequence);
  }

  /** Something ran whose effect is not known: this transaction may only be rolled back. */
  void breakOff(String reason, Throwable cause) {
    if (broken == null) {
      broken = Refusals.mustRollBack(reason, cause);
    }
  }

  Optional<SQLException> broken() {
    return Optional.ofNullable(broken);
  }

  boolean isEmpty() {
    return changes.isEmpty() && sequences.isEmpty();
  }

  boolean hasDdl() {
    return hasDdl;
  }

  Savepoints savepoints() {
    return savepoints;
  }

  /** Where a savepoint stands. */
  int mark() {
    return changes.size();
  }

  /** Forgets what came after a mark. Keys and sequence values that it drew stay spent. */
  void rollbackTo(int mark) {
    changes.subList(Math.min(mark, changes.size()), changes.size()).clear();
  }

  void clear() {
    changes.clear();
    identities.clear();
    sequences.clear();
    savepoints.clear();
    streamBytes = 0;
    hasDdl = false;
    broken = null;
  }

  SortedMap<TableName, Long> identities() {
    return identities;
  }

  SortedSet<TableName> sequences() {
    return sequences;
  }

  int remainingStreamBytes() {
    return (int) (MAX_STREAM_BYTES - streamBytes);
  }

  void streamLoaded(long bytes) {
    streamBytes += bytes;
  }

  /** All of it, and where the generators stand that were drawn from. */
  List<Change> changes(Dialect dialect, Connection inner) throws SQLException {
    List<Change> all = new ArrayList<>(folded());
    all.addAll(identityMarks());
    for (TableName sequence : sequences) {
      Optional<Long> last = dialect.lastValue(inner, GeneratorKind.SEQUENCE, sequence);
      last.ifPresent(value -> all.add(new Generator(GeneratorKind.SEQUENCE, sequence, value)));
    }
    return all;
  }

  /** The changes, neighbours of one statement text folded into one with several sets. */
  List<Change> folded() {
    List<Change> folded = new ArrayList<>();
    List<ParameterSet> sets = new ArrayList<>();
    Change.Statement open = null;
    for (Change change : changes) {
      if (open != null && !(change instanceof Change.Statement next && isSameText(open, next))) {
        folded.add(withSets(open, sets));
        open = null;
      }
      if (change instanceof Change.Statement statement) {
        open = statement;
        sets.addAll(statement.sets());
      } else {
        folded.add(change);
      }
    }
    if (open != null) {
      folded.add(withSets(open, sets));
    }
    return folded;
  }

  private static Change.Statement withSets(Change.Statement statement, List<ParameterSet> sets) {
    Change.Statement folded =
        new Change.Statement(statement.schema(), statement.table(), statement.sql(), sets);
    sets.clear();
    return folded;
  }

  private static boolean isSameText(Change.Statement one, Change.Statement other) {
    return one.sql().equals(other.sql())
        && one.schema().equals(other.schema())
        && one.table().equals(other.table());
  }

  List<Generator> identityMarks() {
    List<Generator> marks = new ArrayList<>();
    identities.forEach(
        (table, key) -> marks.add(new Generator(GeneratorKind.IDENTITY, table, key)));
    return marks;
  }
}
