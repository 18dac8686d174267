package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pollux.env.FailPoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes die where it hurts most, and the promises hold (docs/testing.md). */
class KillTest {
  private static final int LATEST = 20;
  private static final String ROLL = "log.afterRoll";

  @TempDir private Path root;

  /** The process in which the point lies halts there, and comes back. */
  @ParameterizedTest
  @EnumSource(names = {"DERBY", "POSTGRESQL"})
  void aProcessThatHaltsAtAnyPointLosesNothing(TestEngine engine) throws Exception {
    Random random = new Random(7);
    try (KilledPair pair = new KilledPair(root, engine)) {
      for (String point : points()) {
        String active = pair.active();
        String halting = isOfBackup(point) ? KilledPair.other(active) : active;
        boolean isRare = point.startsWith("recovery.") || point.equals(ROLL);
        pair.command(halting, point + "=halt@" + (isRare ? 1 : 1 + random.nextInt(LATEST)));
        if (point.equals(ROLL)) {
          pair.command(halting, "large");
        } else if (point.startsWith("recovery.")) {
          pair.kill(active);
        }
        assertEquals(FailPoints.HALTED, pair.death(halting), point + " was not reached");
        pair.revive();
      }
      System.out.println("halted at each point on " + engine + ": " + pair.judge());
    }
  }

  /** What needs a large log comes last: each copy takes longer then. */
  private static List<String> points() {
    List<String> points = new ArrayList<>(FailPoints.ALL);
    points.remove(ROLL);
    points.add(ROLL);
    return points;
  }

  private static boolean isOfBackup(String point) {
    return point.startsWith("apply.")
        || point.startsWith("recovery.")
        || point.equals("link.beforeReceipt");
  }
}
