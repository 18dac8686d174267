package io.pollux.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** A contender with a connection for each thread that stays open for the whole run. */
final class Arm implements AutoCloseable {
  private static final int DIGITS = 3;

  /**
   * What one thread or all threads did in one round. Latencies are in nanoseconds.
   *
   * @param elapsedNanos until the copy had all of it as well, if the contender can tell
   * @param settleNanos the part of it that came after the last transaction
   * @param allocatedBytes on the threads of the application
   */
  record Tally(
      long transactions,
      long retries,
      long elapsedNanos,
      long settleNanos,
      long allocatedBytes,
      Histogram latencies) {
    double perSecond() {
      return transactions * 1e9 / elapsedNanos;
    }

    double settleMillis() {
      return settleNanos / 1e6;
    }

    double bytesPerTransaction() {
      return (double) allocatedBytes / transactions;
    }
  }

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final List<Connection> connections = new ArrayList<>();
  private final Optional<Connection> barrier;
  private final ExecutorService threads;

  Arm(Contender contender, int maxThreads) throws SQLException {
    this.name = contender.name();
    this.threads = Executors.newFixedThreadPool(maxThreads);
    try {
      for (int i = 0; i < maxThreads; i++) {
        connect(contender.url());
      }
      barrier =
          contender.barrier().isPresent()
              ? Optional.of(connect(contender.barrier().get()))
              : Optional.empty();
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  private Connection connect(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    connections.add(connection);
    connection.setAutoCommit(false);
    return connection;
  }

  String name() {
    return name;
  }

  void createTables() throws SQLException {
    Tables.create(connections.get(0));
  }

  void clearTables() throws SQLException {
    Tables.clear(connections.get(0));
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
    long allocated = 0;
    for (Future<Tally> each : running) {
      Tally tally = result(each, workload);
      transactions += tally.transactions();
      retries += tally.retries();
      allocated += tally.allocatedBytes();
      latencies.add(tally.latencies());
    }
    long last = System.nanoTime();
    if (barrier.isPresent()) {
      Workloads.touch(barrier.get());
    }
    long end = System.nanoTime();
    return new Tally(transactions, retries, end - start, end - last, allocated, latencies);
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
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
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
    allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    return new Tally(latencies.getTotalCount(), retries, 0, 0, allocated, latencies);
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
