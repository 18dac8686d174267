package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.commit.Draft;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threads that contend on few rows with statements of every kind, at each isolation level: what is
 * logged gives a second database the same rows to the last bit. {@code -Dpollux.storm.seconds=N} is
 * the time for one engine, {@code -Dpollux.seed=S} gives another storm.
 */
class StormTest {
  private static final System.Logger LOG = System.getLogger(StormTest.class.getName());
  private static final int SECONDS = Integer.getInteger("pollux.storm.seconds", 60);
  private static final long SEED = Long.getLong("pollux.seed", 1);
  private static final int THREADS = 4;

  /** So many transactions of each thread, then both databases are compared. */
  private static final int ROUND = 60;

  private static final long LONGEST_ROUND_NANOS = 5_000_000_000L;

  private static final int[] LEVELS = {
    Connection.TRANSACTION_READ_COMMITTED,
    Connection.TRANSACTION_REPEATABLE_READ,
    Connection.TRANSACTION_SERIALIZABLE
  };

  private final Map<String, AtomicInteger> refused = new ConcurrentSkipListMap<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  /** The engine said in this round that it failed inside: after that its rows may be any. */
  private volatile boolean isBroken;

  /** All, or those of {@code -Dpollux.storm.engines=H2,SQLITE}. */
  private static Stream<TestEngine> engines() {
    String chosen = System.getProperty("pollux.storm.engines");
    return chosen == null
        ? Stream.of(TestEngine.values())
        : Stream.of(chosen.split(",", -1)).map(TestEngine::valueOf);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatIsLoggedGivesTheSameRows(TestEngine engine) throws Exception {
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    long seed = SEED;
    int broken = 0;
    do {
      isBroken = false;
      int level = LEVELS[Math.floorMod(seed, LEVELS.length)];
      String what = engine + " at level " + level + ": -Dpollux.seed=" + seed;
      RecordingNode source = database(engine);
      RecordingNode target = database(engine);
      target.standBy();
      storm(engine, seed, () -> leveled(source.connect(), level), null);
      if (isBroken) {
        broken++;
      } else {
        compare(source, target, engine + "-" + seed, what);
        source.end();
      }
      target.end();
      seed++;
    } while (System.nanoTime() < end);
    LOG.log(
        System.Logger.Level.INFO,
        "storm on {0}: {1} rounds, {2} of them given up because the engine failed inside,"
            + " {3} transactions, {4} failed statements, refused {5}",
        engine,
        seed - SEED,
        broken,
        done,
        failed,
        refused);
    assertTrue(done.get() > ROUND / 4, "only " + done + " transactions got through");
    assertTrue(broken <= (seed - SEED) / 4, broken + " rounds given up");
  }

  private static void compare(RecordingNode source, RecordingNode target, String name, String what)
      throws SQLException, IOException {
    boolean equal = false;
    try {
      assertEquals(List.of(), Replay.run(target, source.gate.drafts()), what);
      assertEquals(rows(source), rows(target), what);
      equal = true;
    } finally {
      if (!equal) {
        keep(name, source.gate.drafts());
      }
    }
  }

  /** Otherwise the storm could not fail. */
  @ParameterizedTest
  @EnumSource
  void theTextsInCommitOrderWouldNotDoThat(TestEngine engine) throws Exception {
    boolean differed = false;
    for (long seed = SEED; !differed && seed < SEED + 10; seed++) {
      RecordingNode source = database(engine);
      RecordingNode target = database(engine);
      List<Storm.Step> texts = new ArrayList<>();
      storm(engine, seed, () -> leveled(source.connectBare(), LEVELS[0]), texts);
      try (Connection connection = target.connectBare()) {
        for (Storm.Step step : texts) {
          again(connection, step);
        }
      }
      differed = !rows(source).equals(rows(target));
      source.end();
      target.end();
    }
    assertTrue(differed, "the storm can't fail");
  }

  private static void again(Connection connection, Storm.Step step) {
    try {
      step.run(connection);
    } catch (SQLException e) {
      assertNotEquals("", e.toString()); // It ran before: that it fails now is a difference.
    }
  }

  /** What was logged, for whoever looks for the reason. */
  private static void keep(String name, List<Draft> drafts) throws IOException {
    Path file = Path.of("target", "storm-" + name + ".txt");
    Files.writeString(
        file,
        drafts.stream()
            .map(draft -> String.join("\n", Described.changes(draft.changes())))
            .collect(Collectors.joining("\n--\n")));
    LOG.log(System.Logger.Level.ERROR, "what was logged is in {0}", file.toAbsolutePath());
  }

  private static RecordingNode database(TestEngine engine) throws Exception {
    RecordingNode node = new RecordingNode(engine.create());
    node.prepare(Storm.schema(engine).toArray(String[]::new));
    node.prepare(engine.shortWaits().toArray(String[]::new));
    return node;
  }

  private static Connection leveled(Connection connection, int level) throws SQLException {
    if (connection.getMetaData().supportsTransactionIsolationLevel(level)) {
      connection.setTransactionIsolation(level);
    }
    connection.setAutoCommit(false);
    return connection;
  }

  /** {@code texts}: what ran, in the order of the commits; null if nobody wants to know. */
  private void storm(
      TestEngine engine, long seed, Callable<Connection> connections, List<Storm.Step> texts)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CompletionService<Void> running = new ExecutorCompletionService<>(threads);
    long end = System.nanoTime() + LONGEST_ROUND_NANOS;
    try {
      for (int thread = 0; thread < THREADS; thread++) {
        Storm storm = new Storm(engine, seed * THREADS + thread);
        running.submit(
            () -> {
              try (Connection connection = connections.call()) {
                for (int i = 0; i < ROUND && System.nanoTime() < end; i++) {
                  transaction(engine, connection, storm, texts);
                }
              }
              return null;
            });
      }
      for (int thread = 0; thread < THREADS; thread++) {
        await(running);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * The next thread that ends: one that failed tells more than those that wait for it. What waits
   * for a part of the engine that failed may wait forever.
   */
  private void await(CompletionService<Void> running) throws Exception {
    Future<Void> ended = running.poll(isBroken ? 10 : 60, TimeUnit.SECONDS);
    if (ended != null) {
      ended.get();
    } else if (!isBroken) {
      throw new IllegalStateException("a thread hangs:\n" + stacks());
    }
  }

  private static String stacks() {
    return Arrays.stream(
            ManagementFactory.getThreadMXBean().dumpAllThreads(true, true, Integer.MAX_VALUE))
        .filter(thread -> thread.getThreadName().startsWith("pool-"))
        .map(StormTest::stack)
        .collect(Collectors.joining("\n"));
  }

  private static String stack(ThreadInfo thread) {
    return Stream.of(thread.getStackTrace())
        .map(frame -> "    at " + frame)
        .collect(
            Collectors.joining(
                "\n",
                "%s %s, waits for %s of %s\n"
                    .formatted(
                        thread.getThreadName(),
                        thread.getThreadState(),
                        thread.getLockInfo(),
                        thread.getLockOwnerName()),
                "\n"));
  }

  private void transaction(
      TestEngine engine, Connection connection, Storm storm, List<Storm.Step> texts)
      throws SQLException {
    List<Storm.Step> ran = new ArrayList<>();
    int steps = storm.between(1, 6);
    for (int i = 0; i < steps; i++) {
      Storm.Step step = storm.next();
      try {
        step.run(connection);
        ran.add(step);
      } catch (SQLException e) {
        if (!expected(engine, e)) {
          connection.rollback();
          return;
        }
      }
    }
    end(engine, connection, storm, ran, texts);
  }

  private void end(
      TestEngine engine,
      Connection connection,
      Storm storm,
      List<Storm.Step> ran,
      List<Storm.Step> texts)
      throws SQLException {
    if (storm.chance(12)) {
      connection.rollback();
      return;
    }
    if (texts != null) {
      synchronized (texts) {
        texts.addAll(ran);
      }
    }
    try {
      connection.commit();
      done.incrementAndGet();
    } catch (SQLException e) {
      noteDefect(engine, e);
      assertTrue(isBroken || engine.mayFail(e), () -> "a commit failed: " + e);
      connection.rollback();
    }
  }

  private void noteDefect(TestEngine engine, SQLException e) {
    if (engine.failedInside(e)) {
      isBroken = true;
    }
  }

  /** Whether the transaction goes on. */
  private boolean expected(TestEngine engine, SQLException e) {
    if ("0A000".equals(e.getSQLState())) {
      String what = e.getMessage().replaceAll("[0-9]+", "n");
      refused.computeIfAbsent(what, first -> new AtomicInteger()).incrementAndGet();
      return engine.goesOnAfter(e) && !e.getMessage().contains("rolled back");
    }
    noteDefect(engine, e);
    assertTrue(isBroken || engine.mayFail(e), () -> "unexpected: " + e.getSQLState() + " " + e);
    failed.incrementAndGet();
    return engine.goesOnAfter(e);
  }

  private static Map<String, List<String>> rows(RecordingNode node) throws SQLException {
    Map<String, List<String>> tables = new TreeMap<>();
    try (Connection connection = node.connectBare();
        Statement statement = connection.createStatement()) {
      for (String table : Storm.tables()) {
        List<String> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery("select * from " + table)) {
          while (result.next()) {
            rows.add(row(result));
          }
        }
        rows.sort(null);
        tables.put(table, rows);
      }
    }
    return tables;
  }

  private static String row(ResultSet result) throws SQLException {
    StringBuilder row = new StringBuilder();
    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
      row.append(i == 1 ? "" : " | ").append(exact(result, i));
    }
    return row.toString();
  }

  /** A large value can be read only once. */
  private static String exact(ResultSet result, int column) throws SQLException {
    int type = result.getMetaData().getColumnType(column);
    if (type == Types.CLOB) {
      return String.valueOf(result.getString(column));
    } else if (type == Types.BLOB || type == Types.BINARY) {
      byte[] bytes = result.getBytes(column);
      return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
    } else if (result.getObject(column) instanceof Double number) {
      return Long.toHexString(Double.doubleToRawLongBits(number));
    }
    return String.valueOf(result.getString(column));
  }
}
