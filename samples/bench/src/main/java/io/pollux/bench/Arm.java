package io.pollux.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** One URL under a name, with a connection for each thread that stays open for the whole run. */
final class Arm implements AutoCloseable {
  private static final int DIGITS = 3;

  /** What one thread or all threads did in one round. Latencies are in nanoseconds. */
  record Tally(long transactions, long retries, long elapsedNanos, Histogram latencies) {
    double perSecond() {
      return transactions * 1e9 / elapsedNanos;
    }
  }

  private final String name;
  private final List<Connection> connections = new ArrayList<>();
  private final ExecutorService threads;

  Arm(String name, String url, int maxThreads) throws SQLException {
    this.name = name;
    this.threads = Executors.newFixedThreadPool(maxThreads);
    try {
      for (int i = 0; i < maxThreads; i++) {
        Connection connection = DriverManager.getConnection(url);
        connections.add(connection);
        connection.setAutoCommit(false);
      }
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  void createTables() throws SQLException {
    Tables.create(connections.get(0));
  }

  /** Runs a workload on {@code count} threads until {@code length} is over. */
  Tally round(Workload workload, int count, Duration length, long seed)
      throws SQLException, InterruptedException {
    long start = System.nanoTime();
    List<Future<Tally>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Connection connection = connections.get(i);
      SplittableRandom random = new SplittableRandom(seed * 1000 + i);
      running.add(
          threads.submit(() -> work(workload, connection, random, start + length.toNanos())));
    }
    Histogram latencies = new Histogram(DIGITS);
    long transactions = 0;
    long retries = 0;
    for (Future<Tally> each : running) {
      Tally tally = result(each, workload);
      transactions += tally.transactions();
      retries += tally.retries();
      latencies.add(tally.latencies());
    }
    return new Tally(transactions, retries, System.nanoTime() - start, latencies);
  }

  private Tally result(Future<Tally> future, Workload workload)
      throws SQLException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new SQLException(
          "arm " + name + ", workload " + workload.title() + ": " + e.getCause().getMessage(),
          e.getCause());
    }
  }

  private static Tally work(
      Workload workload, Connection connection, SplittableRandom random, long deadline)
      throws SQLException {
    Histogram latencies = new Histogram(DIGITS);
    long retries = 0;
    long begun = System.nanoTime();
    while (begun - deadline < 0) {
      if (transaction(workload, connection, random)) {
        long now = System.nanoTime();
        latencies.recordValue(now - begun);
        begun = now;
      } else if (System.nanoTime() - deadline < 0) {
        retries++;
      } else {
        break;
      }
    }
    return new Tally(latencies.getTotalCount(), retries, 0, latencies);
  }

  /** Returns false if the database refused it because of another one. */
  private static boolean transaction(
      Workload workload, Connection connection, SplittableRandom random) throws SQLException {
    try {
      workload.run(connection, random);
      connection.commit();
      return true;
    } catch (SQLException e) {
      connection.rollback();
      if (isConflict(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isConflict(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("40")
        || state.equals("HYT00")
        || String.valueOf(e.getMessage()).contains("SQLITE_BUSY");
  }

  @Override
  public void close() throws SQLException {
    threads.shutdownNow();
    for (Connection connection : connections) {
      connection.rollback();
      connection.close();
    }
  }
}
