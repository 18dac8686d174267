package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A pool over us, as most applications have it. */
class PoolTest {
  private static final int THREADS = 4;
  private static final int WRITES = 25;

  private final RecordingNode node = new RecordingNode();

  PoolTest() throws Exception {
    node.prepare("create table t (id int primary key, v int)");
  }

  private HikariDataSource pool(PolluxDataSource source) {
    source.setUrl(node.url().replaceFirst("jdbc:", "jdbc:pollux:"));
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(THREADS);
    config.setAutoCommit(false);
    return new HikariDataSource(config);
  }

  @Test
  void pooledWritesAreCapturedAndTheSlotsAreGivenBack() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (PolluxDataSource source = new PolluxDataSource(node.registry);
        HikariDataSource pool = pool(source)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * WRITES;
        running.add(threads.submit(() -> write(pool, first)));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(THREADS * WRITES, node.gate.drafts().size());
    assertEquals(List.of("" + THREADS * WRITES), node.rows("select count(*) from t"));
    assertEquals(0, node.gate.openSlots());
    assertEquals(1, node.stops.get());
  }

  private static Void write(HikariDataSource pool, int first) throws SQLException {
    for (int id = first; id < first + WRITES; id++) {
      try (Connection connection = pool.getConnection();
          PreparedStatement insert = connection.prepareStatement("insert into t values (?, 0)")) {
        insert.setInt(1, id);
        insert.executeUpdate();
        connection.commit();
      }
    }
    return null;
  }

  @Test
  void aConnectionThatIsReturnedWithOpenWorkIsRolledBack() throws SQLException {
    try (PolluxDataSource source = new PolluxDataSource(node.registry);
        HikariDataSource pool = pool(source)) {
      try (Connection connection = pool.getConnection();
          PreparedStatement insert = connection.prepareStatement("insert into t values (1, 0)")) {
        insert.executeUpdate();
      }
      try (Connection connection = pool.getConnection()) {
        assertNotNull(connection.getMetaData());
        connection.commit();
      }
    }
    assertEquals(List.of(), node.rows("select * from t"));
    assertEquals(List.of(), node.gate.drafts());
  }
}
