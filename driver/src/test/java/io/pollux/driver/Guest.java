package io.pollux.driver;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Handler;
import java.util.logging.Logger;

/** An application: its class path is itself, the engine, and the driver's jar. See GuestTest. */
final class Guest {
  private static final long LONGEST_FAREWELL_MILLIS = 10_000;

  private Guest() {}

  /** What belongs to the application and not to its driver. */
  private record House(List<String> logging, List<String> providers, Set<Object> hooks) {
    /** Logging first: to ask it sets it up, with a hook of its own. */
    static House now() throws ReflectiveOperationException {
      return new House(
          Arrays.stream(Logger.getLogger("").getHandlers())
              .map(Handler::getClass)
              .map(Class::getName)
              .toList(),
          Arrays.stream(Security.getProviders()).map(Provider::getName).toList(),
          Set.copyOf(hooksOfTheProcess()));
    }

    private static Set<?> hooksOfTheProcess() throws ReflectiveOperationException {
      Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
      hooks.setAccessible(true);
      return ((Map<?, ?>) hooks.get(null)).keySet();
    }
  }

  /** Arguments: a directory for the database, and the file to report to. */
  public static void main(String[] arguments) throws Exception {
    String real = "derby:" + arguments[0] + "/app";
    DriverManager.getDriver("jdbc:derby:memory:x");
    House before = House.now();
    Set<Thread> threads = Set.copyOf(Thread.getAllStackTraces().keySet());
    List<String> report = new ArrayList<>();
    report.add("rows " + use("jdbc:pollux:" + real + ";create=true"));
    report.add("node " + Files.isDirectory(Path.of(arguments[0], "pollux-app")));
    House during = House.now();
    report.add("shutdown " + shutdown("jdbc:pollux:" + real + ";shutdown=true"));
    report.add("engine " + shutdown("jdbc:derby:;shutdown=true"));
    report.add("providers " + before.providers().equals(during.providers()));
    report.add(
        "hooks " + during.hooks().stream().filter(h -> !before.hooks().contains(h)).toList());
    report.add("logging " + before.logging().equals(during.logging()));
    report.add("threads " + left(threads));
    Files.write(Path.of(arguments[1]), report);
  }

  private static int use(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("create table t (id int primary key, v int)");
      statement.executeUpdate("insert into t (id, v) values (1, 1)");
      statement.executeUpdate("update t set v = 2 where v > 0");
      try (ResultSet rows = statement.executeQuery("select v from t")) {
        return rows.next() ? rows.getInt(1) : 0;
      }
    }
  }

  private static String shutdown(String url) {
    try {
      DriverManager.getConnection(url).close();
      return "nothing";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private static Set<String> left(Set<Thread> before) throws InterruptedException {
    Set<String> left = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!before.contains(thread)) {
        thread.join(LONGEST_FAREWELL_MILLIS);
        if (thread.isAlive()) {
          left.add(thread.getName());
        }
      }
    }
    return left;
  }
}
