package io.pollux.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measures Pollux beside the bare drivers and the engines' own replication, and writes it down. */
final class Campaign {
  private final String title;
  private final Measurement measurement;
  private final PrintWriter progress;

  /**
   * @param title of the plan, for the names of files
   */
  Campaign(String title, Plan plan, PrintWriter progress) {
    this.title = title;
    this.measurement = new Measurement(plan, progress);
    this.progress = progress;
    Contender.silenceSpy();
  }

  /** Everything that runs is on this machine, the other node's process too. */
  Map<Engine, Report> run(List<Engine> engines, String launcher)
      throws SQLException, IOException, InterruptedException {
    Map<Engine, Report> reports = new EnumMap<>(Engine.class);
    for (Engine engine : engines) {
      progress.println(engine.title());
      try (Workshop workshop = new Workshop(Files.createTempDirectory("pollux-bench"), launcher)) {
        reports.put(engine, measurement.of(engine.contenders(workshop)));
      }
    }
    return reports;
  }

  /** Every round as JSON beside the page, and the page's tables. */
  void write(Map<Engine, Report> reports, Path page) throws IOException {
    Path raw = Files.createDirectories(page.resolveSibling("performance"));
    for (Map.Entry<Engine, Report> each : reports.entrySet()) {
      each.getValue().write(raw.resolve(PerformancePage.fileName(title, each.getKey())));
    }
    PerformancePage.replace(page, title, reports);
  }
}
