package io.pollux.node;

import io.pollux.env.SystemClock;
import io.pollux.env.ThreadLoop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The threads of a node, all daemons, each with one job. */
final class Threads implements AutoCloseable {
  private static final Duration LONGEST_END = Duration.ofSeconds(10);

  private final ExecutorService writing = single("pollux-log");
  private final ExecutorService applying = single("pollux-apply");
  private final ExecutorService copying = single("pollux-copy");
  private final ExecutorService comparing = single("pollux-compare");
  private final List<ExecutorService> all =
      new ArrayList<>(List.of(writing, applying, copying, comparing));
  private final ExecutorService calling = Executors.newCachedThreadPool(Threads::daemon);
  private Optional<ThreadLoop> loop = Optional.empty();

  /**
   * One thread that ends when it has had nothing to do for a while, so that an idle node costs
   * none.
   */
  private static ExecutorService single(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  ThreadLoop loop(Consumer<Throwable> failed) {
    loop = Optional.of(new ThreadLoop("pollux-loop", new SystemClock(), failed));
    return loop.orElseThrow();
  }

  ExecutorService writing() {
    return writing;
  }

  ExecutorService applying() {
    return applying;
  }

  ExecutorService copying() {
    return copying;
  }

  ExecutorService comparing() {
    return comparing;
  }

  /**
   * For the application's code, which may block: the node's end interrupts it and does not wait.
   * Whoever calls it that way lets one call end before the next. Any thread.
   */
  Executor calling(String name) {
    return task ->
        calling.execute(
            () -> {
              Thread.currentThread().setName(name);
              task.run();
            });
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "pollux-call");
    thread.setDaemon(true);
    return thread;
  }

  /** Ends the workers first, which still may tell the loop what they have done, then the loop. */
  @Override
  public void close() {
    all.forEach(ExecutorService::shutdown);
    calling.shutdownNow();
    for (ExecutorService executor : all) {
      try {
        if (!executor.awaitTermination(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
          System.getLogger(Threads.class.getName())
              .log(Level.WARNING, "a thread of the node has not ended in {0}", LONGEST_END);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    loop.ifPresent(ThreadLoop::close);
  }
}
