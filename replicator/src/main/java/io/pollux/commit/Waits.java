package io.pollux.commit;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waiting inside a commit: an interrupt must not leave a transaction half told, so it is kept for
 * later.
 */
final class Waits {
  private Waits() {}

  /** Waits for the log; it either gets there or stops for good, so there is no deadline here. */
  static <T> T forLog(CompletableFuture<T> future) throws SQLException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new SQLException(
              "the statement log of this node has stopped: "
                  + e.getCause().getMessage()
                  + "; see 'pollux status'",
              "08007",
              e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static <T> T uninterruptibly(CompletableFuture<T> future, Duration timeout)
      throws TimeoutException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException("receipts never fail", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
