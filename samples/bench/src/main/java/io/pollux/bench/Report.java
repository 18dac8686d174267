package io.pollux.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * All that was measured, for a file and for people.
 *
 * @param commit of Pollux, as {@code git} calls it; empty if that is not known
 */
record Report(String commit, Machine machine, Plan plan, List<String> arms, List<Row> rows) {

  /** Where it was measured. */
  record Machine(String java, String system, int processors, long maxHeapBytes) {
    static Machine here() {
      Runtime runtime = Runtime.getRuntime();
      return new Machine(
          System.getProperty("java.vm.name") + " " + Runtime.version(),
          System.getProperty("os.name")
              + " "
              + System.getProperty("os.version")
              + " "
              + System.getProperty("os.arch"),
          runtime.availableProcessors(),
          runtime.maxMemory());
    }
  }

  /** Of the sources around the launcher. */
  static String sources() throws IOException, InterruptedException {
    String launcher = System.getProperty("pollux.launcher");
    if (launcher == null) {
      return "";
    }
    String root = Path.of(launcher).toAbsolutePath().getParent().toString();
    return Workshop.output(List.of("git", "-C", root, "describe", "--always", "--dirty"));
  }

  /**
   * One arm with one workload and number of threads, round by round.
   *
   * @param ratios to the first arm
   * @param settleMillis how long after its last transaction the copy had all of the round
   * @param bytesPerTransaction allocated by the application's threads
   */
  record Row(
      String workload,
      int threads,
      String arm,
      List<Double> perSecond,
      List<Double> ratios,
      List<Double> settleMillis,
      List<Double> bytesPerTransaction,
      Latency latency,
      long retries) {}

  /** Of whole transactions over all rounds. */
  record Latency(double p50Millis, double p99Millis, double p999Millis, double maxMillis) {
    static Latency of(org.HdrHistogram.Histogram nanos) {
      return new Latency(
          nanos.getValueAtPercentile(50) / 1e6,
          nanos.getValueAtPercentile(99) / 1e6,
          nanos.getValueAtPercentile(99.9) / 1e6,
          nanos.getMaxValue() / 1e6);
    }
  }

  void write(Path file) throws IOException {
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%-18s %7s %-12s %10s %8s %-17s %9s %9s %9s %8s%n",
        "workload",
        "threads",
        "arm",
        "tx/s",
        "ratio",
        "[lowest..highest]",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "retries");
    for (Row row : rows) {
      out.printf(
          Locale.ROOT,
          "%-18s %7d %-12s %10.0f %8.3f %-17s %9.3f %9.3f %9.3f %8d%n",
          row.workload(),
          row.threads(),
          row.arm(),
          median(row.perSecond()),
          median(row.ratios()),
          String.format(
              Locale.ROOT,
              "[%.3f..%.3f]",
              Collections.min(row.ratios()),
              Collections.max(row.ratios())),
          row.latency().p50Millis(),
          row.latency().p99Millis(),
          row.latency().p999Millis(),
          row.retries());
    }
    out.flush();
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
