package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.codec.wire.DigestResult;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SweepTest {
  @TempDir Path root;

  private static void bypass(TestNodes nodes, String name, String... statements) throws Exception {
    try (Connection connection = nodes.connect(name);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsThatAnotherToolChangedAreFoundByTheirKeysAndMadeEqual(TestEngine engine)
      throws Exception {
    TestNodes nodes = new TestNodes(root, engine);
    String token = nodes.init("a");
    try (Node a = nodes.open("a")) {
      nodes.createTable(a, "a");
      nodes.join("b", token);
      try (Node b = nodes.open("b")) {
        TestNodes.awaitInSync(a, b);
        for (int id = 1; id <= 600; id++) {
          nodes.insert(a, "a", id, "value " + id);
        }
        TestNodes.awaitInSync(a, b);
        bypass(
            nodes,
            "b",
            "UPDATE T SET V = 'other' WHERE ID = 500",
            "DELETE FROM T WHERE ID = 1",
            "INSERT INTO T (ID, V) VALUES (9999, 'more')");
        List<DigestResult> found = a.verify().get();
        assertEquals(1, found.size(), () -> found.toString());
        assertFalse(found.get(0).getEqual());
        for (String key : List.of("(500)", "(1)", "(9999)")) {
          assertTrue(found.get(0).getDetail().contains(key), found.get(0)::getDetail);
        }
        assertEquals(nodes.rows("a"), nodes.rows("b"), found::toString);
        assertTrue(a.verify().get().get(0).getEqual());
      }
    }
  }
}
