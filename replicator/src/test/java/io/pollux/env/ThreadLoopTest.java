package io.pollux.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ThreadLoopTest {
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final ThreadLoop loop = new ThreadLoop("test-loop", new SystemClock(), failures::add);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void tasksRunInOrderOnOneNamedDaemonThread() throws InterruptedException {
    List<Integer> seen = new ArrayList<>();
    BlockingQueue<Thread> thread = new ArrayBlockingQueue<>(1);
    for (int i = 0; i < 1000; i++) {
      int number = i;
      loop.execute(() -> seen.add(number));
    }
    loop.execute(() -> thread.add(Thread.currentThread()));
    Thread ran = thread.take();
    assertEquals("test-loop", ran.getName());
    assertTrue(ran.isDaemon());
    assertEquals(1000, seen.size());
    assertEquals(999, seen.get(999));
    assertEquals(seen.stream().sorted().toList(), seen);
  }

  @Test
  void timersFireInTheOrderOfTheirTimes() throws InterruptedException {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    loop.execute(
        () -> {
          loop.schedule(Duration.ofMillis(30), () -> seen.add("late"));
          loop.schedule(Duration.ofMillis(5), () -> seen.add("early"));
          loop.schedule(Duration.ZERO, () -> seen.add("at once"));
          seen.add("now");
        });
    assertEquals("now", seen.take());
    assertEquals("at once", seen.take());
    assertEquals("early", seen.take());
    assertEquals("late", seen.take());
  }

  @Test
  void aTimerThatIsCancelledOnTheLoopDoesNotStartEvenIfItIsDue() throws InterruptedException {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    loop.execute(
        () -> {
          EventLoop.Timer timer = loop.schedule(Duration.ZERO, () -> seen.add("wrong"));
          timer.cancel();
          loop.schedule(Duration.ZERO, () -> seen.add("right"));
        });
    assertEquals("right", seen.take());
    assertTrue(seen.isEmpty());
  }

  @Test
  void aTaskThatThrowsStopsTheLoop() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    List<String> seen = new ArrayList<>();
    loop.execute(() -> awaitQuietly(go));
    loop.execute(
        () -> {
          throw new IllegalStateException("broken");
        });
    loop.execute(() -> seen.add("must not run"));
    go.countDown();
    assertEquals("broken", failures.take().getMessage());
    assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> seen.add("nor this")));
    assertThrows(
        RejectedExecutionException.class,
        () -> loop.schedule(Duration.ZERO, () -> seen.add("nor that")));
    loop.close();
    assertEquals(List.of(), seen);
    assertTrue(failures.isEmpty());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closingRunsWhatWasHandedOverAndRefusesTheRest() {
    CountDownLatch go = new CountDownLatch(1);
    List<String> seen = new ArrayList<>();
    loop.execute(() -> awaitQuietly(go));
    loop.execute(() -> seen.add("before"));
    loop.execute(loop::close);
    go.countDown();
    loop.close();
    assertEquals(List.of("before"), seen);
    assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> seen.add("after")));
  }

  @Test
  void theLoopKnowsItsThread() throws InterruptedException {
    BlockingQueue<Boolean> inside = new ArrayBlockingQueue<>(1);
    loop.execute(() -> inside.add(loop.isCurrent()));
    assertTrue(inside.take());
    assertFalse(loop.isCurrent());
  }

  @Test
  void anIdleLoopUsesNoProcessorTime() throws InterruptedException {
    BlockingQueue<Long> id = new ArrayBlockingQueue<>(1);
    loop.schedule(Duration.ofHours(1), () -> {});
    loop.execute(() -> id.add(Thread.currentThread().getId()));
    long thread = id.take();
    long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
    assertFalse(new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS));
    long used = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread) - before;
    assertTrue(used < 20_000_000, used + " ns in 200 ms");
  }
}
