package io.pollux.apply;

import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.Transaction;
import java.util.List;
import java.util.Optional;

/** The database as apply sees it. Called by one thread at a time; methods block. */
public interface Target {
  /** A committed transaction and where its record stands. */
  record Item(Position position, Transaction transaction) {}

  /**
   * Executes the items in order and moves the applied marker to {@code upTo}, in one database
   * transaction, or in several where the engine commits in between: each with its own marker.
   *
   * @throws ApplyException if it could not; then nothing is in the database that the marker doesn't
   *     tell
   */
  void apply(List<Item> items, Position upTo) throws ApplyException;

  /**
   * Compares what this database has with what the active node had at this position.
   *
   * @throws ApplyException if it could not be read, but may be later
   */
  Verdict compare(LogRecord.Digest digest) throws ApplyException;

  /**
   * Makes rows equal to the active node's and moves the applied marker to {@code at}, in one
   * database transaction. If the rows can't be made equal they are left as they are, and the
   * verdict says why.
   *
   * @throws ApplyException if it may be possible later; then nothing of it is in the database
   */
  Verdict repair(LogRecord.Repair repair, Position at) throws ApplyException;

  /**
   * A member that differs, and what this database has: for a row its values, long ones shortened.
   */
  record Difference(List<SqlValue> key, Optional<List<SqlValue>> here) {}

  /**
   * What became of a comparison or a repair.
   *
   * @param equal after a repair: whether they are equal now
   * @param rows that were compared or changed here
   * @param more whether there are more differences than are named
   */
  record Verdict(
      boolean equal, long rows, String detail, List<Difference> differences, boolean more) {
    static Verdict of(boolean equal, long rows, String detail) {
      return new Verdict(equal, rows, detail, List.of(), false);
    }
  }
}
