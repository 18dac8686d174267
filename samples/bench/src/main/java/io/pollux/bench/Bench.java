package io.pollux.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
      arity = "0..*",
      paramLabel = "NAME=URL",
      description = "what to compare; ratios are to the first")
  private List<String> urls = List.of();

  @Option(
      names = "--quick",
      description = "minutes: Pollux, bare drivers and the engines' own replication, for a look")
  private boolean quick;

  @Option(names = "--full", description = "the same for hours, with all workloads")
  private boolean full;

  @Option(
      names = "--engine",
      split = ",",
      description = "of --quick and --full; default: derby, h2, postgresql")
  private List<Engine> engines = List.of(Engine.values());

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "write the tables of --quick or --full into FILE, every round beside it")
  private Path page;

  @Option(
      names = "--workload",
      split = ",",
      description =
          "tpcb, read, insert, predicate-update, insert-select, large-transaction, lob;"
              + " default: all; --quick: tpcb,read")
  private List<String> workloads;

  @Option(names = "--threads", split = ",", description = "default: 1,4,16; --quick: 1,16")
  private List<Integer> threads;

  @Option(names = "--rounds", description = "default: 7; --quick: 3")
  private Integer rounds;

  @Option(names = "--round-millis", description = "default: 3000; --quick: 600")
  private Long roundMillis;

  @Option(
      names = "--warm-up-millis",
      description = "for each arm, workload and number of threads; default: 8000; --quick: 900")
  private Long warmUpMillis;

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
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              command.getErr().println("bench: " + e.getMessage());
              command.getErr().flush();
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws SQLException, IOException, InterruptedException {
    if (quick && full || (quick || full) != urls.isEmpty()) {
      throw wrong("give NAME=URL once or more, or --quick, or --full");
    }
    return urls.isEmpty() ? campaign() : comparison();
  }

  private int campaign() throws SQLException, IOException, InterruptedException {
    String launcher = System.getProperty("pollux.launcher");
    if (launcher == null) {
      throw wrong("--quick and --full are started by ./pollux bench");
    }
    Campaign campaign = new Campaign(quick ? "quick" : "full", plan(), spec.commandLine().getErr());
    Map<Engine, Report> reports = campaign.run(engines, launcher);
    for (Map.Entry<Engine, Report> each : reports.entrySet()) {
      spec.commandLine().getOut().println(each.getKey().title());
      each.getValue().print(spec.commandLine().getOut());
    }
    if (page != null) {
      campaign.write(reports, page);
    }
    return 0;
  }

  private int comparison() throws SQLException, IOException, InterruptedException {
    List<Contender> contenders = contenders();
    Report report = new Measurement(plan(), spec.commandLine().getErr()).of(contenders);
    report.print(spec.commandLine().getOut());
    if (json != null) {
      report.write(json);
    }
    return 0;
  }

  private Plan plan() {
    Plan usual = quick ? Plan.QUICK : Plan.FULL;
    Plan plan =
        new Plan(
            workloads == null ? usual.workloads() : workloads.stream().map(this::workload).toList(),
            threads == null ? usual.threads() : threads,
            rounds == null ? usual.rounds() : rounds,
            roundMillis == null ? usual.roundMillis() : roundMillis,
            warmUpMillis == null ? usual.warmUpMillis() : warmUpMillis,
            seed);
    if (Collections.min(plan.threads()) < 1 || plan.rounds() < 1 || plan.roundMillis() < 1) {
      throw wrong("threads, rounds and round-millis are above 0");
    }
    return plan;
  }

  private Workload workload(String title) {
    if (!Workload.titles().contains(title)) {
      throw wrong("a workload is one of " + Workload.titles());
    }
    return Workload.of(title);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private List<Contender> contenders() {
    Map<String, Contender> byName = new LinkedHashMap<>();
    for (String each : urls) {
      int equals = each.indexOf("=jdbc:");
      if (equals < 1) {
        throw wrong(each + " is not NAME=jdbc:…");
      }
      String name = each.substring(0, equals);
      byName.put(name, Contender.of(name, each.substring(equals + 1)));
    }
    if (byName.size() < urls.size()) {
      throw wrong("each arm needs a name of its own");
    }
    return List.copyOf(byName.values());
  }
}
