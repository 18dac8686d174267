package io.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Runs every workload of a plan on every contender, A B A B … in each of its rounds. */
final class Measurement {
  private final Plan plan;
  private final PrintWriter progress;

  Measurement(Plan plan, PrintWriter progress) {
    this.plan = plan;
    this.progress = progress;
  }

  Report of(List<Contender> contenders) throws SQLException, IOException, InterruptedException {
    List<Arm> arms = new ArrayList<>();
    List<Report.Row> rows = new ArrayList<>();
    try {
      for (Contender each : contenders) {
        arms.add(new Arm(each, plan.mostThreads()));
      }
      for (Arm arm : arms) {
        arm.createTables();
      }
      for (Workload workload : plan.workloads()) {
        for (int count : plan.threads()) {
          rows.addAll(measure(workload, count, arms));
        }
      }
    } finally {
      for (Arm arm : arms) {
        arm.close();
      }
    }
    List<String> names = contenders.stream().map(Contender::name).toList();
    return new Report(Report.sources(), Report.Machine.here(), plan, names, rows);
  }

  private List<Report.Row> measure(Workload workload, int count, List<Arm> arms)
      throws SQLException, InterruptedException {
    progress.println(workload.title() + ", " + count + " threads, " + plan.rounds() + " rounds");
    progress.flush();
    List<List<Arm.Tally>> tallies = new ArrayList<>();
    for (Arm arm : arms) {
      arm.clearTables();
      if (plan.warmUpMillis() > 0) {
        arm.round(workload, count, Duration.ofMillis(plan.warmUpMillis()), plan.seed());
      }
      tallies.add(new ArrayList<>());
    }
    Duration length = Duration.ofMillis(plan.roundMillis());
    for (int round = 1; round <= plan.rounds(); round++) {
      for (int i = 0; i < arms.size(); i++) {
        tallies.get(i).add(arms.get(i).round(workload, count, length, plan.seed() + round));
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
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < own.size(); round++) {
      latencies.add(own.get(round).latencies());
      ratios.add(own.get(round).perSecond() / first.get(round).perSecond());
    }
    return new Report.Row(
        workload.title(),
        count,
        arm,
        own.stream().map(Arm.Tally::perSecond).toList(),
        ratios,
        own.stream().map(Arm.Tally::settleMillis).toList(),
        own.stream().map(Arm.Tally::bytesPerTransaction).toList(),
        Report.Latency.of(latencies),
        own.stream().mapToLong(Arm.Tally::retries).sum());
  }
}
