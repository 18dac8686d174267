package io.pollux.proxy;

import io.pollux.core.PolluxException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Shows on a terminal that something that takes longer than a second is under way. Elsewhere it
 * shows nothing.
 */
final class Progress {
  /** The launcher knows whether stderr is a terminal; Java 17 does not. */
  private static final boolean ON_TERMINAL = Boolean.getBoolean("pollux.terminal");

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "pollux-progress");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> start;

  /** Only the timer's thread looks at it; null until it is shown. */
  private ProgressBar bar;

  private Progress(String what) {
    start = timer.schedule(() -> show(what), 1, TimeUnit.SECONDS);
  }

  /** Something that takes its time. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws PolluxException;
  }

  static <T> T during(String what, Work<T> work) throws PolluxException {
    if (!ON_TERMINAL) {
      return work.run();
    }
    Progress progress = new Progress(what);
    try {
      return work.run();
    } finally {
      progress.end();
    }
  }

  private void show(String what) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(-1)
            .clearDisplayOnFinish()
            .setConsumer(new ConsoleProgressBarConsumer(System.err))
            .build();
  }

  private void end() {
    start.cancel(false);
    CompletableFuture.runAsync(this::hide, timer).join();
    timer.shutdown();
  }

  private void hide() {
    if (bar != null) {
      bar.close();
    }
  }
}
