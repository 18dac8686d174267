package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import io.pollux.env.EventLoop;
import io.pollux.env.FailPoints;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The way from the loop to the writer and back: one batch at a time, each forced once; what gathers
 * meanwhile is the next batch. A batch goes when someone waits for it, or after a short time. On
 * the loop, but for what is marked.
 */
final class WriteQueue {
  private static final long MAX_BATCH_BYTES = 8L << 20;

  /**
   * How long a record may stay here if nobody waits for it: its slot row in the database is
   * durable.
   */
  private static final Duration PATIENCE = Duration.ofMillis(5);

  private static final long PATIENT_BYTES = 1L << 20;

  private final Disk disk;
  private final EventLoop loop;
  private final Executor executor;
  private final LogWriter writer;
  private final Progress progress;

  /** Not handed to the writer yet. */
  private final ArrayDeque<LogEntry> pending = new ArrayDeque<>();

  /** Wait until the writer is idle and nothing is pending. */
  private final ArrayDeque<Runnable> exclusive = new ArrayDeque<>();

  private LogWriter.Space space;
  private long unwrittenBytes;
  private boolean busy;
  private boolean wakePosted;
  private boolean timed;

  /** Someone waits for what is pending. */
  private boolean hurried;

  private boolean measuring;
  private Optional<PolluxException> failure = Optional.empty();

  /** Is told on the loop what became durable. */
  interface Progress {
    void written(Position last, LogWriter.Written where);

    void forced(Position last);

    /** Comes once; nothing follows. */
    void failed(PolluxException reason);
  }

  /** Something for the writer's thread. */
  @FunctionalInterface
  interface DiskTask {
    void run() throws IOException;
  }

  WriteQueue(
      Disk disk,
      EventLoop loop,
      Executor executor,
      LogRecovery.Recovered recovered,
      Progress progress) {
    this.disk = disk;
    this.loop = loop;
    this.executor = executor;
    this.progress = progress;
    writer = recovered.writer();
    space = recovered.space();
  }

  Optional<PolluxException> failure() {
    return failure;
  }

  long unwrittenBytes() {
    return unwrittenBytes;
  }

  /** As of the last batch. */
  LogWriter.Space space() {
    return space;
  }

  /** It goes to the disk in time; {@link #hurry} if someone waits. */
  void add(LogEntry entry) {
    pending.add(entry);
    unwrittenBytes += Frame.bytes(entry);
    if (unwrittenBytes > PATIENT_BYTES) {
      hurry();
    } else {
      inTime();
    }
  }

  /** What was added is waited for. */
  void hurry() {
    hurried = true;
    wake();
  }

  /**
   * Runs {@code prepare} on the loop once all that was added is durable; it is to call {@link
   * #runAlone}.
   */
  void whenIdle(Runnable prepare) {
    exclusive.add(prepare);
    hurry();
  }

  private void inTime() {
    if (!busy && !wakePosted && !timed) {
      timed = true;
      EventLoop.Timer unused = loop.schedule(PATIENCE, this::timeIsUp);
    }
  }

  private void timeIsUp() {
    timed = false;
    if (!wakePosted) {
      start();
    }
  }

  private void wake() {
    if (!busy && !wakePosted) {
      wakePosted = true;
      // Not at once: whoever is in the loop's queue now gets into the same batch.
      loop.execute(this::wokenUp);
    }
  }

  private void wokenUp() {
    wakePosted = false;
    start();
  }

  /** The writer is free again. */
  private void goOn() {
    if (hurried || !exclusive.isEmpty()) {
      wake();
    } else if (!pending.isEmpty()) {
      inTime();
    }
  }

  private void start() {
    if (busy || failure.isPresent()) {
      return;
    }
    if (pending.isEmpty()) {
      Optional.ofNullable(exclusive.poll()).ifPresent(Runnable::run);
      return;
    }
    busy = true;
    List<LogEntry> batch = new ArrayList<>();
    long bytes = 0;
    while (!pending.isEmpty() && bytes < MAX_BATCH_BYTES) {
      bytes += Frame.bytes(pending.peek());
      batch.add(pending.poll());
    }
    hurried = !pending.isEmpty();
    long batchBytes = bytes;
    onWriter(() -> write(batch, batchBytes));
  }

  /** On the writer's thread. */
  private void write(List<LogEntry> batch, long batchBytes) throws IOException {
    Position last = batch.get(batch.size() - 1).position();
    FailPoints.hit("log.beforeWrite");
    LogWriter.Written where = writer.write(batch);
    FailPoints.hit("log.afterWrite");
    unlessFailed(
        () -> {
          unwrittenBytes -= batchBytes;
          progress.written(last, where);
        });
    writer.force();
    FailPoints.hit("log.afterForce");
    LogWriter.Space measured = writer.measure();
    unlessFailed(
        () -> {
          space = measured;
          busy = false;
          goOn();
          progress.forced(last);
        });
  }

  /** From the writer's thread to the loop, but nothing once the log has failed. */
  private void unlessFailed(Runnable task) {
    loop.execute(
        () -> {
          if (failure.isEmpty()) {
            task.run();
          }
        });
  }

  /** Runs a task that no batch may overtake, and then {@code after} on the loop. */
  void runAlone(DiskTask task, Runnable after) {
    busy = true;
    onWriter(
        () -> {
          task.run();
          unlessFailed(
              () -> {
                busy = false;
                goOn();
                after.run();
              });
        });
  }

  /** Runs a task between batches. */
  void onWriter(DiskTask task) {
    executor.execute(
        () -> {
          try {
            task.run();
          } catch (IOException e) {
            loop.execute(() -> fail(e));
          }
        });
  }

  /** Asks the writer to look for space. */
  void measure() {
    if (measuring || failure.isPresent()) {
      return;
    }
    measuring = true;
    onWriter(
        () -> {
          LogWriter.Space measured = writer.measure();
          unlessFailed(
              () -> {
                space = measured;
                measuring = false;
              });
        });
  }

  private void fail(IOException e) {
    fail(
        new PolluxException(
            Reason.DISK_ERROR,
            "the statement log in "
                + disk
                + " stopped: "
                + e
                + "; nothing more is written; check the disk and start the node again",
            e));
  }

  void fail(PolluxException reason) {
    if (failure.isEmpty()) {
      failure = Optional.of(reason);
      pending.clear();
      exclusive.clear();
      progress.failed(reason);
    }
  }
}
