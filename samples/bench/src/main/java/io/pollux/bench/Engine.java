package io.pollux.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A database, and everybody who can be compared on it. */
enum Engine {
  DERBY("Derby", DerbyDatabases::new),
  H2("H2", H2Databases::new),
  POSTGRESQL("PostgreSQL", PostgresDatabases::new);

  /** Makes databases of an engine, and what the engine itself has against the loss of a machine. */
  interface Databases {
    /** The URL of a new database; those of one machine may share a server. */
    String url(String name, boolean onOtherMachine) throws IOException, SQLException;

    /** The engine's own replication. */
    List<Contender> peers() throws IOException, InterruptedException, SQLException;
  }

  /** How they come into being. */
  @FunctionalInterface
  interface Making {
    Databases in(Workshop workshop);
  }

  private static final List<String> MODES = List.of("async", "received", "durable");

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // A method reference, which has no state.
  private final Making making;

  Engine(String title, Making making) {
    this.title = title;
    this.making = making;
  }

  String title() {
    return title;
  }

  String directory() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The bare driver first. All are there until the workshop closes. */
  List<Contender> contenders(Workshop workshop)
      throws IOException, InterruptedException, SQLException {
    Databases databases = making.in(workshop);
    List<Contender> contenders = new ArrayList<>();
    contenders.add(Contender.of("bare", databases.url("bare", false)));
    contenders.add(Contender.of("P6Spy", "jdbc:p6spy:" + rest(databases.url("spied", false))));
    contenders.add(alone(workshop, databases));
    contenders.addAll(pair(workshop, databases));
    contenders.addAll(databases.peers());
    return contenders;
  }

  private static String rest(String url) {
    return url.substring("jdbc:".length());
  }

  private static String through(String node, String url, String mode) {
    return "jdbc:pollux:" + rest(url) + ";pollux.dir=" + node + ";pollux.commit=" + mode;
  }

  private static String address() throws IOException {
    return "127.0.0.1:" + Workshop.freePort();
  }

  private static Contender alone(Workshop workshop, Databases databases)
      throws IOException, InterruptedException, SQLException {
    String url = databases.url("alone", false);
    String node = workshop.path("node-alone").toString();
    workshop.pollux(
        "init", "--dir", node, "--name", "alone", "--listen", address(), "--database", url);
    return Contender.of("alone", through(node, url, "async"));
  }

  /** One pair, of which one node lives in this JVM and the other one in its own. */
  private static List<Contender> pair(Workshop workshop, Databases databases)
      throws IOException, InterruptedException, SQLException {
    String url = databases.url("pair", false);
    String a = workshop.path("node-a").toString();
    String b = workshop.path("node-b").toString();
    String token =
        workshop.pollux(
            "init", "--dir", a, "--name", "a", "--listen", address(), "--database", url);
    workshop.startPollux("run", "--dir", a);
    workshop.pollux("wait", "--dir", a, "--until", "active");
    String copy = databases.url("pair", true);
    workshop.pollux(
        "join", token, "--dir", b, "--name", "b", "--listen", address(), "--database", copy);
    workshop.startPollux("run", "--dir", b);
    workshop.pollux("wait", "--dir", b, "--until", "in-sync");
    workshop.pollux("stop", "--dir", a);
    Optional<String> barrier = Optional.of(through(a, url, "applied"));
    return MODES.stream().map(mode -> new Contender(mode, through(a, url, mode), barrier)).toList();
  }
}
