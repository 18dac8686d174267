package io.pollux.engine;

import io.pollux.engine.PostgresScript.Kind;
import io.pollux.engine.PostgresScript.Step;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Writes all that is in a database, as of one moment, while others go on writing. */
final class PostgresDump {
  private final Connection connection;
  private final Path target;

  PostgresDump(Connection connection, Path target) {
    this.connection = connection;
    this.target = target;
  }

  void write() throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      statement.execute("SET LOCAL search_path = ''");
      refuse();
      Files.createDirectories(target);
      try (DataOutputStream steps = open(PostgresScript.steps(target))) {
        write(steps);
      }
    } catch (IOException e) {
      throw new SQLException("a copy into " + target + " failed: " + e, "58030", e);
    } finally {
      connection.rollback();
    }
  }

  private static DataOutputStream open(Path file) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
  }

  /** Before anything is sent: a copy that lacks something would be no copy. */
  private void refuse() throws SQLException {
    List<String> not = texts(PostgresObjects.NOT_COPIED);
    if (!not.isEmpty()) {
      throw new SQLFeatureNotSupportedException(
          "the database can't be copied because of "
              + String.join(", ", not)
              + "; drop them, or replace them by ordinary tables, views and functions",
          "0A000");
    }
  }

  private void write(DataOutputStream steps) throws SQLException, IOException {
    for (String query : PostgresObjects.BEFORE) {
      write(steps, Kind.RUN, query);
    }
    write(steps, Kind.TRY, PostgresObjects.FUNCTIONS);
    write(steps, Kind.TRY, PostgresObjects.TABLES);
    new Step(Kind.SETTLE, "").write(steps);
    rows(steps);
    for (String query : PostgresObjects.AFTER) {
      write(steps, Kind.RUN, query);
    }
    write(steps, Kind.TRY, PostgresObjects.VIEWS);
    new Step(Kind.SETTLE, "").write(steps);
    for (String query : PostgresObjects.LAST) {
      write(steps, Kind.RUN, query);
    }
  }

  private void write(DataOutputStream steps, Kind kind, String query)
      throws SQLException, IOException {
    for (String sql : texts(query)) {
      new Step(kind, sql).write(steps);
    }
  }

  private void rows(DataOutputStream steps) throws SQLException, IOException {
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    int number = 0;
    for (String copy : texts(PostgresObjects.ROWS)) {
      try (OutputStream rows =
          new BufferedOutputStream(Files.newOutputStream(PostgresScript.rows(target, number++)))) {
        copies.copyOut(copy + " TO STDOUT", rows);
      }
      new Step(Kind.FILL, copy + " FROM STDIN").write(steps);
    }
  }

  private List<String> texts(String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        texts.add(result.getString(1));
      }
    }
    return texts;
  }
}
