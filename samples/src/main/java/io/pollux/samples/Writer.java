package io.pollux.samples;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Writes rows one after the other for ever, and prints each that was acknowledged, with the time.
 * Where it can't write it tries again, as a client of a pair does.
 */
@Command(
    name = "writer",
    mixinStandardHelpOptions = true,
    description = "Writes rows for ever and prints which were acknowledged, and when.")
public final class Writer implements Callable<Integer> {
  private static final long PAUSE_MILLIS = 5;

  @Parameters(paramLabel = "URL", description = "JDBC URL of the database.")
  private String url;

  @Option(names = "--name", required = true, description = "What its rows are called.")
  private String name;

  @Option(names = "--create", description = "Create the table first.")
  private boolean create;

  private final CountDownLatch never = new CountDownLatch(1);
  private String lastTrouble = "";

  public static void main(String[] arguments) {
    System.exit(Program.of(new Writer()).execute(arguments));
  }

  @Override
  public Integer call() {
    long first = System.currentTimeMillis();
    long number = 0;
    while (true) {
      try (Connection connection = DriverManager.getConnection(url)) {
        if (create) {
          createTable(connection);
        }
        connection.setAutoCommit(false);
        while (true) {
          pause();
          number++;
          write(connection, name + "-" + first + "-" + number);
        }
      } catch (SQLException e) {
        tell(e);
        pause();
      }
    }
  }

  /** Derby interrupts whoever is in a database that a copy replaces (docs/engine-derby.md). */
  private void pause() {
    try {
      boolean unused = never.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      System.err.println("interrupted, and goes on");
    }
  }

  private static void createTable(Connection connection) throws SQLException {
    try (ResultSet found = connection.getMetaData().getTables(null, null, "WRITTEN", null);
        Statement statement = connection.createStatement()) {
      if (!found.next()) {
        statement.execute(
            "CREATE TABLE written (id VARCHAR(80) NOT NULL PRIMARY KEY, millis BIGINT)");
      }
    }
  }

  private static void write(Connection connection, String id) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO written (id, millis) VALUES (?, ?)")) {
      insert.setString(1, id);
      insert.setLong(2, System.currentTimeMillis());
      insert.executeUpdate();
      connection.commit();
    }
    System.out.println(id + " " + System.currentTimeMillis());
    System.out.flush();
  }

  /** Each trouble once, until it is another one. */
  private void tell(SQLException trouble) {
    String text = trouble.getSQLState() + " " + trouble.getMessage();
    if (!text.equals(lastTrouble)) {
      lastTrouble = text;
      System.err.println(text);
    }
  }
}
