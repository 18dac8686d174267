package io.pollux.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two servers, and two more of which one streams to the other. */
final class PostgresDatabases implements Engine.Databases {
  /** Values of {@code synchronous_commit}. */
  private static final List<String> STREAMING = List.of("local", "on", "remote_apply");

  private final Workshop workshop;
  private EmbeddedPostgres here;
  private EmbeddedPostgres there;

  PostgresDatabases(Workshop workshop) {
    this.workshop = workshop;
  }

  @Override
  public String url(String name, boolean onOtherMachine) throws IOException, SQLException {
    EmbeddedPostgres server = onOtherMachine ? there() : here();
    try (Connection connection =
            DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    return server.getJdbcUrl("postgres", name);
  }

  private EmbeddedPostgres here() throws IOException {
    if (here == null) {
      here = workshop.keep(server("here").start());
    }
    return here;
  }

  private EmbeddedPostgres there() throws IOException {
    if (there == null) {
      there = workshop.keep(server("there").start());
    }
    return there;
  }

  private EmbeddedPostgres.Builder server(String name) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(workshop.path("postgresql-" + name))
        .setCleanDataDirectory(false)
        .setPGStartupWait(Duration.ofMinutes(1))
        .setServerConfig("max_connections", "300")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on");
  }

  @Override
  public List<Contender> peers() throws IOException, SQLException {
    server("from").start().close(); // Creates its files.
    Path from = workshop.path("postgresql-from");
    Path to = workshop.path("postgresql-to");
    Workshop.copy(from, to);
    int port = Workshop.freePort();
    EmbeddedPostgres running = workshop.keep(server("from").setPort(port).start());
    Files.writeString(to.resolve("standby.signal"), "");
    Files.writeString(
        to.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres'\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    workshop.keep(server("to").start());
    String url = running.getJdbcUrl("postgres", "postgres");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
      statement.execute("SELECT pg_reload_conf()");
    }
    List<Contender> contenders = new ArrayList<>();
    for (String commit : STREAMING) {
      contenders.add(
          new Contender(
              "streaming " + commit, with(url, commit), Optional.of(with(url, "remote_apply"))));
    }
    return contenders;
  }

  private static String with(String url, String commit) {
    return url + "&options=-c%20synchronous_commit=" + commit;
  }
}
