package io.pollux.driver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of either process, or of both, at any time, as often as wanted (docs/testing.md). */
class KillCampaign {
  private static final int KILLS = Integer.getInteger("pollux.kills", 100);
  private static final TestEngine ENGINE =
      TestEngine.valueOf(System.getProperty("pollux.engine", "DERBY"));
  private static final long SEED = Long.getLong("pollux.seed", 1);

  /** After so many the databases are compared, and a new pair begins. */
  private static final int KILLS_OF_A_PAIR = 25;

  private static final int LONGEST_MILLIS = 1_500;

  @TempDir private Path root;

  @Test
  void whoIsKilledAtAnyTimeLosesNothing() throws Exception {
    Random random = new Random(SEED);
    for (int done = 0; done < KILLS; ) {
      Path place = Files.createDirectory(root.resolve("pair-" + done));
      try (KilledPair pair = new KilledPair(place, ENGINE)) {
        for (int i = 0; i < KILLS_OF_A_PAIR && done < KILLS; i++) {
          pair.awaitInSync();
          kill(pair, random);
          done++;
        }
        System.out.println(done + " kills on " + ENGINE + ": " + pair.judge());
      }
    }
  }

  private static void kill(KilledPair pair, Random random) throws Exception {
    String first = KilledPair.NODES.get(random.nextInt(2));
    boolean isForBoth = random.nextInt(4) == 0;
    pause(random);
    pair.kill(first);
    if (isForBoth) {
      pause(random);
      pair.kill(KilledPair.other(first));
    }
    pair.revive();
  }

  private static void pause(Random random) throws InterruptedException {
    boolean unused =
        new CountDownLatch(1).await(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
  }
}
