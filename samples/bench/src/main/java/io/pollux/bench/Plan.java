package io.pollux.bench;

import java.util.List;

/**
 * What is measured, and for how long.
 *
 * @param warmUpMillis for each arm, workload and number of threads
 */
record Plan(
    List<Workload> workloads,
    List<Integer> threads,
    int rounds,
    long roundMillis,
    long warmUpMillis,
    long seed) {
  /** Minutes: enough to see that something is wrong. */
  static final Plan QUICK =
      new Plan(List.of(Workload.TPCB, Workload.READ), List.of(1, 16), 3, 600, 900, 1);

  /** Hours: what may be claimed. */
  static final Plan FULL =
      new Plan(List.of(Workload.values()), List.of(1, 4, 16), 7, 3000, 8000, 1);

  Plan {
    workloads = List.copyOf(workloads);
    threads = List.copyOf(threads);
  }

  int mostThreads() {
    return threads.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }
}
