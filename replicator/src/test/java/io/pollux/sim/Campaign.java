package io.pollux.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Many seeds on several threads, each seed a world of its own. */
final class Campaign {
  private static final int SHOWN = 5;

  private final AtomicLong next;
  private final long end;
  private final int enough;
  private final List<Schedule.Result> failures = new ArrayList<>();
  private long schedules;
  private long steps;
  private long committed;

  /**
   * @param enough so many failures end it
   */
  Campaign(long from, long count, int enough) {
    next = new AtomicLong(from);
    end = from + count;
    this.enough = enough;
  }

  void run(int threads) throws InterruptedException {
    List<Thread> runners = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread runner = new Thread(this::work, "pollux-sim-" + i);
      runners.add(runner);
      runner.start();
    }
    for (Thread runner : runners) {
      runner.join();
    }
  }

  private void work() {
    for (long seed = next.getAndIncrement();
        seed < end && !isEnough();
        seed = next.getAndIncrement()) {
      note(Schedule.play(seed, false));
    }
  }

  private synchronized boolean isEnough() {
    return failures.size() >= enough;
  }

  private synchronized void note(Schedule.Result result) {
    schedules++;
    steps += result.steps();
    committed += result.committed();
    if (result.failure().isPresent()) {
      failures.add(result);
    }
  }

  List<Schedule.Result> failures() {
    return failures;
  }

  String figures() {
    return String.format(
        Locale.ROOT,
        "%,d schedules, %,d steps, %,d acknowledged transactions, %d violations",
        schedules,
        steps,
        committed,
        failures.size());
  }

  /** What went wrong, and how to see it happen again; empty if nothing did. */
  String report() {
    StringBuilder text = new StringBuilder();
    TreeMap<String, List<Long>> kinds = new TreeMap<>();
    for (Schedule.Result result : failures) {
      kinds.computeIfAbsent(result.kind(), key -> new ArrayList<>()).add(result.seed());
    }
    kinds.forEach((kind, seeds) -> text.append(kind).append(": seeds ").append(seeds).append('\n'));
    for (Schedule.Result result : failures.subList(0, Math.min(SHOWN, failures.size()))) {
      text.append("seed ")
          .append(result.seed())
          .append(": ")
          .append(result.failure().orElseThrow().getMessage())
          .append("\n  replay: samples/simulate ")
          .append(result.seed())
          .append('\n');
    }
    return text.toString();
  }
}
