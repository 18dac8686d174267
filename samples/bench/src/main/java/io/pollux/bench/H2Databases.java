package io.pollux.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.h2.tools.CreateCluster;
import org.h2.tools.Server;

/**
 * Embedded databases whose commits are on disk, as those of the other engines are, and H2's
 * cluster: two servers that execute every statement.
 */
final class H2Databases implements Engine.Databases {
  private final Workshop workshop;

  H2Databases(Workshop workshop) {
    this.workshop = workshop;
  }

  @Override
  public String url(String name, boolean onOtherMachine) {
    return "jdbc:h2:"
        + workshop.path("h2-" + name + (onOtherMachine ? "-copy" : ""))
        + ";WRITE_DELAY=0";
  }

  @Override
  public List<Contender> peers() throws IOException, SQLException {
    String first = server("h2-first");
    String second = server("h2-second");
    String both = first + "," + second;
    new CreateCluster()
        .execute(
            "jdbc:h2:tcp://" + first + "/cluster",
            "jdbc:h2:tcp://" + second + "/cluster",
            "sa",
            "",
            both);
    return List.of(Contender.of("cluster", "jdbc:h2:tcp://" + both + "/cluster;USER=sa;PASSWORD="));
  }

  private String server(String name) throws IOException, SQLException {
    Path directory = Files.createDirectories(workshop.path(name));
    int port = Workshop.freePort();
    workshop.startJava(
        Server.class.getName(),
        "-tcp",
        "-tcpPort",
        Integer.toString(port),
        "-ifNotExists",
        "-baseDir",
        directory.toString());
    Workshop.repeat(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    return "localhost:" + port;
  }
}
