package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding the driver, its properties, and which node a connection gets. */
class DriverTest {
  private RecordingNode node;
  private CaptureDriver driver;
  @TempDir private Path directory;

  @BeforeEach
  void openDatabase() throws Exception {
    node = new RecordingNode();
    driver = new CaptureDriver(node.registry);
  }

  private String url() {
    return node.url().replaceFirst("jdbc:", "jdbc:pollux:");
  }

  private static Properties properties(String key, String value) {
    Properties properties = new Properties();
    properties.setProperty(key, value);
    return properties;
  }

  @Test
  void theDriverIsFoundByTheServiceLoaderAndTheDriverManager() throws SQLException {
    assertTrue(
        ServiceLoader.load(Driver.class).stream()
            .anyMatch(provider -> provider.type().getName().equals(PolluxDriver.class.getName())));
    assertEquals(PolluxDriver.class, DriverManager.getDriver("jdbc:pollux:x:y").getClass());
    assertNull(new PolluxDriver().connect("jdbc:derby:memory:x", null));
  }

  @Test
  void theEntryClassRunsOnJava11() throws IOException {
    try (var in = PolluxDriver.class.getResourceAsStream("PolluxDriver.class")) {
      byte[] head = in.readNBytes(8);
      assertEquals(55, head[7], "the major version of a class for Java 11");
    }
  }

  @Test
  void anotherUrlIsNotOurs() throws SQLException {
    assertNull(driver.connect("jdbc:derby:memory:x", null));
  }

  @Test
  void aUrlWithoutDriverSaysSoInTheWordsOfJdbc() {
    SQLException error =
        assertThrows(SQLException.class, () -> driver.connect("jdbc:pollux:nix:x", null));
    assertEquals("08001", error.getSQLState());
    assertEquals("No suitable driver", error.getMessage());
  }

  @Test
  void anErrorOfTheRealDriverSurfacesUnchanged() {
    String missing = node.url() + "missing";
    SQLException theirs =
        assertThrows(SQLException.class, () -> DriverManager.getConnection(missing));
    SQLException ours =
        assertThrows(
            SQLException.class,
            () -> driver.connect(missing.replaceFirst("jdbc:", "jdbc:pollux:"), null));
    assertSame(theirs.getClass(), ours.getClass());
    assertEquals(theirs.getMessage(), ours.getMessage());
  }

  @Test
  void thePropertiesAreThoseOfTheRealDriverAndOurs() throws SQLException {
    List<String> names =
        Arrays.stream(driver.getPropertyInfo(url(), new Properties()))
            .map(info -> info.name)
            .toList();
    List<String> expected =
        new ArrayList<>(
            Arrays.stream(
                    DriverManager.getDriver(node.url())
                        .getPropertyInfo(node.url(), new Properties()))
                .map(info -> info.name)
                .toList());
    expected.addAll(List.of("pollux.dir", "pollux.commit"));
    assertEquals(expected, names);
    DriverPropertyInfo commit =
        Arrays.stream(driver.getPropertyInfo(url(), properties("pollux.commit", "async")))
            .filter(info -> info.name.equals("pollux.commit"))
            .findFirst()
            .orElseThrow();
    assertEquals("async", commit.value);
    assertEquals(4, commit.choices.length);
  }

  @Test
  void theCommitModeReachesTheGate() throws SQLException {
    driver.connect(url(), properties("pollux.commit", "durable")).close();
    assertEquals(List.of(properties("pollux.commit", "durable")), node.options);
  }

  @Test
  void oneNodeServesADirectoryHoweverItIsSpelled() throws Exception {
    Path link = directory.resolve("link");
    Files.createDirectories(directory.resolve("real"));
    Files.createSymbolicLink(link, directory.resolve("real"));
    for (String spelled :
        List.of(
            directory.resolve("real").toString(),
            link.toString(),
            directory.resolve("x/../real/").toString())) {
      driver.connect(url(), properties("pollux.dir", spelled)).close();
    }
    assertEquals(1, node.starts.get());
    driver.connect(url(), properties("pollux.dir", directory.resolve("b").toString())).close();
    assertEquals(2, node.starts.get());
  }

  @Test
  void deregisteringStopsTheNodesUnlessADataSourceHoldsThem() throws SQLException {
    try (PolluxDataSource source = new PolluxDataSource(node.registry)) {
      source.setUrl(url());
      source.getConnection().close();
      driver.connect(url(), null).close();
      driver.deregister();
      assertEquals(0, node.stops.get());
    }
    assertEquals(1, node.stops.get());
    driver.connect(url(), null).close();
    assertEquals(2, node.starts.get(), "a stopped node is started again");
  }

  @Test
  void aShutdownStopsTheNodeAndThenTheDatabase() throws SQLException {
    driver.connect(url(), null).close();
    SQLException down =
        assertThrows(SQLException.class, () -> driver.connect(url() + ";shutdown=true", null));
    assertEquals("08006", down.getSQLState());
    assertEquals(1, node.stops.get());
  }

  @Test
  void aDataSourceConnectsWithItsBeanProperties() throws SQLException {
    try (PolluxDataSource source = new PolluxDataSource(node.registry)) {
      assertThrows(SQLException.class, source::getConnection);
      source.setUrl(url());
      source.setUser("me");
      source.setPassword("secret");
      source.setDirectory(directory.toString());
      source.setCommit("applied");
      try (Connection connection = source.getConnection()) {
        assertEquals("me", connection.getMetaData().getUserName());
      }
      try (Connection connection = source.getConnection("you", "secret")) {
        assertEquals("you", connection.getMetaData().getUserName());
      }
      assertEquals("applied", node.options.get(0).getProperty("pollux.commit"));
      assertSame(source, source.unwrap(PolluxDataSource.class));
    }
  }

  @Test
  void aConnectionThatTheNodeRefusesLeavesNoneOfTheRealDriverOpen() throws Exception {
    NodeRegistry failing =
        new NodeRegistry(
            new NodeSource() {
              @Override
              public Path directory(String url, java.util.Optional<Path> configured) {
                return directory;
              }

              @Override
              public RunningNode start(Path at, String url, Properties properties)
                  throws SQLException {
                throw new SQLException("the directory is held", "08001");
              }
            });
    assertThrows(SQLException.class, () -> new CaptureDriver(failing).connect(url(), null));
    try (Connection bare = node.connectBare();
        Statement statement = bare.createStatement()) {
      statement.execute("create table t (id int)");
      statement.execute("drop table t");
    }
  }
}
