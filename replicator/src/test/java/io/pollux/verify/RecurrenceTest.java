package io.pollux.verify;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecurrenceTest {
  private static final TableName TABLE = new TableName("APP", "T");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Recurrence recurrence = new Recurrence();

  private boolean admits(int key, Instant at) {
    return recurrence.admits(TABLE, List.of(new SqlValue.Whole(key)), at);
  }

  @Test
  void aRowIsRepairedThreeTimesAnHour() {
    for (int i = 0; i < Recurrence.REPAIRS; i++) {
      assertTrue(admits(1, NOW.plusSeconds(i)));
    }
    assertFalse(admits(1, NOW.plusSeconds(10)));
    assertTrue(admits(2, NOW.plusSeconds(10)), "another row has nothing to do with it");
  }

  @Test
  void whatWasLongAgoDoesNotCount() {
    for (int i = 0; i < Recurrence.REPAIRS; i++) {
      assertTrue(admits(1, NOW));
    }
    assertTrue(admits(1, NOW.plus(Recurrence.WINDOW).plusSeconds(1)));
  }
}
