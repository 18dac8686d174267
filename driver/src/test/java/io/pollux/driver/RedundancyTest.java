package io.pollux.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Activity;
import io.pollux.runtime.Execution;
import io.pollux.runtime.Kept;
import io.pollux.runtime.Redundancy;
import io.pollux.runtime.Registration;
import io.pollux.runtime.RuntimeState;
import io.pollux.runtime.StateValue;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedundancyTest {
  @TempDir private Path directory;

  @Test
  void anApplicationGetsStateAndOperationsFromAnyOfItsConnections() throws Exception {
    StateValue value = new StateValue("1".getBytes(UTF_8), "text/plain");
    try (PolluxDataSource source = new PolluxDataSource()) {
      source.setUrl("jdbc:pollux:h2:" + directory.resolve("db"));
      Redundancy redundancy;
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        assertTrue(connection.isWrapperFor(Redundancy.class));
        redundancy = statement.unwrap(Redundancy.class);
      }
      assertTrue(redundancy.isActive());
      assertEquals(Activity.ACTIVE, redundancy.standing().activity());
      RuntimeState state = redundancy.state("alarms");
      assertEquals(Kept.HERE, state.publish("a", value).toCompletableFuture().get());
      assertEquals(Map.of("a", value), state.values());
      Registration echo = redundancy.register("echo", argument -> argument);
      Execution done = redundancy.execute("echo", value.bytes(), "key").get();
      assertEquals("1", new String(done.result(), UTF_8));
      assertEquals(Execution.Peer.NONE, done.peer());
      assertFalse(done.detail().isEmpty());
      echo.close();
    }
  }
}
