package io.pollux.engine;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** URLs of the engine, and the file behind them (docs/engine-sqlite.md). */
final class SqliteFiles {
  private static final String PREFIX = "jdbc:sqlite:";
  private static final String COPY = "database.db";

  /** Says whether the file may be created; the second is: open for reading and writing. */
  private static final String OPEN_MODE = "open_mode";

  private static final String EXISTING = OPEN_MODE + "=2";

  /** Attributes that change what is stored or what a commit promises: the value allowed. */
  private static final Map<String, String> LIMITED =
      Map.of(
          "journal_mode", "wal",
          "locking_mode", "normal",
          "read_uncommitted", "false",
          "shared_cache", "false",
          "date_class", "integer",
          "date_precision", "milliseconds",
          "encoding", "utf-8",
          "case_sensitive_like", "false",
          "recursive_triggers", "false",
          "jdbc.explicit_readonly", "false");

  private SqliteFiles() {}

  static boolean accepts(String url) {
    return url.startsWith(PREFIX);
  }

  static String openUrl(String url) {
    String created = createUrl(url);
    return created + (created.contains("?") ? "&" : "?") + EXISTING;
  }

  static String createUrl(String url) {
    String[] parts = url.split("\\?", 2);
    List<String> kept = new ArrayList<>();
    for (String attribute : attributes(parts)) {
      if (!key(attribute).equals(OPEN_MODE)) {
        kept.add(attribute);
      }
    }
    return kept.isEmpty() ? parts[0] : parts[0] + "?" + String.join("&", kept);
  }

  private static List<String> attributes(String[] parts) {
    return parts.length == 1 || parts[1].isEmpty() ? List.of() : List.of(parts[1].split("&"));
  }

  private static String key(String attribute) {
    return attribute.split("=", 2)[0].trim().toLowerCase(Locale.ROOT);
  }

  /** The database's file. */
  static Optional<Path> path(String url) throws PolluxException {
    String[] parts = url.split("\\?", 2);
    for (String attribute : attributes(parts)) {
      check(attribute);
    }
    String name = parts[0].substring(PREFIX.length());
    boolean plain = !name.isBlank() && !name.startsWith(":") && !name.startsWith("file:");
    if (!plain) {
      throw new PolluxException(
          Reason.ENGINE_UNSUPPORTED,
          "the URL "
              + parts[0]
              + " names no plain file, and each connection to a database in memory has its own;"
              + " write "
              + PREFIX
              + "PATH");
    }
    return Optional.of(Path.of(name).toAbsolutePath().normalize());
  }

  private static void check(String attribute) throws PolluxException {
    String[] pair = attribute.split("=", 2);
    String value = pair.length < 2 ? "" : pair[1].trim().toLowerCase(Locale.ROOT);
    String allowed = LIMITED.get(key(attribute));
    if (allowed != null && !allowed.equals(value)) {
      throw new PolluxException(
          Reason.BAD_URL,
          "the attribute "
              + key(attribute)
              + " of the URL changes what is stored or promised in a way that can't be captured;"
              + " leave it out or set it to "
              + allowed);
    }
  }

  /**
   * With a write-ahead log the node's reads are in nobody's way; without one they would make
   * commits fail.
   */
  static void makeDurable(Connection connection) throws SQLException {
    String mode = single(connection, "PRAGMA journal_mode = WAL");
    if (!mode.equals("wal")) {
      throw new SQLException(
          "the database can't be given a write-ahead log, its journal mode is "
              + mode
              + "; close what else has the file open, and put it on a local file system",
          "0A000");
    }
  }

  private static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getString(1) : "";
    }
  }

  /** One read transaction of the engine sees all of it. */
  static void backup(Connection connection, Path target) throws SQLException {
    try {
      Files.createDirectories(target);
    } catch (IOException e) {
      throw new SQLException("backup to " + target + " failed: " + e, "58030", e);
    }
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(true);
    try {
      execute(connection, "VACUUM INTO " + literal(target.resolve(COPY)));
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }

  /**
   * Writes the copy into the database in one transaction: whoever has the file open goes on with
   * what is new, and a crash leaves all of the former or all of the new.
   */
  static void restore(Path backup, Path database, String url, Properties properties)
      throws IOException, SQLException {
    Path copy = backup.resolve(COPY);
    if (Files.exists(copy)) {
      Files.createDirectories(database.getParent());
      try (Connection connection = DriverManager.getConnection(createUrl(url), properties)) {
        takePageSize(connection, copy);
        execute(connection, "restore from " + literal(copy));
        makeDurable(connection);
      }
      Files.delete(copy);
    }
    Files.deleteIfExists(backup);
  }

  /** Pages of another size can be taken only where no write-ahead log has some already. */
  private static void takePageSize(Connection connection, Path copy) throws SQLException {
    String size = "PRAGMA page_size";
    try (Connection incoming = DriverManager.getConnection(PREFIX + copy + "?" + EXISTING)) {
      if (!single(incoming, size).equals(single(connection, size))) {
        String unused = single(connection, "PRAGMA journal_mode = DELETE");
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private static String literal(Path path) {
    return "'" + path.toAbsolutePath().toString().replace("'", "''") + "'";
  }
}
