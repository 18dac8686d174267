package io.pollux.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailPointsTest {
  @TempDir private Path directory;

  /** Runs in a JVM of its own, because points are armed when the class is loaded. */
  static final class Program {
    private Program() {}

    public static void main(String[] points) {
      for (String point : points) {
        if (point.contains("=")) {
          FailPoints.arm(point);
        } else {
          FailPoints.hit(point);
        }
      }
    }
  }

  private int run(String armed, String... points) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dpollux.failpoints=" + armed,
                "-Dpollux.failpoints.list=" + directory.resolve("list"),
                Program.class.getName()));
    command.addAll(List.of(points));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return process.exitValue();
  }

  private String file(String name) throws IOException {
    return Files.readString(directory.resolve(name), StandardCharsets.UTF_8);
  }

  @Test
  void aPointHaltsTheProcessAtTheToldTime() throws Exception {
    int exit =
        run(
            "log.afterWrite=halt@2",
            "log.afterWrite",
            "log.beforeWrite",
            "log.afterWrite",
            "log.afterForce");
    assertEquals(FailPoints.HALTED, exit);
    assertEquals("log.afterWrite\nlog.beforeWrite\n", file("list"));
  }

  @Test
  void aPointThrows() throws Exception {
    assertEquals(1, run("log.afterForce=throw", "log.beforeWrite", "log.afterForce"));
    assertTrue(file("out").contains("fail point log.afterForce"), file("out"));
  }

  @Test
  void aPointThatIsNotOnTheListIsRefused() throws Exception {
    assertEquals(1, run("", "nobody.knows"));
    assertTrue(file("out").contains("nobody.knows is not in FailPoints.ALL"), file("out"));
    assertEquals(1, run("nobody.knows=halt", "log.afterForce"));
    assertTrue(file("out").contains("pollux.failpoints has 'nobody.knows=halt'"), file("out"));
    assertEquals(1, run("log.afterForce=explode", "log.beforeWrite"));
    assertTrue(file("out").contains("it must be NAME=halt|throw|hang[@N]"), file("out"));
  }

  @Test
  void aPointIsArmedWhileTheProcessRuns() throws Exception {
    assertEquals(
        FailPoints.HALTED,
        run("", "log.afterWrite", "log.afterWrite=halt@2", "log.afterWrite", "log.afterWrite"));
    assertThrows(IllegalStateException.class, () -> FailPoints.arm("log.afterWrite=halt"));
  }

  @Test
  void pointsThatAreNotArmedDoNothing() throws Exception {
    assertEquals(0, run("log.afterForce=halt@2", FailPoints.ALL.toArray(String[]::new)));
    assertEquals(String.join("\n", FailPoints.ALL) + "\n", file("list"));
  }
}
