package io.pollux.node;

import io.pollux.core.PolluxException;
import io.pollux.env.EventLoop;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Blocking work off the loop whose result comes back onto it. */
final class Workbench {
  private final EventLoop loop;
  private final Executor worker;
  private final Consumer<Exception> failed;

  /** Work that may block and fail as the outside world does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException, IOException, PolluxException;
  }

  /**
   * @param worker one thread, so that work is done in the order in which it was given
   * @param failed hears on the loop of work that failed and had nobody else to tell
   */
  Workbench(EventLoop loop, Executor worker, Consumer<Exception> failed) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.worker = Objects.requireNonNull(worker, "worker");
    this.failed = Objects.requireNonNull(failed, "failed");
  }

  <T> void run(Work<T> work, Consumer<T> then) {
    run(work, then, failed);
  }

  <T> void run(Work<T> work, Consumer<T> then, Consumer<Exception> otherwise) {
    worker.execute(
        () -> {
          try {
            T result = work.run();
            loop.execute(() -> then.accept(result));
          } catch (SQLException | IOException | PolluxException e) {
            loop.execute(() -> otherwise.accept(e));
          }
        });
  }
}
