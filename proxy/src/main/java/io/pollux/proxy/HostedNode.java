package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.env.SystemClock;
import io.pollux.node.ConfigFile;
import io.pollux.node.DatabaseAccess;
import io.pollux.node.Node;
import io.pollux.node.NodeConfig;
import io.pollux.node.NodeDirectory;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Opens the node of a directory, gives the directory away when an application asks for it, and
 * takes it back when that is gone. {@link #stop} may be called by any thread, {@link #host} by one.
 */
final class HostedNode {
  private static final System.Logger LOG = System.getLogger(HostedNode.class.getName());
  private static final String YIELD = "yield";
  private static final String STOP = "stop";

  /** An application that has not taken the directory by then has changed its mind. */
  private static final Duration LONGEST_HANDOVER = Duration.ofSeconds(10);

  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final Path directory;

  /** Who told the node to end; bounded by the number of those who can. */
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

  private volatile boolean stopping;

  HostedNode(Path directory) {
    this.directory = directory;
  }

  /** Ends {@link #host} soon. */
  void stop() {
    stopping = true;
    ends.add(STOP);
  }

  /**
   * Returns after {@link #stop}, or when the node was told to stop.
   *
   * @throws PolluxException if the node can't be opened, or has failed
   */
  void host() throws PolluxException, InterruptedException {
    String end = YIELD;
    while (end.equals(YIELD) && !stopping) {
      Optional<NodeDirectory> mine = take();
      if (mine.isPresent()) {
        end = run(mine.orElseThrow());
        if (end.equals(YIELD)) {
          LOG.log(Level.INFO, "gives {0} to the application that asked for it", directory);
          awaitTaken();
        }
      }
    }
  }

  private Optional<NodeDirectory> take() throws PolluxException, InterruptedException {
    Optional<NodeDirectory> mine = NodeDirectory.tryLock(directory);
    if (mine.isEmpty()) {
      LOG.log(Level.INFO, "{0} is held by another process; waits until that ends", directory);
    }
    while (mine.isEmpty() && !stopping) {
      ends.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      mine = NodeDirectory.tryLock(directory);
    }
    return mine;
  }

  private String run(NodeDirectory mine) throws PolluxException, InterruptedException {
    NodeConfig config = ConfigFile.read(mine.configFile());
    DatabaseAccess database = DatabaseAccess.of(config.database());
    try (Node node = Node.open(new Node.NodeSetup(mine, config, database, false, ends::add))) {
      String end = serve(node, config);
      LOG.log(Level.INFO, "node {0} ends: {1}", config.name(), end);
      return end;
    }
  }

  private String serve(Node node, NodeConfig config) throws PolluxException, InterruptedException {
    if (config.http().isEmpty()) {
      return awaitEnd(node);
    }
    try (HttpServer http = HttpInterface.open(directory, config.http().orElseThrow(), node)) {
      LOG.log(Level.DEBUG, "serves HTTP at port {0}", String.valueOf(http.port()));
      return awaitEnd(node);
    }
  }

  private String awaitEnd(Node node) throws PolluxException, InterruptedException {
    while (true) {
      String end = ends.poll(1, TimeUnit.SECONDS);
      if (end != null) {
        return end;
      }
      try {
        node.status();
      } catch (PolluxException e) {
        end = ends.poll(LONGEST_CLOSE.toSeconds(), TimeUnit.SECONDS);
        if (end == null) {
          throw e; // Nobody told it to end: it has failed.
        }
        return end;
      }
    }
  }

  private void awaitTaken() throws PolluxException {
    boolean isTaken =
        Polling.until(new SystemClock(), LONGEST_HANDOVER, () -> stopping || !isFree());
    if (!isTaken) {
      LOG.log(Level.WARNING, "nobody has taken {0}; takes it back", directory);
    }
  }

  private boolean isFree() throws PolluxException {
    Optional<NodeDirectory> mine = NodeDirectory.tryLock(directory);
    if (mine.isPresent()) {
      mine.orElseThrow().close();
    }
    return mine.isPresent();
  }
}
