package io.pollux.engine;

import io.pollux.engine.PostgresScript.Step;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Puts what {@link PostgresDump} wrote in the place of a database, in one transaction. */
final class PostgresLoad {
  private final Connection connection;
  private final Statement statement;
  private final Path source;
  private final List<String> putOff = new ArrayList<>();
  private int filled;

  private PostgresLoad(Connection connection, Statement statement, Path source) {
    this.connection = connection;
    this.statement = statement;
    this.source = source;
  }

  /** All or nothing: after a crash midway the former database is still there. */
  static void load(Path source, String url, Properties properties)
      throws IOException, SQLException {
    try (Connection connection = DriverManager.getConnection(url, properties);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      new PostgresLoad(connection, statement, source).load();
      connection.commit();
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(source)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(source);
  }

  private void load() throws SQLException, IOException {
    statement.execute("SET LOCAL search_path = ''");
    statement.execute("SET LOCAL check_function_bodies = off");
    statement.execute("SET LOCAL lock_timeout = '60s'"); // Readers may still be there.
    for (String query : PostgresObjects.CLEAR) {
      for (String drop : texts(query)) {
        statement.execute(drop);
      }
    }
    try (DataInputStream steps =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(PostgresScript.steps(source))))) {
      for (Optional<Step> step = Step.read(steps); step.isPresent(); step = Step.read(steps)) {
        perform(step.get());
      }
    }
  }

  private List<String> texts(String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        texts.add(result.getString(1));
      }
    }
    return texts;
  }

  private void perform(Step step) throws SQLException, IOException {
    switch (step.kind()) {
      case RUN -> statement.execute(step.sql());
      case TRY -> {
        if (attempt(step.sql()).isPresent()) {
          putOff.add(step.sql());
        }
      }
      case SETTLE -> settle();
      case FILL -> fill(step.sql());
    }
  }

  /** Why it failed; empty if it did not. */
  private Optional<SQLException> attempt(String sql) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      statement.execute(sql);
      connection.releaseSavepoint(before);
      return Optional.empty();
    } catch (SQLException e) {
      connection.rollback(before);
      return Optional.of(e);
    }
  }

  /** Round by round, for as long as each one brings something. */
  private void settle() throws SQLException {
    while (!putOff.isEmpty()) {
      int before = putOff.size();
      SQLException last = null;
      for (String sql : List.copyOf(putOff)) {
        Optional<SQLException> failure = attempt(sql);
        if (failure.isEmpty()) {
          putOff.remove(sql);
        } else {
          last = failure.get();
        }
      }
      if (putOff.size() == before) {
        throw last;
      }
    }
  }

  private void fill(String sql) throws SQLException, IOException {
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    try (InputStream rows = Files.newInputStream(PostgresScript.rows(source, filled++))) {
      copies.copyIn(sql, rows);
    }
  }
}
