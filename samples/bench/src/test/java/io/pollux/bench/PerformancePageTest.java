package io.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerformancePageTest {
  private static final Map<Engine, Report> REPORTS =
      Map.of(
          Engine.DERBY,
          new Report(
              "abc",
              new Report.Machine("JVM", "Linux", 2, 1),
              Plan.QUICK,
              List.of("bare", "async"),
              List.of(row("bare", 1.0, 1.0, 1.0), row("async", 0.5, 0.75, 0.6))));

  private static Report.Row row(String arm, Double... ratios) {
    return new Report.Row(
        "tpcb",
        16,
        arm,
        List.of(1000.0),
        List.of(ratios),
        List.of(3.0),
        List.of(10.0),
        new Report.Latency(1, 2, 3, 4),
        0);
  }

  @Test
  void onlyWhatStandsBetweenTheMarksChanges(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("page.md");
    String begin = "before\n<!-- quick: written by 'pollux bench --quick' -->\n";
    String end = "<!-- end of quick -->\nbehind\n";
    Files.writeString(page, begin + "old" + end);
    PerformancePage.replace(page, "quick", REPORTS);
    String once = Files.readString(page);
    assertTrue(once.startsWith(begin) && once.endsWith(end), once);
    assertTrue(once.contains("| tpcb | 16 | 1,000 tx/s | **0.60** (0.50–0.75) |"), once);
    assertTrue(once.contains("(performance/quick-derby.json)"), once);
    PerformancePage.replace(page, "quick", REPORTS);
    assertEquals(once, Files.readString(page));
  }

  @Test
  void aPageWithoutMarksStaysAsItIs(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("page.md");
    Files.writeString(page, "text");
    assertThrows(IOException.class, () -> PerformancePage.replace(page, "quick", REPORTS));
    assertEquals("text", Files.readString(page));
  }
}
