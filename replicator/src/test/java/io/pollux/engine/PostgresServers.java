package io.pollux.engine;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One real server for all tests of this JVM; each asks for databases of its own. */
public final class PostgresServers {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private PostgresServers() {}

  private static final class Shared {
    private static final EmbeddedPostgres SERVER = start();

    /** It ends with the JVM. */
    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The URL of a new and empty database; its user owns it and may do nothing beside it. */
  public static String database() throws SQLException {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection =
            DriverManager.getConnection(Shared.SERVER.getJdbcUrl("postgres", "postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE " + name + " LOGIN");
      statement.execute("CREATE DATABASE " + name + " OWNER " + name);
    }
    return Shared.SERVER.getJdbcUrl(name, name);
  }
}
