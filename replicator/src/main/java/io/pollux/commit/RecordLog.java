package io.pollux.commit;

import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import java.util.concurrent.CompletableFuture;

/** The log as the gate needs it. Any thread. */
public interface RecordLog {
  /** Appends a record that decides about an earlier one; exceptionally if the log has stopped. */
  CompletableFuture<Position> decide(LogRecord decision);

  /** Completes when {@code position} is forced; exceptionally if the log has stopped. */
  CompletableFuture<Void> forced(Position position);

  /** As {@link #forced}, but the disk may take its time until {@link #hurry}. */
  CompletableFuture<Void> forcedInTime(Position position);

  /** Completes, exceptionally, when the log has stopped. */
  CompletableFuture<Void> stopped();

  /** Somebody waits for what {@link #forcedInTime} was asked for. */
  void hurry();

  /**
   * Whether new transactions may begin: false when the disk is nearly full or the log has stopped.
   */
  boolean acceptsNew();
}
