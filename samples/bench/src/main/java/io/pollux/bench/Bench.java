package io.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Runs the same workloads on several JDBC URLs, A B A B … in one run, and reports the ratio of each
 * to the first, round by round (docs/performance.md). It creates and drops tables {@code bench_*}.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compares JDBC URLs under the same workloads, interleaved in one run.")
public final class Bench implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "NAME=URL",
      description = "what to compare; ratios are to the first")
  private List<String> urls;

  @Option(
      names = "--workload",
      split = ",",
      description = "tpcb, read, insert, predicate-update, insert-select, large-transaction, lob")
  private List<String> workloads = Workload.titles();

  @Option(names = "--threads", split = ",", description = "default: 1,4,16")
  private List<Integer> threads = List.of(1, 4, 16);

  @Option(names = "--rounds", defaultValue = "7", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--round-millis",
      defaultValue = "3000",
      description = "default: ${DEFAULT-VALUE}")
  private long roundMillis;

  @Option(
      names = "--warm-up-millis",
      defaultValue = "5000",
      description = "for each arm, workload and number of threads; default: ${DEFAULT-VALUE}")
  private long warmUpMillis;

  @Option(names = "--seed", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "write every round to FILE")
  private Path json;

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** Exit 2 and one line if it could not measure. */
  static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              command.getErr().println("bench: " + e.getMessage());
              command.getErr().flush();
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws SQLException, IOException, InterruptedException {
    Map<String, String> byName = checked();
    List<Workload> chosen = workloads.stream().map(Workload::of).toList();
    List<Arm> arms = new ArrayList<>();
    List<Report.Row> rows = new ArrayList<>();
    try {
      for (Map.Entry<String, String> each : byName.entrySet()) {
        arms.add(new Arm(each.getKey(), each.getValue(), Collections.max(threads)));
      }
      for (Workload workload : chosen) {
        for (int count : threads) {
          rows.addAll(measure(workload, count, arms));
        }
      }
    } finally {
      for (Arm arm : arms) {
        arm.close();
      }
    }
    Report report =
        new Report(
            Report.Machine.here(),
            new Report.Settings(
                rounds, roundMillis, warmUpMillis, seed, List.copyOf(byName.keySet())),
            rows);
    report.print(spec.commandLine().getOut());
    if (json != null) {
      report.write(json);
    }
    return 0;
  }

  private Map<String, String> checked() {
    Map<String, String> byName = new LinkedHashMap<>();
    for (String each : urls) {
      int equals = each.indexOf("=jdbc:");
      if (equals < 1) {
        throw new ParameterException(spec.commandLine(), each + " is not NAME=jdbc:…");
      }
      byName.put(each.substring(0, equals), each.substring(equals + 1));
    }
    boolean sound =
        byName.size() == urls.size()
            && Workload.titles().containsAll(workloads)
            && Collections.min(threads) > 0
            && rounds > 0
            && roundMillis > 0;
    if (!sound) {
      throw new ParameterException(
          spec.commandLine(),
          "each arm needs a name of its own, a workload is one of "
              + Workload.titles()
              + ", and threads, rounds and round-millis are above 0");
    }
    return byName;
  }

  private List<Report.Row> measure(Workload workload, int count, List<Arm> arms)
      throws SQLException, InterruptedException {
    PrintWriter progress = spec.commandLine().getErr();
    progress.println(workload.title() + ", " + count + " threads, " + rounds + " rounds");
    progress.flush();
    List<List<Arm.Tally>> tallies = new ArrayList<>();
    for (Arm arm : arms) {
      arm.createTables();
      if (warmUpMillis > 0) {
        arm.round(workload, count, Duration.ofMillis(warmUpMillis), seed);
      }
      tallies.add(new ArrayList<>());
    }
    for (int round = 1; round <= rounds; round++) {
      for (int i = 0; i < arms.size(); i++) {
        tallies
            .get(i)
            .add(arms.get(i).round(workload, count, Duration.ofMillis(roundMillis), seed + round));
      }
    }
    List<Report.Row> rows = new ArrayList<>();
    for (int i = 0; i < arms.size(); i++) {
      rows.add(row(workload, count, arms.get(i).name(), tallies.get(i), tallies.get(0)));
    }
    return rows;
  }

  private static Report.Row row(
      Workload workload, int count, String arm, List<Arm.Tally> own, List<Arm.Tally> first) {
    Histogram latencies = new Histogram(own.get(0).latencies());
    List<Double> perSecond = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    long retries = 0;
    for (int round = 0; round < own.size(); round++) {
      Arm.Tally tally = own.get(round);
      latencies.add(tally.latencies());
      perSecond.add(tally.perSecond());
      ratios.add(tally.perSecond() / first.get(round).perSecond());
      retries += tally.retries();
    }
    return new Report.Row(
        workload.title(), count, arm, perSecond, ratios, Report.Latency.of(latencies), retries);
  }
}
