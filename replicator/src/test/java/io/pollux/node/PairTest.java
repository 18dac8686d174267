package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.codec.wire.DigestResult;
import io.pollux.core.Activity;
import io.pollux.pair.PairEvent;
import java.nio.file.Path;
import java.sql.SQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairTest {
  @TempDir Path root;

  @ParameterizedTest
  @EnumSource
  void aBackupGetsACopyAndThenEveryCommit(TestEngine engine) throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.insert(a, "a", 1, "before the backup came");
      nodes.join("b", token);
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        for (int id = 2; id < 200; id++) {
          nodes.insert(a, "a", id, "value " + id);
        }
        TestNodes.awaitInSync(a, b);
        assertEquals(nodes.rows("a"), nodes.rows("b"));
        assertTrue(a.verify().get().stream().allMatch(DigestResult::getEqual));
        assertEquals(1, b.verify().get().size());
        assertEquals(Activity.WARM, b.status().activity());
        SQLException refused =
            assertThrows(SQLException.class, () -> nodes.insert(b, "b", 1000, "not here"));
        assertEquals("25006", refused.getSQLState());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBackupThatWasAwayCatchesUpFromTheLog(TestEngine engine) throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
      }
      long end = a.status().end();
      for (int id = 0; id < 50; id++) {
        nodes.insert(a, "a", id, "while the backup was away");
      }
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        assertEquals(nodes.rows("a"), nodes.rows("b"));
        assertTrue(b.status().end() > end);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPromotedBackupCarriesOnAndTheFormerMasterCatchesUpBehindIt(TestEngine engine)
      throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    Node a = nodes.open("a");
    nodes.createTable(a, "a");
    nodes.join("b", token);
    try (Node b = nodes.open("b")) {
      TestNodes.awaitInSync(a, b);
      nodes.insert(a, "a", 1, "by a");
      TestNodes.awaitInSync(a, b);
      a.close();
      b.command(new PairEvent.PromoteAsked(false, "test")).get();
      assertEquals(Activity.ACTIVE, b.status().activity());
      nodes.insert(b, "b", 2, "by b");
      try (Node again = nodes.open("a")) {
        TestNodes.awaitInSync(b, again);
        assertEquals(Activity.WARM, again.status().activity());
        assertEquals(nodes.rows("b"), nodes.rows("a"));
        assertEquals(2, again.status().epoch());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "DERBY")
  void namesThatTheEngineInventedAreMadeEqualAlsoIfTheActiveNodeGoesInTheMiddle(TestEngine engine)
      throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    Node a = nodes.open("a");
    nodes.join("b", token);
    try (Node b = nodes.open("b")) {
      TestNodes.awaitInSync(a, b);
      nodes.createTable(a, "a");
      for (int id = 0; b.freshStatus().get().copy().isEmpty(); id++) {
        assertTrue(id < 20_000, "no copy was asked for");
        nodes.insert(a, "a", id, "x".repeat(10_000));
      }
      a.close();
      try (Node again = nodes.open("a")) {
        TestNodes.awaitInSync(again, b);
        assertEquals(nodes.inventedNames("a"), nodes.inventedNames("b"));
        assertEquals(nodes.rows("a"), nodes.rows("b"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBackupTakesOverByItselfWhenTheActiveNodeStopsAndDoesNotComeBack(TestEngine engine)
      throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    nodes.setting("availability", "CONSISTENT");
    nodes.setting("failoverTimeout", "500ms");
    String token = nodes.init("a");
    Node a = nodes.open("a");
    nodes.createTable(a, "a");
    nodes.join("b", token);
    Awaitility.await().until(() -> a.freshStatus().get().peer().isPresent());
    SQLException alone =
        assertThrows(SQLException.class, () -> nodes.insert(a, "a", 0, "without a backup"));
    assertEquals("HYT00", alone.getSQLState());
    try (Node b = nodes.open("b")) {
      TestNodes.awaitInSync(a, b);
      nodes.insert(a, "a", 1, "by a");
      a.close();
      Awaitility.await().until(() -> b.freshStatus().get().activity() == Activity.ACTIVE);
      assertEquals(2, b.status().epoch());
      assertEquals(nodes.rows("a"), nodes.rows("b"));
    }
  }
}
