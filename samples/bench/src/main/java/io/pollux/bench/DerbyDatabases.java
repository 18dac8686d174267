package io.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Embedded databases, and Derby's own replication: asynchronous, to a database that nobody can
 * read.
 */
final class DerbyDatabases implements Engine.Databases {
  private static final String URL = "jdbc:derby:";

  private final Workshop workshop;

  DerbyDatabases(Workshop workshop) {
    this.workshop = workshop;
  }

  @Override
  public String url(String name, boolean onOtherMachine) {
    return URL + path(name + (onOtherMachine ? "-copy" : "")) + ";create=true";
  }

  private Path path(String name) {
    return workshop.path("derby-" + name);
  }

  @Override
  public List<Contender> peers() throws IOException, InterruptedException, SQLException {
    Path from = path("from");
    Path to = path("to");
    String receiver = ";slaveHost=127.0.0.1;slavePort=" + Workshop.freePort();
    try (Connection connection = DriverManager.getConnection(URL + from + ";create=true");
        Statement statement = connection.createStatement()) {
      statement.execute("CALL SYSCS_UTIL.SYSCS_FREEZE_DATABASE()");
      Workshop.copy(from, to);
      Files.deleteIfExists(to.resolve("db.lck"));
      workshop.startJava(DerbyReceiver.class.getName(), URL + to + ";startSlave=true" + receiver);
      Workshop.repeat(
          () -> DriverManager.getConnection(URL + from + ";startMaster=true" + receiver).close());
      statement.execute("CALL SYSCS_UTIL.SYSCS_UNFREEZE_DATABASE()");
    }
    return List.of(Contender.of("replication", URL + from));
  }
}
