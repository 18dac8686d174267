package io.pollux.samples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.quartz.Scheduler;
import org.quartz.utils.ConnectionProvider;

/** The tables of Quartz, created by the scripts in its own jar, and connections to them by URL. */
public final class QuartzStore {
  private static final String PACKAGE = "/org/quartz/impl/jdbcjobstore/";
  private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*(--|#).*$");

  private QuartzStore() {}

  /** Quartz makes one by its name and sets the properties of the data source. */
  public static final class Connections implements ConnectionProvider {
    private String url = "";
    private String user;
    private String password;

    public void setUrl(String url) {
      this.url = url;
    }

    public void setUser(String user) {
      this.user = user;
    }

    public void setPassword(String password) {
      this.password = password;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return open(url, user, password);
    }

    @Override
    public void initialize() {
      // DriverManager needs no preparation.
    }

    @Override
    public void shutdown() {
      // Quartz has closed each connection.
    }
  }

  /** Creates the tables unless they are there; returns the product's name in lower case. */
  static String createTables(String url, String user, String password)
      throws SQLException, IOException {
    try (Connection connection = open(url, user, password)) {
      String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
      if (!exists(connection)) {
        try (Statement statement = connection.createStatement()) {
          for (String sql : script(product)) {
            statement.execute(sql);
          }
        }
      }
      return product;
    }
  }

  static String delegate(String product) {
    return "org.quartz.impl.jdbcjobstore."
        + (product.contains("postgres")
            ? "PostgreSQLDelegate"
            : product.contains("hsql") ? "HSQLDBDelegate" : "StdJDBCDelegate");
  }

  private static Connection open(String url, String user, String password) throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  private static boolean exists(Connection connection) throws SQLException {
    for (String name : List.of("qrtz_job_details", "QRTZ_JOB_DETAILS")) {
      try (ResultSet tables = connection.getMetaData().getTables(null, null, name, null)) {
        if (tables.next()) {
          return true;
        }
      }
    }
    return false;
  }

  /** The statements that create; a fresh database has nothing to drop. */
  private static List<String> script(String product) throws IOException {
    String name = PACKAGE + "tables_" + engine(product) + ".sql";
    try (InputStream in = Scheduler.class.getResourceAsStream(name)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(COMMENT.matcher(text).replaceAll("").split(";", -1)).stream()
          .map(String::strip)
          .filter(
              sql ->
                  sql.toLowerCase(Locale.ROOT).startsWith("create")
                      || sql.toLowerCase(Locale.ROOT).startsWith("alter"))
          .toList();
    }
  }

  private static String engine(String product) {
    for (String engine : List.of("derby", "postgres", "h2")) {
      if (product.contains(engine)) {
        return engine;
      }
    }
    return "hsqldb";
  }
}
