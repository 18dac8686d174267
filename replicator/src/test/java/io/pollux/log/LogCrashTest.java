package io.pollux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.MemoryDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Cuts the power at every write and force, in every way in which writes can be lost or torn. */
class LogCrashTest {
  /** What the log may contain after a crash: at least to the floor, at most what was appended. */
  private static final class World {
    final LogFixture fixture = new LogFixture(new MemoryDisk(), LogFixture.SETTINGS);
    final List<String> appended = new ArrayList<>();
    final Random random;

    /** Forced, so that it survives everything. */
    long floor;

    /** Written, so that it survives until the power fails. */
    long written;

    World(long seed) {
      random = new Random(seed);
    }

    /** Returns whether the log is open; it is not when the power failed meanwhile. */
    boolean open() throws PolluxException {
      try {
        fixture.open();
      } catch (PolluxException e) {
        assertEquals(Reason.DISK_ERROR, e.reason(), e.getMessage());
        return false;
      }
      long head = fixture.log.head().position().index();
      long least = Math.max(floor, written);
      assertTrue(head >= least, "forced or written up to " + least + ", back up to " + head);
      assertTrue(head <= appended.size(), "appended " + appended.size() + ", back " + head);
      long first = fixture.log.first().index();
      assertEquals(appended.subList((int) first - 1, (int) head), fixture.seen);
      assertTrue(new LogReader(fixture.disk).verify().finding().isEmpty());
      appended.subList((int) head, appended.size()).clear();
      floor = head;
      written = head;
      return true;
    }

    void crash() {
      if (random.nextInt(4) == 0) {
        fixture.disk.processDies();
      } else {
        losePower(random);
      }
    }

    void losePower(Random tear) {
      fixture.disk.crash(tear);
      written = floor;
    }

    void work(int steps) throws PolluxException {
      for (int i = 0; i < steps && fixture.log.acceptsNew(); i++) {
        step();
        if (fixture.failures.isEmpty()) {
          floor = Math.max(floor, fixture.log.forced().index());
          written = fixture.log.written().index();
        }
      }
      fixture.failures.clear();
    }

    private void step() throws PolluxException {
      int dice = random.nextInt(40);
      if (dice == 0) {
        fixture.log.purgeBefore(new Position(random.nextInt(appended.size() + 1)));
      } else if (dice == 1) {
        truncate();
      } else if (dice < 20) {
        append();
      } else {
        fixture.loop.runOne();
      }
    }

    private void append() throws PolluxException {
      int size = random.nextInt(10) == 0 ? 1 + random.nextInt(3000) : 1 + random.nextInt(300);
      String body = Character.toString('a' + random.nextInt(26)).repeat(size);
      appended.add(fixture.append(body) + "=" + body);
    }

    private void truncate() throws PolluxException {
      long first = fixture.log.first().index();
      long to = first - 1 + random.nextInt((int) (appended.size() - first + 2));
      boolean[] done = {false};
      fixture.log.truncateAfter(new Position(to), () -> done[0] = true);
      floor = Math.min(floor, to);
      written = floor;
      fixture.loop.runUntilIdle();
      assertEquals(fixture.failures.isEmpty(), done[0]);
      if (done[0]) {
        appended.subList((int) to, appended.size()).clear();
        floor = to;
      }
    }
  }

  @Test
  void whateverACrashLeavesForcedRecordsAreThereAndNothingElse() throws PolluxException {
    for (long seed = 0; seed < 4000; seed++) {
      try {
        World world = new World(seed);
        for (int round = 0; round < 4; round++) {
          world.fixture.disk.cutPowerAt(1 + world.random.nextInt(120));
          if (world.open()) {
            world.work(150);
          }
          world.crash();
        }
        assertTrue(world.open(), "with power it opens");
      } catch (AssertionError | IllegalStateException | PolluxException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void atEveryBoundaryOfOneRunEveryTearIsSurvived() throws PolluxException {
    World dry = new World(7);
    assertTrue(dry.open());
    long before = dry.fixture.disk.operations();
    dry.work(300);
    long operations = dry.fixture.disk.operations() - before;
    assertTrue(operations > 100, operations + " operations");
    for (long cut = 1; cut <= operations; cut++) {
      for (int tear = 0; tear < 12; tear++) {
        try {
          World world = new World(7);
          assertTrue(world.open());
          world.fixture.disk.cutPowerAt(cut);
          world.work(300);
          world.losePower(new Random(tear));
          assertTrue(world.open());
        } catch (AssertionError | IllegalStateException | PolluxException e) {
          throw new AssertionError("cut at " + cut + ", tear " + tear, e);
        }
      }
    }
  }

  @Test
  void aForceThatFailedAndIsForgottenByTheSystemIsRepairedWhenTheLogIsOpened()
      throws PolluxException {
    LogFixture fixture = LogFixture.opened();
    fixture.appendForced(3);
    fixture.disk.failForce(1);
    fixture.append("written, not forced");
    fixture.loop.runUntilIdle();
    fixture.disk.forgetUnforced();
    fixture.open(); // the process starts again, the machine runs on
    assertEquals(4, fixture.log.head().position().index());
    fixture.appendForced(1);
    fixture.disk.crash(new Random(0));
    fixture.open();
    assertEquals(5, fixture.log.head().position().index());
  }
}
