package io.pollux.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FakeLoopTest {
  private final FakeLoop loop = new FakeLoop();
  private final List<String> seen = new ArrayList<>();

  @Test
  void timePassesOnlyFromTimerToTimer() {
    loop.schedule(Duration.ofSeconds(2), () -> seen.add("two"));
    loop.schedule(
        Duration.ofSeconds(1),
        () -> {
          seen.add("one at " + loop.clock().now());
          loop.schedule(Duration.ofMillis(500), () -> seen.add("one and a half"));
        });
    EventLoop.Timer cancelled = loop.schedule(Duration.ofSeconds(1), () -> seen.add("wrong"));
    cancelled.cancel();
    loop.execute(() -> seen.add("now"));
    loop.runUntilIdle();
    assertEquals(List.of("now"), seen);
    loop.advance(Duration.ofSeconds(3));
    assertEquals(List.of("now", "one at 2026-01-01T00:00:01Z", "one and a half", "two"), seen);
    assertEquals(3_000_000_000L, loop.clock().nanos());
  }

  @Test
  void aTaskThatThrowsStopsTheLoop() {
    loop.execute(
        () -> {
          throw new IllegalStateException("broken");
        });
    loop.execute(() -> seen.add("must not run"));
    assertThrows(IllegalStateException.class, loop::runUntilIdle);
    loop.runUntilIdle();
    assertEquals(List.of(), seen);
    assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> seen.add("nor this")));
  }
}
