package io.pollux.node;

import io.pollux.commit.Draft;
import io.pollux.commit.LocalCommit;
import io.pollux.commit.Slot;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.PolluxException;
import io.pollux.core.SqlValue;
import io.pollux.core.SyncState;
import io.pollux.env.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;

/** A pair on real databases in one JVM, and an application that captures by hand. */
final class TestNodes {
  private final Path root;
  private final TestEngine engine;
  private final Map<String, String> urls = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();

  TestNodes(Path root, TestEngine engine) {
    this.root = root;
    this.engine = engine;
  }

  String url(String name) throws SQLException {
    if (!urls.containsKey(name)) {
      urls.put(name, engine.create(root.resolve("db-" + name)));
    }
    return urls.get(name);
  }

  Path directory(String name) {
    return root.resolve("node-" + name);
  }

  String init(String name) throws PolluxException, IOException, SQLException {
    return new Setup(new SystemClock()).init(plan(name), Duration.ofHours(1));
  }

  void join(String name, String token) throws PolluxException, IOException, SQLException {
    new Setup(new SystemClock()).join(plan(name), token);
  }

  private Setup.Plan plan(String name) throws IOException, SQLException {
    return new Setup.Plan(
        directory(name),
        name,
        "127.0.0.1:" + freePort(),
        new NodeConfig.Database(url(name), Optional.empty(), Optional.empty()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** In the configuration of every node opened from now on. */
  void setting(String key, String value) {
    settings.put(key, value);
  }

  private void configure(Path file) throws IOException {
    String text = Files.readString(file);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      text =
          text.replaceAll(
              "(?m)^" + setting.getKey() + ": .*$", setting.getKey() + ": " + setting.getValue());
    }
    Files.writeString(file, text);
  }

  Node open(String name) throws PolluxException, IOException {
    NodeDirectory directory = NodeDirectory.lock(directory(name));
    configure(directory.configFile());
    NodeConfig config = ConfigFile.read(directory.configFile());
    return Node.open(
        new Node.NodeSetup(
            directory, config, DatabaseAccess.of(config.database()), false, command -> {}));
  }

  Connection connect(String name) throws SQLException {
    Connection connection = java.sql.DriverManager.getConnection(url(name));
    connection.setAutoCommit(false);
    return connection;
  }

  void createTable(Node node, String name) throws SQLException {
    String sql = "CREATE TABLE T (ID INT NOT NULL PRIMARY KEY, V VARCHAR(32000))";
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      commit(node, connection, new Change.Ddl(engine.schema, sql));
    }
  }

  void insert(Node node, String name, int id, String value) throws SQLException {
    write(
        node,
        name,
        "INSERT INTO T (ID, V) VALUES (?, ?)",
        new SqlValue.Whole(id),
        new SqlValue.Text(value));
  }

  void update(Node node, String name, int id, String value) throws SQLException {
    write(
        node,
        name,
        "UPDATE T SET V = ? WHERE ID = ?",
        new SqlValue.Text(value),
        new SqlValue.Whole(id));
  }

  private void write(Node node, String name, String sql, SqlValue... values) throws SQLException {
    try (Connection connection = connect(name);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        node.dialect().bind(statement, i + 1, values[i]);
      }
      statement.executeUpdate();
      commit(
          node,
          connection,
          new Change.Statement(
              engine.schema,
              engine.table(),
              sql,
              List.of(new Change.ParameterSet(List.of(values), 1))));
    }
  }

  static void commit(Node node, Connection connection, Change change) throws SQLException {
    try (Slot slot = node.gate().openSlot()) {
      node.gate()
          .commit(
              slot,
              new Draft(Client.UNKNOWN, List.of(change)),
              new LocalCommit() {
                @Override
                public Connection connection() {
                  return connection;
                }

                @Override
                public void commit() throws SQLException {
                  connection.commit();
                }

                @Override
                public void rollback() throws SQLException {
                  connection.rollback();
                }
              });
    }
  }

  Map<Integer, String> rows(String name) throws SQLException {
    TreeMap<Integer, String> rows = new TreeMap<>();
    try (Connection connection = connect(name)) {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery("SELECT ID, V FROM T")) {
        while (result.next()) {
          rows.put(result.getInt(1), result.getString(2));
        }
      }
      connection.rollback();
    }
    return rows;
  }

  /** What the engine called the constraints to which nobody gave a name. */
  Set<String> inventedNames(String name) throws SQLException {
    TreeSet<String> names = new TreeSet<>();
    try (Connection connection = connect(name)) {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(engine.constraints)) {
        while (result.next()) {
          names.add(result.getString(1));
        }
      }
      connection.rollback();
    }
    return names;
  }

  static void awaitConnected(Node... all) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              for (Node node : all) {
                if (node.status().peer().orElseThrow().link() != NodeStatus.Link.CONNECTED) {
                  return false;
                }
              }
              return true;
            });
  }

  static void awaitInSync(Node... nodes) {
    for (Node node : nodes) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> node.freshStatus().get(), status -> status.sync() == SyncState.IN_SYNC);
    }
  }
}
