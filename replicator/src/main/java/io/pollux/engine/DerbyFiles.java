package io.pollux.engine;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** URLs of the engine, and the files behind them. */
final class DerbyFiles {
  private static final String PREFIX = "jdbc:derby:";
  private static final String DATABASE_SHUT_DOWN = "08006";
  private static final String DATABASE_NOT_FOUND = "XJ004";

  /** Attributes that create, replace or close a database. */
  private static final Set<String> ONCE =
      Set.of(
          "create",
          "createfrom",
          "restorefrom",
          "rollforwardrecoveryfrom",
          "shutdown",
          "drop",
          "deregister",
          "startmaster",
          "stopmaster",
          "startslave",
          "stopslave",
          "failover");

  private DerbyFiles() {}

  static boolean accepts(String url) {
    return url.startsWith(PREFIX) && !url.startsWith(PREFIX + "//");
  }

  /** The URL without attributes that are meant for one connection only. */
  static String openUrl(String url) {
    List<String> kept = new ArrayList<>();
    for (String part : url.split(";", -1)) {
      String key = part.split("=", 2)[0].trim().toLowerCase(Locale.ROOT);
      if (kept.isEmpty() || (!part.isBlank() && !ONCE.contains(key))) {
        kept.add(part);
      }
    }
    return String.join(";", kept);
  }

  static Optional<Path> directory(String url) throws PolluxException {
    String name = name(url);
    if (name.startsWith("memory:")) {
      return Optional.empty();
    }
    if (name.startsWith("classpath:") || name.startsWith("jar:")) {
      throw new PolluxException(
          Reason.ENGINE_UNSUPPORTED,
          "the database " + name + " is read-only; name one that lies in a directory");
    }
    Path path = Path.of(name.startsWith("directory:") ? name.substring(10) : name);
    Path home = Path.of(System.getProperty("derby.system.home", System.getProperty("user.dir")));
    return Optional.of(home.resolve(path).toAbsolutePath().normalize());
  }

  private static String name(String url) throws PolluxException {
    String name = url.substring(PREFIX.length()).split(";", 2)[0];
    if (!name.isBlank()) {
      return name;
    }
    for (String attribute : url.split(";", -1)) {
      if (attribute.toLowerCase(Locale.ROOT).startsWith("databasename=")) {
        return attribute.substring(13);
      }
    }
    throw new PolluxException(
        Reason.BAD_URL, "the URL names no database; write " + PREFIX + "DIRECTORY");
  }

  static void shutdown(String url) throws SQLException {
    try (Connection none = DriverManager.getConnection(openUrl(url) + ";shutdown=true")) {
      throw new SQLException("the database is still open after its shutdown: " + none, "08006");
    } catch (SQLException e) {
      if (!DATABASE_SHUT_DOWN.equals(e.getSQLState())
          && !DATABASE_NOT_FOUND.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  /** The engine writes a directory of the database's name into the one that it is given. */
  static void backup(Connection connection, Path target) throws SQLException {
    Path work = sibling(target, ".partial");
    try {
      delete(work);
      Files.createDirectories(work);
      try (CallableStatement call =
          connection.prepareCall("CALL SYSCS_UTIL.SYSCS_BACKUP_DATABASE(?)")) {
        call.setString(1, work.toString());
        call.execute();
      }
      try (DirectoryStream<Path> written = Files.newDirectoryStream(work)) {
        Files.move(written.iterator().next(), target, StandardCopyOption.ATOMIC_MOVE);
      }
      delete(work);
    } catch (IOException e) {
      throw new SQLException("backup to " + target + " failed: " + e, "58030", e);
    }
  }

  /** Every step is one move, so that wherever it was stopped the next call sees how far it came. */
  static void restore(Path backup, Path directory) throws IOException {
    Path incoming = sibling(directory, ".incoming");
    Path former = sibling(directory, ".former");
    if (!Files.exists(incoming) && (Files.exists(backup) || !Files.exists(former))) {
      move(backup, incoming);
    }
    if (Files.exists(incoming)) {
      if (Files.exists(directory)) {
        delete(former);
        Files.move(directory, former, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(incoming, directory, StandardCopyOption.ATOMIC_MOVE);
      force(directory.getParent());
    }
    delete(former);
    delete(backup);
  }

  private static Path sibling(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /** On another file system there is no move: a copy gets its name when it is complete. */
  private static void move(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    if (Files.getFileStore(from).equals(Files.getFileStore(to.getParent()))) {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    Path copy = sibling(to, ".copy");
    delete(copy);
    copy(from, copy);
    Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(dir)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = to.resolve(from.relativize(file));
            Files.copy(file, copy);
            force(copy);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void force(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }

  private static void delete(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failed)
              throws IOException {
            if (failed != null) {
              throw failed;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
