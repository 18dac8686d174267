package io.pollux.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Epoch;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.env.FakeClock;
import io.pollux.env.FakeLoop;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SlotPoolTest {
  private final List<Integer> created = new ArrayList<>();
  private final SlotPool pool = pool(Set.of(1));

  private SlotPool pool(Set<Integer> armed) {
    CommitOrder order =
        new CommitOrder(new Epoch(1), 1, new FakeLoop(new FakeClock()), record -> Position.NONE);
    SlotRows rows =
        new SlotRows() {
          @Override
          public void create(int slot) {
            created.add(slot);
          }

          @Override
          public Stamp lockedStamp(int slot) {
            return Stamp.NONE;
          }
        };
    return new SlotPool(
        order, rows, "a", new SlotTexts("", Optional.empty(), failure -> false), armed);
  }

  private static CompletableFuture<Void> commit(SlotPool.Row row) {
    CompletableFuture<Void> forced = new CompletableFuture<>();
    row.nextForced(forced);
    return forced;
  }

  @Test
  void aConnectionStaysWithOneSlotWhileTheDiskKeepsUp() throws SQLException {
    SlotPool.Lease lease = pool.lend();
    for (int i = 0; i < 20; i++) {
      SlotPool.Row row = lease.next();
      assertEquals(1, row.number());
      commit(row).complete(null);
    }
    assertEquals(List.of(), created);
  }

  @Test
  void aSlotWhoseRecordIsNotOnDiskIsNotWrittenAgain() throws SQLException {
    SlotPool.Lease lease = pool.lend();
    CompletableFuture<Void> first = commit(lease.next());
    Set<Integer> taken = new TreeSet<>(Set.of(1));
    for (int i = 1; i < SlotPool.MOST_ROWS; i++) {
      SlotPool.Row row = lease.next();
      assertTrue(row.forced().isDone());
      taken.add(row.number());
      CompletableFuture<Void> unused = commit(row);
    }
    assertEquals(SlotPool.MOST_ROWS, taken.size());
    assertFalse(lease.next().forced().isDone(), "whoever writes it has to wait");
    first.complete(null);
    assertEquals(1, lease.next().number());
  }

  @Test
  void aSlotIsLentToOthersWhenItsRecordIsOnDisk() throws SQLException {
    SlotPool.Lease lease = pool.lend();
    CompletableFuture<Void> forced = commit(lease.next());
    lease.close();
    assertEquals(2, pool.lend().next().number());
    forced.complete(null);
    assertEquals(1, pool.lend().next().number());
  }
}
