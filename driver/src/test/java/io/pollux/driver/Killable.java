package io.pollux.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pollux.env.FailPoints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An application that is killed: some threads write one transaction after the other through the
 * wrapper, or try to, and print what they were told of each before they begin the next. What it
 * reads are fail points to arm, {@code large}, after which its rows are, and {@code quiet}, after
 * which it writes no more; at the end of its input it ends as an application does.
 */
final class Killable {
  static final int THREADS = 3;
  private static final int PAUSE_MILLIS = 10;
  private static final byte[] SMALL = new byte[20];
  private static final byte[] LARGE = new byte[1 << 20];

  private static volatile byte[] data = SMALL;
  private static volatile boolean quiet;

  private Killable() {}

  /** The URL, a name that no other process has, and the type of bytes if the tables are missing. */
  public static void main(String[] arguments) throws IOException, SQLException {
    if (arguments.length > 2) {
      create(arguments[0], arguments[2]);
    }
    for (int i = 0; i < THREADS; i++) {
      // One of them in the other order of log and database.
      String url = arguments[0] + (i == 0 ? ";pollux.commit=durable" : "");
      new Thread(new Writer(url, arguments[1] + "-" + i + "-"), "writer-" + i).start();
    }
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.equals("large")) {
        data = LARGE;
      } else if (line.equals("quiet")) {
        quiet = true;
      } else {
        FailPoints.arm(line);
      }
    }
    System.exit(0);
  }

  private static void create(String url, String binary) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table item (id varchar(80) not null primary key, data " + binary + ")");
      statement.execute("create table total (id int not null primary key, n int not null)");
      statement.execute("insert into total values (1, 0)");
    }
  }

  private static final class Writer implements Runnable {
    private final String url;
    private final String prefix;
    private Connection connection;
    private final CountDownLatch never = new CountDownLatch(1);
    private int number;

    Writer(String url, String prefix) {
      this.url = url;
      this.prefix = prefix;
    }

    @Override
    public void run() {
      while (!quiet) {
        transaction();
        pause();
      }
      say("quiet");
    }

    /** Derby interrupts whoever is in a database that a copy replaces (docs/engine-derby.md). */
    private void pause() {
      try {
        boolean unused = never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        say("trouble interrupted");
      }
    }

    private void transaction() {
      try {
        if (connection == null) {
          connection = DriverManager.getConnection(url);
          connection.setAutoCommit(false);
        }
        write();
      } catch (SQLException e) {
        say("trouble " + e.getSQLState() + " " + e.getMessage());
        close();
      }
    }

    private void write() throws SQLException {
      String id = prefix + ++number;
      boolean asked = false;
      try (PreparedStatement insert =
              connection.prepareStatement("insert into item (id, data) values (?, ?)");
          PreparedStatement count =
              connection.prepareStatement("update total set n = n + 1 where id = 1")) {
        insert.setString(1, id);
        insert.setBytes(2, data);
        insert.executeUpdate();
        count.executeUpdate();
        asked = true;
        connection.commit();
        say("ok " + id);
      } catch (SQLException e) {
        boolean isUnknown = asked && String.valueOf(e.getSQLState()).startsWith("08");
        say((isUnknown ? "unknown " : "no ") + id);
        throw e;
      }
    }

    private static synchronized void say(String line) {
      System.out.println(line.lines().findFirst().orElse(""));
      System.out.flush();
    }

    private void close() {
      try (Connection old = connection) {
        connection = null;
        if (old != null) {
          old.rollback();
        }
      } catch (SQLException e) {
        say("trouble " + e.getMessage());
      }
    }
  }
}
