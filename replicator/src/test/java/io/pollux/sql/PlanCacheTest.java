package io.pollux.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PlanCacheTest {
  private static final CapturePlan PASS = new CapturePlan.Pass();

  @Test
  void aPlanIsFoundByTextAndSchema() {
    PlanCache cache = new PlanCache();
    cache.put("a", "S", 1, PASS);
    assertEquals(Optional.of(PASS), cache.get("a", "S", 1));
    assertEquals(Optional.empty(), cache.get("a", "OTHER", 1));
    assertEquals(Optional.empty(), cache.get("b", "S", 1));
  }

  @Test
  void aHigherSchemaVersionEmptiesItAndALowerOneKeepsNothing() {
    PlanCache cache = new PlanCache();
    cache.put("a", "S", 1, PASS);
    assertEquals(Optional.empty(), cache.get("a", "S", 2));
    cache.put("b", "S", 2, PASS);
    cache.put("a", "S", 1, PASS);
    assertEquals(Optional.empty(), cache.get("a", "S", 1));
    assertEquals(Optional.empty(), cache.get("a", "S", 2));
    assertEquals(Optional.of(PASS), cache.get("b", "S", 2));
  }

  @Test
  void itStaysWithinItsBounds() {
    PlanCache cache = new PlanCache(10, 100);
    for (int i = 0; i < 1_000; i++) {
      cache.put("statement " + i, "S", 1, PASS);
      assertTrue(cache.size() <= 10);
    }
    cache.put("x".repeat(101), "S", 1, PASS);
    assertEquals(Optional.empty(), cache.get("x".repeat(101), "S", 1));
  }
}
