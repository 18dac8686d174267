package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.FileDisk;
import io.pollux.log.LogReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayTest {
  @TempDir Path root;

  private Replay.Rebuilt replay(TestNodes nodes, String into, long until) throws Exception {
    Path work = Files.createTempDirectory(root, "work");
    NodeConfig config = ConfigFile.read(nodes.directory("a").resolve("pollux.yaml"));
    NodeConfig.Database database =
        new NodeConfig.Database(nodes.url(into), Optional.empty(), Optional.empty());
    return new Replay(config.group(), DatabaseAccess.of(database), work)
        .run(new LogReader(new FileDisk(nodes.directory("a").resolve("log"))), new Position(until));
  }

  @ParameterizedTest
  @EnumSource
  void aDatabaseIsRebuiltAsItWasAtAPositionWhileItsNodeRuns(TestEngine engine) throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String unused = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      for (int id = 0; id < 30; id++) {
        nodes.insert(a, "a", id, "first " + id);
      }
      long then = a.status().end();
      Map<Integer, String> expected = nodes.rows("a");
      for (int id = 30; id < 60; id++) {
        nodes.insert(a, "a", id, "second " + id);
      }
      a.freshStatus().get();
      Replay.Rebuilt first = replay(nodes, "r", then);
      assertEquals(Position.NONE, first.from());
      assertEquals(then, first.to().index());
      assertEquals(expected, nodes.rows("r"));
      Replay.Rebuilt rest = replay(nodes, "r", Long.MAX_VALUE - 1);
      assertEquals(then, rest.from().index());
      assertEquals(nodes.rows("a"), nodes.rows("r"));
    }
  }

  @Test
  void aCopyOfTheActiveDatabaseGoesOnWhereItEndsToTheCommitJustBeforeTheNodeClosed()
      throws Exception {
    TestNodes nodes = new TestNodes(root, TestEngine.H2);
    String unused = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.insert(a, "a", 1, "before the copy");
    }
    try (var files = Files.list(root)) {
      for (Path file :
          files.filter(path -> path.getFileName().toString().startsWith("db-a")).toList()) {
        Files.copy(file, root.resolve(file.getFileName().toString().replace("db-a", "db-c")));
      }
    }
    try (Node a = nodes.open("a")) {
      nodes.insert(a, "a", 2, "after the copy");
    }
    Replay.Rebuilt rebuilt = replay(nodes, "c", Long.MAX_VALUE - 1);
    assertTrue(rebuilt.to().isAfter(rebuilt.from()), rebuilt.toString());
    assertEquals(nodes.rows("a"), nodes.rows("c"));
  }

  @Test
  void aCopyOfAnotherGroupsDatabaseIsLeftAlone() throws Exception {
    TestNodes nodes = new TestNodes(root, TestEngine.H2);
    String unused = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
    }
    String other = nodes.init("x");
    assertTrue(other.length() > 20);
    nodes.open("x").close();
    PolluxException e = assertThrows(PolluxException.class, () -> replay(nodes, "x", 100));
    assertEquals(Reason.DATABASE_FOREIGN, e.reason());
  }
}
