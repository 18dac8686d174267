package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolluxUrlTest {
  private static Properties properties(String... pairs) {
    Properties properties = new Properties();
    for (int i = 0; i < pairs.length; i += 2) {
      properties.setProperty(pairs[i], pairs[i + 1]);
    }
    return properties;
  }

  @Test
  void theRealUrlIsTheRest() throws SQLException {
    assertEquals(
        "jdbc:derby:/data/app;create=true",
        PolluxUrl.parse("jdbc:pollux:derby:/data/app;create=true", null).real());
  }

  @Test
  void theRealDriverSeesAllPropertiesButOurs() throws SQLException {
    PolluxUrl url =
        PolluxUrl.parse(
            "jdbc:pollux:derby:app",
            properties(
                "user", "sa", "traceFile", "t", "pollux.dir", "d", "pollux.commit", "async"));
    assertEquals(properties("user", "sa", "traceFile", "t"), url.properties());
    assertEquals(properties("pollux.dir", "d", "pollux.commit", "async"), url.options());
  }

  @Test
  void ourPropertiesMayStandInTheUrl() throws SQLException {
    PolluxUrl url =
        PolluxUrl.parse(
            "jdbc:pollux:derby:app;pollux.dir=/n;create=true;pollux.commit=durable", null);
    assertEquals("jdbc:derby:app;create=true", url.real());
    assertEquals(properties("pollux.dir", "/n", "pollux.commit", "durable"), url.options());
  }

  @Test
  void anUnknownPropertyIsNamedWithTheKnownOnes() {
    SQLException error =
        assertThrows(
            SQLException.class,
            () -> PolluxUrl.parse("jdbc:pollux:derby:app", properties("pollux.dri", "d")));
    assertTrue(error.getMessage().contains("'pollux.dri'"), error.getMessage());
    assertTrue(error.getMessage().contains("pollux.dir, pollux.commit"), error.getMessage());
  }

  @Test
  void aWrongCommitModeIsNamedWithTheModes() {
    SQLException error =
        assertThrows(
            SQLException.class,
            () -> PolluxUrl.parse("jdbc:pollux:derby:app", properties("pollux.commit", "now")));
    assertTrue(
        error.getMessage().contains("async, received, durable, applied"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "derby", "derby:", ":", "//host/db", "jdbc"})
  void garbageIsRefusedWithTheFormThatIsWanted(String rest) {
    SQLException error =
        assertThrows(SQLException.class, () -> PolluxUrl.parse("jdbc:pollux:" + rest, null));
    assertEquals("08001", error.getSQLState());
    assertTrue(error.getMessage().contains("jdbc:pollux:<rest of the real URL>"));
  }

  @Test
  void theDirectoryComesFromTheConnectionThenTheSystemThenTheEnvironment() throws SQLException {
    PolluxUrl with = PolluxUrl.parse("jdbc:pollux:derby:app", properties("pollux.dir", "c"));
    PolluxUrl without = PolluxUrl.parse("jdbc:pollux:derby:app", null);
    Properties system = properties("pollux.dir", "s");
    Map<String, String> environment = Map.of("POLLUX_DIR", "e");
    assertEquals(Optional.of(Path.of("c")), with.directory(system, environment));
    assertEquals(Optional.of(Path.of("s")), without.directory(system, environment));
    assertEquals(Optional.of(Path.of("e")), without.directory(new Properties(), environment));
    assertEquals(Optional.empty(), without.directory(new Properties(), Map.of()));
  }

  @Test
  void aShutdownIsSeenInTheUrlAndInTheProperties() throws SQLException {
    assertTrue(PolluxUrl.parse("jdbc:pollux:derby:app;shutdown=true", null).isShutdown());
    assertTrue(
        PolluxUrl.parse("jdbc:pollux:derby:app", properties("shutdown", "true")).isShutdown());
    assertFalse(PolluxUrl.parse("jdbc:pollux:derby:app;shutdown=truest", null).isShutdown());
    PolluxUrl engine = PolluxUrl.parse("jdbc:pollux:derby:;shutdown=true", null);
    assertTrue(engine.isShutdown());
    assertFalse(engine.namesDatabase());
    assertTrue(PolluxUrl.parse("jdbc:pollux:derby:app;shutdown=true", null).namesDatabase());
  }
}
