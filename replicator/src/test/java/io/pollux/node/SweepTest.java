package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.codec.wire.DigestResult;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody changed without Pollux is found and made equal, while the application writes. */
class SweepTest {
  private static final int ROUNDS = 5;

  /** {@code -Dpollux.corruptions=N} makes it longer. */
  private static final int CORRUPTIONS = Integer.getInteger("pollux.corruptions", 200) / ROUNDS;

  /** Rows that only a corruption changes; the application has others. */
  private static final int STILL = 2 * ROUNDS * CORRUPTIONS;

  private static final int BUSY = 50;

  @TempDir Path root;

  private static void bypass(TestNodes nodes, String name, String... statements) throws Exception {
    Awaitility.await()
        .ignoreExceptionsMatching(SQLException.class::isInstance) // Somebody else's lock.
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              try (Connection connection = nodes.connect(name)) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                  for (String sql : statements) {
                    statement.execute(sql);
                  }
                }
                connection.commit();
                return true;
              }
            });
  }

  /** Writes until it is told to stop. */
  private static CompletableFuture<Void> load(TestNodes nodes, Node node, AtomicBoolean stop) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            for (int i = 0; !stop.get(); i++) {
              nodes.update(node, "a", STILL + 1 + i % BUSY, "busy " + i);
              nodes.insert(node, "a", 1_000_000 + i, "new " + i);
            }
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Statements that make one row differ, or two. */
  private static List<String> corruption(Random random, int id, int other) {
    return switch (random.nextInt(4)) {
      case 0 -> List.of("UPDATE T SET V = 'valud " + id + "' WHERE ID = " + id);
      case 1 -> List.of("DELETE FROM T WHERE ID = " + id);
      case 2 -> List.of("INSERT INTO T (ID, V) VALUES (" + -id + ", 'one more')");
      default ->
          List.of(
              "UPDATE T SET V = 'value " + other + "' WHERE ID = " + id,
              "UPDATE T SET V = 'value " + id + "' WHERE ID = " + other);
    };
  }

  private static long differing(Node node) throws Exception {
    return node.status().tables().stream().mapToLong(NodeStatus.Compared::differing).sum();
  }

  @ParameterizedTest
  @EnumSource
  void allThatIsCorruptedUnderLoadIsFoundByOneSweepAndMadeEqual(TestEngine engine)
      throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      for (int id = 1; id <= STILL + BUSY; id++) {
        bypassInsert(nodes, id);
      }
      nodes.join("b", token);
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> load = load(nodes, a, stop);
        try {
          for (int clean = 0; clean < 3; clean++) {
            a.verify().get();
            assertEquals(0, differing(a), "a false alarm");
          }
          corrupt(nodes, a);
        } finally {
          stop.set(true);
        }
        load.get();
        TestNodes.awaitInSync(a, b);
        assertEquals(nodes.rows("a"), nodes.rows("b"));
        assertTrue(a.verify().get().stream().allMatch(DigestResult::getEqual));
      }
    }
  }

  /** Before a backup has joined nothing needs to be logged. */
  private static void bypassInsert(TestNodes nodes, int id) throws Exception {
    if (id % 100 == 1) {
      List<String> rows = new ArrayList<>();
      for (int row = id; row < id + 100 && row <= STILL + BUSY; row++) {
        rows.add("INSERT INTO T (ID, V) VALUES (" + row + ", 'value " + row + "')");
      }
      bypass(nodes, "a", rows.toArray(String[]::new));
    }
  }

  private static void corrupt(TestNodes nodes, Node a) throws Exception {
    long seed = Long.getLong("pollux.seed", 2026);
    Random random = new Random(seed);
    List<Integer> ids = new ArrayList<>(IntStream.rangeClosed(1, STILL).boxed().toList());
    Collections.shuffle(ids, random);
    for (int round = 0; round < ROUNDS; round++) {
      List<String> onBackup = new ArrayList<>();
      List<String> onActive = new ArrayList<>();
      int differ = 0;
      for (int i = 0; i < CORRUPTIONS; i++) {
        List<String> statements = corruption(random, ids.remove(0), ids.remove(0));
        (random.nextInt(5) == 0 ? onActive : onBackup).addAll(statements);
        differ += statements.size();
      }
      bypass(nodes, "b", onBackup.toArray(String[]::new));
      bypass(nodes, "a", onActive.toArray(String[]::new));
      List<DigestResult> found = a.verify().get();
      assertFalse(found.stream().allMatch(DigestResult::getEqual), "seed " + seed);
      assertEquals(differ, differing(a), "seed " + seed + ": " + a.status().tables());
      List<DigestResult> again = a.verify().get();
      assertTrue(again.stream().allMatch(DigestResult::getEqual), () -> "seed " + seed + again);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableThatSomebodyMadeOnTheBackupIsFoundAndLeadsToACopy(TestEngine engine) throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        bypass(nodes, "b", "CREATE TABLE FOREIGNER (ID INT)", "CREATE INDEX OTHER ON T (V)");
        List<DigestResult> found = a.verify().get();
        assertEquals(
            2, found.stream().filter(result -> !result.getEqual()).count(), found::toString);
        TestNodes.awaitInSync(a, b);
        Awaitility.await()
            .ignoreExceptions()
            .atMost(Duration.ofSeconds(30))
            .until(() -> a.verify().get().stream().allMatch(DigestResult::getEqual));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "DERBY")
  void aRowThatSomebodyKeepsChangingBecomesAnAlarmAndNoLoop(TestEngine engine) throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.insert(a, "a", 1, "value 1");
      nodes.join("b", token);
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        for (int i = 0; i < 4; i++) {
          bypass(nodes, "b", "UPDATE T SET V = 'mine' WHERE ID = 1");
          a.verify().get();
        }
        NodeStatus.Compared table = a.status().tables().get(0);
        assertEquals("ALARM", table.state(), table::toString);
        assertEquals("mine", nodes.rows("b").get(1), "it is left alone");
      }
    }
  }
}
