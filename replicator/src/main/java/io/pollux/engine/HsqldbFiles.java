package io.pollux.engine;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
import java.util.Set;
import java.util.regex.Pattern;

/**
 * URLs of the engine, and the files behind them. A copy is the engine's own, which waits for the
 * open transactions and lets no new one begin (docs/engine-hsqldb.md).
 */
final class HsqldbFiles {
  private static final String PREFIX = "jdbc:hsqldb:";
  private static final String ONCE = "ifexists";
  private static final int DATABASE_NOT_FOUND = -465;

  /** What a copy has when its files are on their way: the former database is gone. */
  private static final String MOVING = "moving";

  /** What makes files a database. */
  private static final String LAST = ".properties";

  /** All that one may consist of. */
  private static final List<String> SUFFIXES =
      List.of(
          ".script",
          ".data",
          ".backup",
          ".log",
          ".lobs",
          ".tmp",
          ".lck",
          ".script.new",
          ".log.new",
          ".data.new",
          ".data.old",
          ".properties.new",
          LAST);

  /** Attributes that change what statements mean or what a commit promises: the value allowed. */
  private static final Map<String, String> LIMITED =
      Map.of(
          "readonly", "false",
          "files_readonly", "false",
          "hsqldb.files_readonly", "false",
          "hsqldb.log_data", "true",
          "hsqldb.lock_file", "true",
          "hsqldb.tx_conflict_rollback", "true",
          "sql.lowercase_ident", "false");

  /** The same as settings of a database that is there, and columns that change unseen. */
  private static final Pattern UNFIT =
      Pattern.compile(
          "SET FILES LOG FALSE|SET DATABASE TRANSACTION ROLLBACK ON CONFLICT FALSE"
              + "|SET DATABASE SQL SYNTAX \\w+ TRUE|SET DATABASE SQL LOWER CASE IDENTIFIER TRUE"
              + "|CREATE .* ON UPDATE (?!CASCADE|RESTRICT|NO |SET ).*");

  private static final int SHOWN = 200;

  private HsqldbFiles() {}

  static boolean accepts(String url) {
    return url.startsWith(PREFIX)
        && Set.of("hsql:", "hsqls:", "http:", "https:", "res:").stream()
            .noneMatch(kind -> url.startsWith(kind, PREFIX.length()));
  }

  static String openUrl(String url) {
    return createUrl(url) + ";" + ONCE + "=true";
  }

  static String createUrl(String url) {
    List<String> kept = new ArrayList<>();
    for (String part : url.split(";", -1)) {
      if (kept.isEmpty() || (!part.isBlank() && !key(part).equals(ONCE))) {
        kept.add(part);
      }
    }
    return String.join(";", kept);
  }

  private static String key(String attribute) {
    return attribute.split("=", 2)[0].trim().toLowerCase(Locale.ROOT);
  }

  /** The database's path, as the URL has it: its files have a suffix more. */
  static Optional<Path> path(String url) throws PolluxException {
    String[] parts = url.split(";", -1);
    check(parts);
    String name = parts[0].substring(PREFIX.length());
    if (name.startsWith("mem:") || name.equals(".")) {
      return Optional.empty();
    }
    String path = name.startsWith("file:") ? name.substring("file:".length()) : name;
    if (path.isBlank() || path.contains("$") || path.indexOf(':') > 1) {
      throw new PolluxException(
          Reason.ENGINE_UNSUPPORTED,
          "the URL " + PREFIX + name + " names no plain file; write " + PREFIX + "file:PATH");
    }
    String home = System.getProperty("user.home");
    return Optional.of(
        Path.of(path.startsWith("~") ? home + path.substring(1) : path)
            .toAbsolutePath()
            .normalize());
  }

  private static void check(String[] parts) throws PolluxException {
    for (int i = 1; i < parts.length; i++) {
      String[] pair = parts[i].split("=", 2);
      String value = pair.length < 2 ? "" : pair[1].trim().toLowerCase(Locale.ROOT);
      String allowed =
          key(parts[i]).startsWith("sql.syntax_") ? "false" : LIMITED.get(key(parts[i]));
      if (allowed != null && !allowed.equals(value)) {
        throw new PolluxException(
            Reason.BAD_URL,
            "the attribute "
                + key(parts[i])
                + " of the URL changes what statements do in a way that can't be captured; leave it"
                + " out or set it to "
                + allowed);
      }
    }
  }

  /** Every commit is forced; a database with what can't be captured is refused. */
  static void makeDurable(Connection connection) throws SQLException {
    execute(connection, "SET FILES WRITE DELAY FALSE");
    try (Statement statement = connection.createStatement();
        ResultSet line = statement.executeQuery("SCRIPT")) {
      while (line.next()) {
        String text = line.getString(1);
        if (UNFIT.matcher(text).matches()) {
          throw new SQLException(
              "the database has a setting or a column whose effect can't be captured: "
                  + text.substring(0, Math.min(text.length(), SHOWN))
                  + "; change it on the bare database, before Pollux opens it",
              "0A000");
        }
      }
    }
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

  static void backup(Connection connection, Path target) throws SQLException {
    String directory = target.toAbsolutePath().toString().replace("'", "''");
    execute(connection, "BACKUP DATABASE TO '" + directory + "/' BLOCKING AS FILES");
  }

  /** Each file comes by one move, and the one that makes them a database comes last. */
  static void restore(Path backup, Path database) throws IOException {
    if (!Files.exists(backup)) {
      return;
    }
    Files.createDirectories(database.getParent());
    Path moving = backup.resolve(MOVING);
    if (!Files.exists(moving) && file(backup, LAST).isPresent()) {
      for (int i = SUFFIXES.size() - 1; i >= 0; i--) {
        Files.deleteIfExists(withSuffix(database, SUFFIXES.get(i)));
      }
      force(database.getParent());
      Files.createFile(moving);
      force(backup);
    }
    for (String suffix : SUFFIXES) {
      Optional<Path> file = file(backup, suffix);
      if (file.isPresent()) {
        move(file.get(), withSuffix(database, suffix));
      }
    }
    Files.deleteIfExists(moving);
    Files.delete(backup);
  }

  /** A copy's files have the name of the database that they were copied from. */
  private static Optional<Path> file(Path backup, String suffix) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(backup, "*" + suffix)) {
      for (Path file : files) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** The two may be in different file systems. */
  private static void move(Path file, Path target) throws IOException {
    Path incoming = withSuffix(target, ".incoming");
    Files.copy(file, incoming, StandardCopyOption.REPLACE_EXISTING);
    force(incoming);
    Files.move(incoming, target, StandardCopyOption.ATOMIC_MOVE);
    force(target.getParent());
    Files.delete(file);
  }

  private static Path withSuffix(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static void force(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
