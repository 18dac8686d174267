package io.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of {@code docs/performance.md}, which stand between two marks. */
final class PerformancePage {
  private PerformancePage() {}

  /** Changes what stands between the marks of a title, and nothing else. */
  static void replace(Path page, String title, Map<Engine, Report> reports) throws IOException {
    String begin = "<!-- " + title + ": written by 'pollux bench --" + title + "' -->\n";
    String end = "<!-- end of " + title + " -->";
    String text = Files.readString(page);
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
      throw new IOException(page + " lacks the lines '" + begin.strip() + "' and '" + end + "'");
    }
    Files.writeString(
        page, text.substring(0, from) + begin + tables(title, reports) + text.substring(to));
  }

  private static String tables(String title, Map<Engine, Report> reports) {
    return reports.entrySet().stream()
            .map(
                each ->
                    "\n**"
                        + each.getKey().title()
                        + "** ([every round](performance/"
                        + fileName(title, each.getKey())
                        + ")), "
                        + where(each.getValue())
                        + "\n\n"
                        + table(each.getValue()))
            .collect(Collectors.joining())
        + "\n";
  }

  /** Of every round of an engine. */
  static String fileName(String title, Engine engine) {
    return title + "-" + engine.directory() + ".json";
  }

  private static String where(Report report) {
    Plan plan = report.plan();
    return String.format(
        Locale.ROOT,
        "commit %s, %s, %d processors, %s; %d rounds of %d ms after %d ms:",
        report.commit(),
        report.machine().java(),
        report.machine().processors(),
        report.machine().system(),
        plan.rounds(),
        plan.roundMillis(),
        plan.warmUpMillis());
  }

  private static String table(Report report) {
    StringBuilder table = new StringBuilder();
    line(table, Stream.of("workload", "threads"), report.arms().stream());
    line(table, Stream.of("---", "---:"), report.arms().stream().map(arm -> "---:"));
    int arms = report.arms().size();
    for (int first = 0; first < report.rows().size(); first += arms) {
      List<Report.Row> rows = report.rows().subList(first, first + arms);
      String workload = rows.get(0).workload();
      String threads = Integer.toString(rows.get(0).threads());
      line(table, Stream.of(workload, threads), cells(rows, PerformancePage::ratio));
      line(table, Stream.of("p50 / p99 ms", ""), cells(rows, PerformancePage::latency));
      line(table, Stream.of("copy behind, ms", ""), cells(rows, PerformancePage::settled));
    }
    return table.toString();
  }

  private static Stream<String> cells(List<Report.Row> rows, Function<Report.Row, String> cell) {
    return rows.stream().map(cell);
  }

  private static void line(StringBuilder table, Stream<String> heads, Stream<String> cells) {
    table.append(Stream.concat(heads, cells).collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  private static String ratio(Report.Row row) {
    boolean isFirst = row.ratios().stream().allMatch(ratio -> ratio == 1);
    return isFirst
        ? String.format(Locale.ROOT, "%,.0f tx/s", Report.median(row.perSecond()))
        : String.format(
            Locale.ROOT,
            "**%.2f** (%.2f–%.2f)",
            Report.median(row.ratios()),
            Collections.min(row.ratios()),
            Collections.max(row.ratios()));
  }

  private static String latency(Report.Row row) {
    return String.format(
        Locale.ROOT, "%.2f / %.1f", row.latency().p50Millis(), row.latency().p99Millis());
  }

  private static String settled(Report.Row row) {
    return String.format(
        Locale.ROOT, "%.0f", row.settleMillis().isEmpty() ? 0 : Report.median(row.settleMillis()));
  }
}
