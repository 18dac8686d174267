package io.pollux.apply;

import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Transaction;
import java.util.List;

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
   * Compares a table with the digest that the active node took.
   *
   * @return empty if they are equal, otherwise what differs
   * @throws ApplyException if the table could not be read
   */
  DigestVerdict compare(LogRecord.Digest digest) throws ApplyException;

  /** Outcome of a comparison. */
  record DigestVerdict(boolean equal, long rows, String detail) {}
}
