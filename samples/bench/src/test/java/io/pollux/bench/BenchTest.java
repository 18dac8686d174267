package io.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {
  private static final String A = "bare=jdbc:derby:memory:benchA;create=true";
  private static final String B = "again=jdbc:derby:memory:benchB;create=true";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void everyWorkloadIsMeasuredOnEveryArm(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("bench.json");
    assertEquals(
        0,
        run(
            "--rounds=2",
            "--round-millis=200",
            "--warm-up-millis=0",
            "--threads=2",
            "--json=" + file,
            A,
            B),
        err.toString());
    JsonNode rows = new ObjectMapper().readTree(file.toFile()).get("rows");
    assertEquals(Workload.values().length * 2, rows.size());
    for (JsonNode row : rows) {
      assertEquals(2, row.get("perSecond").size(), row.toString());
      row.get("perSecond").forEach(each -> assertTrue(each.asDouble() > 0, row.toString()));
      row.get("ratios")
          .forEach(
              each -> assertTrue(!row.get("arm").asText().equals("bare") || each.asDouble() == 1));
      assertTrue(row.get("latency").get("p50Millis").asDouble() > 0, row.toString());
    }
    assertEquals(rows.size() + 1, out.toString().lines().count());
  }

  @Test
  void eachNumberOfThreadsHasItsRow() {
    assertEquals(
        0,
        run(
            "--workload=read",
            "--rounds=1",
            "--round-millis=50",
            "--warm-up-millis=50",
            "--threads=1,3",
            A));
    assertEquals(3, out.toString().lines().count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:no:name",
        "x=jdbc:derby:memory:benchC --workload=none",
        "x=jdbc:derby:memory:benchC --rounds=0"
      })
  void wrongUsageIsRefusedBeforeAnythingRuns(String arguments) {
    assertEquals(2, run(arguments.split(" ", -1)));
    assertTrue(
        err.toString().contains("jdbc") || err.toString().contains("workload"), err.toString());
  }

  @Test
  void aDatabaseThatCannotBeReachedIsNoMeasurement() {
    assertEquals(2, run(A, "x=jdbc:none:at-all", "--workload=read", "--threads=1"));
    assertEquals("", out.toString());
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
    assertEquals(2.5, Report.median(List.of(4.0, 1.0, 2.0, 3.0)));
    assertEquals(2.0, Report.median(List.of(3.0, 1.0, 2.0)));
  }

  private int run(String... arguments) {
    return Bench.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
