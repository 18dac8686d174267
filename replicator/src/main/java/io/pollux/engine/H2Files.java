package io.pollux.engine;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * URLs of the engine, and the files behind them. A copy is a script: the engine's own copy of its
 * file is not of one moment while others write (docs/engine-h2.md).
 */
final class H2Files {
  private static final String PREFIX = "jdbc:h2:";
  private static final String SUFFIX = ".mv.db";
  private static final String SCRIPT = "script.sql";
  private static final int DATABASE_NOT_FOUND = 90146;
  private static final int SNAPSHOT = 6;

  /** Attributes that say whether a database may be created. */
  private static final Set<String> ONCE = Set.of("IFEXISTS", "FORBID_CREATION");

  /** Attributes that change what statements mean or what a commit promises: the values allowed. */
  private static final Map<String, Set<String>> LIMITED =
      Map.of(
          "MODE", Set.of("REGULAR"),
          "WRITE_DELAY", Set.of("0"),
          "DATABASE_TO_UPPER", Set.of("TRUE"),
          "DATABASE_TO_LOWER", Set.of("FALSE"),
          "CASE_INSENSITIVE_IDENTIFIERS", Set.of("FALSE"),
          "SCHEMA_SEARCH_PATH", Set.of(),
          "INIT", Set.of());

  private H2Files() {}

  static boolean accepts(String url) {
    return url.startsWith(PREFIX)
        && !url.startsWith(PREFIX + "tcp:")
        && !url.startsWith(PREFIX + "ssl:");
  }

  /**
   * The engine would close it by itself when the process ends, in the middle of the node's work.
   */
  static String hostedUrl(String url) {
    for (String part : parts(url)) {
      if (key(part).equals("DB_CLOSE_ON_EXIT")) {
        return url;
      }
    }
    return url + ";DB_CLOSE_ON_EXIT=FALSE";
  }

  static String openUrl(String url) {
    return createUrl(url) + ";IFEXISTS=TRUE";
  }

  static String createUrl(String url) {
    List<String> kept = new ArrayList<>();
    for (String part : parts(url)) {
      if (kept.isEmpty() || (!part.isBlank() && !ONCE.contains(key(part)))) {
        kept.add(part);
      }
    }
    return String.join(";", kept);
  }

  /** An attribute's value may hold a semicolon behind a backslash. */
  private static String[] parts(String url) {
    return url.split("(?<!\\\\);", -1);
  }

  private static String key(String attribute) {
    return attribute.split("=", 2)[0].trim().toUpperCase(Locale.ROOT);
  }

  /** The database's path, as the URL has it: its file has a suffix more. */
  static Optional<Path> path(String url) throws PolluxException {
    check(url);
    String name = parts(url)[0].substring(PREFIX.length());
    if (name.startsWith("mem:")) {
      return Optional.empty();
    }
    String path = name.startsWith("file:") ? name.substring(5) : name;
    if (path.isBlank() || path.indexOf(':') > 1) {
      throw new PolluxException(
          Reason.ENGINE_UNSUPPORTED,
          "the URL " + PREFIX + name + " names no plain file; write " + PREFIX + "PATH");
    }
    String home = System.getProperty("user.home");
    Path absolute =
        Path.of(path.startsWith("~") ? home + path.substring(1) : path).toAbsolutePath();
    return Optional.of(absolute.normalize());
  }

  private static void check(String url) throws PolluxException {
    String[] parts = parts(url);
    for (int i = 1; i < parts.length; i++) {
      Set<String> allowed = LIMITED.get(key(parts[i]));
      String[] pair = parts[i].split("=", 2);
      String value = pair.length < 2 ? "" : pair[1].trim().toUpperCase(Locale.ROOT);
      if (allowed != null && !allowed.contains(value)) {
        throw new PolluxException(
            Reason.BAD_URL,
            "the attribute "
                + key(parts[i])
                + " of the URL changes what statements do in a way that can't be captured; leave it"
                + " out"
                + (allowed.isEmpty() ? "" : " or set it to " + String.join(", ", allowed)));
      }
    }
  }

  static void makeDurable(Connection connection) throws SQLException {
    execute(connection, "SET WRITE_DELAY 0");
  }

  static void shutdown(String url, Properties properties) throws SQLException {
    try (Connection connection = DriverManager.getConnection(openUrl(url), properties)) {
      execute(connection, "SHUTDOWN");
    } catch (SQLException e) {
      if (e.getErrorCode() != DATABASE_NOT_FOUND) {
        throw e;
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** All of it as one transaction sees it. */
  static void backup(Connection connection, Path target) throws SQLException {
    try {
      Files.createDirectories(target);
    } catch (IOException e) {
      throw new SQLException("backup to " + target + " failed: " + e, "58030", e);
    }
    int isolation = connection.getTransactionIsolation();
    boolean autoCommit = connection.getAutoCommit();
    connection.setTransactionIsolation(SNAPSHOT);
    connection.setAutoCommit(false);
    try {
      execute(connection, "SCRIPT TO " + literal(target.resolve(SCRIPT)) + " CHARSET 'UTF-8'");
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
      connection.setTransactionIsolation(isolation);
    }
  }

  private static String literal(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }

  /** The last step is one move: before it the former database is there, after it the new one. */
  static void restore(Path backup, Path database, String url, Properties properties)
      throws IOException, SQLException {
    Path incoming = database.resolveSibling(database.getFileName() + ".incoming");
    Path file = database.resolveSibling(database.getFileName() + SUFFIX);
    Path built = incoming.resolveSibling(incoming.getFileName() + SUFFIX);
    Path script = backup.resolve(SCRIPT);
    if (Files.exists(script) || !Files.exists(file)) {
      Files.createDirectories(file.getParent());
      Files.deleteIfExists(built);
      build(script, incomingUrl(url, incoming), properties);
      force(built);
      Files.move(built, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(file.getParent());
      Files.deleteIfExists(script);
    }
    Files.deleteIfExists(backup);
  }

  private static String incomingUrl(String url, Path incoming) {
    String[] parts = parts(createUrl(url));
    parts[0] = PREFIX + "file:" + incoming;
    return String.join(";", parts);
  }

  private static void build(Path script, String url, Properties properties) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      execute(connection, "RUNSCRIPT FROM " + literal(script) + " CHARSET 'UTF-8'");
      execute(connection, "SHUTDOWN");
    }
  }

  private static void force(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
