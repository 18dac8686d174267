package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.PolluxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DerbyFilesTest {
  private final Dialect dialect = new DerbyDialect();

  @TempDir Path directory;

  @Test
  void aUrlIsOpenedWithoutWhatCreatesReplacesOrClosesADatabase() throws PolluxException {
    assertEquals(
        "jdbc:derby:/data/app;user=u;password=p",
        dialect.openUrl("jdbc:derby:/data/app;create=true;user=u;RestoreFrom=x;password=p;"));
    assertEquals("jdbc:derby:a;create=true", dialect.createUrl("jdbc:derby:a;shutdown=true"));
    assertEquals(
        Optional.of(Path.of("/data/app")), dialect.databaseDirectory("jdbc:derby:/data/app;x=y"));
    assertEquals(
        Optional.of(Path.of("/data/app")),
        dialect.databaseDirectory("jdbc:derby:directory:/data/app"));
    assertEquals(
        Optional.of(Path.of("/data/app")),
        dialect.databaseDirectory("jdbc:derby:;databaseName=/data/app"));
    assertEquals(
        Optional.of(Path.of("app").toAbsolutePath()), dialect.databaseDirectory("jdbc:derby:app"));
    assertEquals(Optional.empty(), dialect.databaseDirectory("jdbc:derby:memory:app"));
    assertThrows(
        PolluxException.class, () -> dialect.databaseDirectory("jdbc:derby:jar:(a.jar)app"));
    assertThrows(PolluxException.class, () -> dialect.databaseDirectory("jdbc:derby:;user=u"));
  }

  @Test
  void theEngineIsFoundByItsUrlAndAnUnknownUrlShowsNoPassword() throws PolluxException {
    assertEquals("derby", Dialects.forUrl("jdbc:derby:app").name());
    for (String url :
        new String[] {"jdbc:derby://host/app;password=x", "jdbc:nosuch:y?password=x"}) {
      PolluxException error = assertThrows(PolluxException.class, () -> Dialects.forUrl(url));
      assertEquals(PolluxException.Reason.ENGINE_UNSUPPORTED, error.reason());
      assertFalse(error.getMessage().contains("password"), error.getMessage());
    }
  }

  @Test
  void aBackupTakenWhileOthersWriteIsConsistentAndTakesThePlaceOfADatabase() throws Exception {
    String source = "jdbc:derby:" + directory.resolve("source");
    String target = "jdbc:derby:" + directory.resolve("deep/target");
    Path backup = directory.resolve("copies/one");
    makeTarget(target);
    ExecutorService writer = Executors.newSingleThreadExecutor();
    CountDownLatch written = new CountDownLatch(50);
    AtomicBoolean stop = new AtomicBoolean();
    try (Connection connection = DriverManager.getConnection(dialect.createUrl(source))) {
      execute(connection, "CREATE TABLE T (A INTEGER)");
      execute(connection, "CREATE TABLE U (A INTEGER)");
      Future<?> writing = writer.submit(() -> writePairs(source, written, stop));
      assertTrue(written.await(30, TimeUnit.SECONDS));
      dialect.backup(connection, backup);
      stop.set(true);
      writing.get(30, TimeUnit.SECONDS);
    } finally {
      stop.set(true);
      writer.shutdown();
      assertTrue(writer.awaitTermination(30, TimeUnit.SECONDS));
    }
    dialect.shutdown(source, new Properties());
    dialect.shutdown(target, new Properties());
    dialect.restore(backup, target, new Properties());
    assertFalse(Files.exists(backup));
    try (Connection connection = DriverManager.getConnection(dialect.openUrl(target))) {
      long pairs = number(connection, "SELECT COUNT(*) FROM T");
      assertTrue(pairs >= 50, () -> pairs + " pairs");
      assertEquals(pairs, number(connection, "SELECT COUNT(*) FROM U"));
    }
    dialect.shutdown(target, new Properties());
    assertEquals(
        List.of("target"), names(directory.resolve("deep")), "nothing is left beside the database");
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void makeTarget(String url) throws SQLException, IOException {
    Files.createDirectories(directory.resolve("deep"));
    try (Connection connection = DriverManager.getConnection(dialect.createUrl(url))) {
      execute(connection, "CREATE TABLE FORMER (A INTEGER)");
    }
  }

  /** Both rows of a pair, or none. */
  private static Void writePairs(String url, CountDownLatch written, AtomicBoolean stop)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      while (!stop.get()) {
        execute(connection, "INSERT INTO T VALUES 1");
        execute(connection, "INSERT INTO U VALUES 1");
        connection.commit();
        written.countDown();
      }
      return null;
    }
  }

  @Test
  void aRestoreThatWasStoppedGoesOnWhereItStopped() throws Exception {
    Path backup = filled(directory.resolve("backup"), "new");
    Path database = filled(directory.resolve("database"), "old");
    Files.move(backup, directory.resolve("database.incoming"));
    DerbyFiles.restore(backup, database);
    assertEquals("new", Files.readString(database.resolve("file")));

    backup = filled(directory.resolve("backup"), "newer");
    Files.move(backup, directory.resolve("database.incoming"));
    Files.move(database, directory.resolve("database.former"));
    DerbyFiles.restore(backup, database);
    assertEquals("newer", Files.readString(database.resolve("file")));

    filled(directory.resolve("database.former"), "older");
    DerbyFiles.restore(backup, database);
    assertEquals("newer", Files.readString(database.resolve("file")));
    assertEquals(List.of("database"), names(directory));

    Path missing = backup;
    assertThrows(NoSuchFileException.class, () -> DerbyFiles.restore(missing, database));
    assertEquals("newer", Files.readString(database.resolve("file")));
  }

  private static Path filled(Path folder, String text) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("file"), text);
    return folder;
  }

  @Test
  void aShutdownOfADatabaseThatIsNotOpenIsQuiet() throws SQLException {
    dialect.shutdown("jdbc:derby:" + directory.resolve("nosuch"), new Properties());
    assertFalse(Files.exists(directory.resolve("nosuch")));
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
