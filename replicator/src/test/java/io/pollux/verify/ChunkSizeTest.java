package io.pollux.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ChunkSizeTest {
  private static ChunkSize settled(long nanosForOneRow) {
    ChunkSize size = ChunkSize.FIRST;
    for (int i = 0; i < 20; i++) {
      size = size.after(size.rows(), size.rows() * nanosForOneRow);
    }
    return size;
  }

  @Test
  void rangesTakeAQuarterOfASecondHoweverFastTheEngineIs() {
    assertEquals(25_000, settled(10_000).rows(), 10);
    assertEquals(2_500, settled(100_000).rows(), 10);
  }

  @Test
  void theyAreNeverTooSmallAndNeverTooLarge() {
    assertTrue(settled(1_000_000_000).rows() >= 100);
    assertTrue(settled(1).rows() <= 200_000);
  }

  @Test
  void theEndOfATableSaysNothing() {
    assertEquals(ChunkSize.FIRST, ChunkSize.FIRST.after(3, 1));
  }
}
