package io.pollux.env;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Places where a test stops the process or makes a step fail. Free when off.
 *
 * <p>{@code -Dpollux.failpoints=log.afterWrite=halt,log.afterForce=throw@3} arms two of them: the
 * first halts the JVM without any clean-up, the second throws when it is reached for the third
 * time; {@code hang} never returns. With {@code -Dpollux.failpoints=} alone they are armed later,
 * by {@link #arm}. {@code -Dpollux.failpoints.list=FILE} appends each point that was reached to a
 * file, a line each.
 */
public final class FailPoints {
  /** Every point there is. */
  public static final List<String> ALL =
      List.of(
          "log.beforeWrite",
          "log.afterWrite",
          "log.afterForce",
          "log.afterRoll",
          "commit.beforeLocal",
          "commit.afterLocal",
          "commit.beforePrepared",
          "commit.afterPrepared",
          "commit.beforeAnswer",
          "link.beforeShip",
          "link.afterShip",
          "link.beforeReceipt",
          "apply.beforeGroup",
          "apply.beforeCommit",
          "apply.afterCommit",
          "recovery.beforeDecide",
          "recovery.afterDecide",
          "recovery.afterArm",
          "recovery.beforeOpen");

  /** Exit code of a JVM that a point halted. */
  public static final int HALTED = 86;

  private static final boolean ON =
      System.getProperty("pollux.failpoints") != null
          || System.getProperty("pollux.failpoints.list") != null;

  private FailPoints() {}

  /** Does what {@code name} is armed with; nothing in production. */
  public static void hit(String name) {
    if (ON) {
      Armed.INSTANCE.reach(name);
    }
  }

  /**
   * Arms more of them, while the process runs; counting begins anew. Any thread.
   *
   * @throws IllegalStateException if the process was started without points
   */
  public static void arm(String spec) {
    if (!ON) {
      throw new IllegalStateException("start the process with -Dpollux.failpoints=");
    }
    Armed.INSTANCE.add(spec);
  }

  /** Loaded only when points are on. */
  private static final class Armed {
    static final Armed INSTANCE = new Armed();

    private final Map<String, String> actions = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> reached = new ConcurrentHashMap<>();
    private final Optional<Path> list =
        Optional.ofNullable(System.getProperty("pollux.failpoints.list")).map(Path::of);

    Armed() {
      add(System.getProperty("pollux.failpoints", ""));
    }

    void add(String spec) {
      for (String part : spec.isEmpty() ? new String[0] : spec.split(",", -1)) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? part : part.substring(0, equals);
        String action = part.substring(equals + 1);
        if (!ALL.contains(name) || !action.matches("(halt|throw|hang)(@[1-9][0-9]*)?")) {
          throw new IllegalArgumentException(
              "pollux.failpoints has '" + part + "'; it must be NAME=halt|throw|hang[@N]");
        }
        reached.remove(name);
        actions.put(name, action);
      }
    }

    void reach(String name) {
      if (!ALL.contains(name)) {
        throw new IllegalStateException("fail point " + name + " is not in FailPoints.ALL");
      }
      int times = reached.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
      if (times == 1 && list.isPresent()) {
        record(list.get(), name);
      }
      String[] action = actions.getOrDefault(name, "none").split("@", 2);
      if (action.length == 1 || Integer.parseInt(action[1]) == times) {
        perform(action[0], name);
      }
    }

    private static void perform(String action, String name) {
      switch (action) {
        case "halt" -> Runtime.getRuntime().halt(HALTED);
        case "throw" -> throw new IllegalStateException("fail point " + name);
        case "hang" -> {
          while (true) {
            LockSupport.park();
          }
        }
        default -> {} // only counted
      }
    }

    private static void record(Path file, String name) {
      try {
        Files.writeString(
            file,
            name + "\n",
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException("the fail point list " + file + " can't be written", e);
      }
    }
  }
}
