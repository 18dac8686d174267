package io.pollux.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Epoch;
import io.pollux.core.Position;
import io.pollux.engine.Dialect;
import io.pollux.engine.Dialects;
import io.pollux.node.NodeDatabase.Owner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever opens the database while a copy replaces it has the copy, not what was there before. */
class ReplacingTest {
  private static final Properties NONE = new Properties();

  @TempDir private Path root;

  /** What a restore does instead of its work, or before it. */
  @FunctionalInterface
  private interface Meanwhile {
    boolean isRestored() throws Exception;
  }

  private NodeDatabase database(TestEngine engine, String node, Meanwhile meanwhile)
      throws Exception {
    String url = engine.create(root.resolve(node));
    Dialect dialect = Dialects.forUrl(url);
    Dialect watched =
        (Dialect)
            Proxy.newProxyInstance(
                Dialect.class.getClassLoader(),
                new Class<?>[] {Dialect.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("restore") && !meanwhile.isRestored()) {
                    return null;
                  }
                  try {
                    return method.invoke(dialect, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    NodeDatabase database = new NodeDatabase(url, NONE, watched);
    database.open(true);
    database.adopt(new Owner("g", "i", node, 0, new Epoch(1)));
    return database;
  }

  private Path copyOf(NodeDatabase database) throws Exception {
    Path copy = root.resolve("copy");
    try (Connection connection = database.connect()) {
      database.dialect().backup(connection, copy);
    }
    return copy;
  }

  @ParameterizedTest
  @EnumSource
  void whoOpensItMeanwhileWaits(TestEngine engine) throws Exception {
    NodeDatabase sender = database(engine, "sender", () -> true);
    AtomicReference<NodeDatabase> receiver = new AtomicReference<>();
    AtomicReference<Connection> opened = new AtomicReference<>();
    Thread application = new Thread(() -> opened.set(openedBare(receiver.get())));
    receiver.set(
        database(
            engine,
            "receiver",
            () -> {
              application.start();
              Awaitility.await().until(() -> application.getState() == Thread.State.WAITING);
              return true;
            }));
    receiver.get().replace(copyOf(sender));
    application.join(Duration.ofSeconds(30).toMillis());
    try (Connection connection = opened.get();
        var statement = connection.createStatement();
        var row = statement.executeQuery(receiver.get().dialect().systemTables().readNode())) {
      assertTrue(row.next());
      assertEquals("sender", row.getString(3));
    }
    close(sender, receiver.get());
  }

  private static Connection openedBare(NodeDatabase database) {
    try {
      return database.open(() -> DriverManager.getConnection(database.url()));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDatabaseThatIsNotTheCopyIsNotTaken(TestEngine engine) throws Exception {
    NodeDatabase sender = database(engine, "sender", () -> true);
    NodeDatabase receiver = database(engine, "receiver", () -> false);
    receiver.replace(copyOf(sender));
    Owner own = new Owner("g", "i", "receiver", 0, new Epoch(1));
    SQLException e = assertThrows(SQLException.class, () -> receiver.claim(own, Position.NONE));
    assertTrue(e.getMessage().contains("is not the copy"), e.getMessage());
    close(sender, receiver);
  }

  private static void close(NodeDatabase... databases) throws SQLException {
    for (NodeDatabase each : databases) {
      each.shutdown();
    }
  }
}
