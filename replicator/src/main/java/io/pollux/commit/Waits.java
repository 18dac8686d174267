package io.pollux.commit;

import io.pollux.env.Patience;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waiting for the log inside a commit. */
final class Waits {
  private final Patience patience;
  private final CompletableFuture<Void> stopped;

  /**
   * @param stopped completes, exceptionally, when the log has stopped
   */
  Waits(Patience patience, CompletableFuture<Void> stopped) {
    this.patience = patience;
    this.stopped = stopped;
  }

  /** Waits for the log; it either gets there or stops for good, so there is no deadline here. */
  <T> T forLog(CompletableFuture<T> future) throws SQLException {
    patience.await(CompletableFuture.anyOf(future, stopped));
    try {
      if (!future.isDone()) {
        stopped.join(); // What waits in the order of commits is never appended.
      }
      return future.join();
    } catch (CompletionException e) {
      throw new SQLException(
          "the statement log of this node has stopped: "
              + e.getCause().getMessage()
              + "; see 'pollux status'",
          "08007",
          e.getCause());
    }
  }
}
