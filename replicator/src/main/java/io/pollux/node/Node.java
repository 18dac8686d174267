package io.pollux.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.apply.JdbcTarget;
import io.pollux.codec.wire.DigestResult;
import io.pollux.commit.CommitGate;
import io.pollux.core.CommitMode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.engine.Dialect;
import io.pollux.env.FileDisk;
import io.pollux.env.Ids;
import io.pollux.env.ThreadLoop;
import io.pollux.env.ThreadPatience;
import io.pollux.log.LogSettings;
import io.pollux.pair.PairEvent;
import io.pollux.runtime.Redundancy;
import io.pollux.tls.KeyFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A node: one database of a group, its statement log, and the conversation with the peer. The same
 * class runs inside an application's JVM and as a process of its own. Owns the threads; any thread
 * may call it.
 */
public final class Node implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Node.class.getName());

  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(20);

  private final NodeSetup setup;
  private final Threads threads = new Threads();
  private final ThreadLoop loop;
  private NodeDatabase database;
  private final JdbcTarget target;
  private final NodeAssembly assembly;
  private final ControlServer control;
  private final CompletableFuture<Void> settled = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Optional<Exception> failure = Optional.empty();

  /** Questions that the loop has not answered yet. */
  private final Set<CompletableFuture<?>> asked = ConcurrentHashMap.newKeySet();

  /**
   * What a node is opened with.
   *
   * @param directory its lock is held; the node gives it back when it closes or can't be opened
   * @param database as the application opens it, so that the node sees the same
   * @param embedded whether the node lives in an application's JVM: then the database stays open
   *     when the node ends
   * @param ended runs on a thread of its own after the node closed itself because it was told to;
   *     the argument is the command
   */
  public record NodeSetup(
      NodeDirectory directory,
      NodeConfig config,
      DatabaseAccess database,
      boolean embedded,
      Consumer<String> ended) {
    public NodeSetup {
      Objects.requireNonNull(directory, "directory");
      Objects.requireNonNull(config, "config");
      Objects.requireNonNull(database, "database");
      Objects.requireNonNull(ended, "ended");
    }
  }

  /**
   * Opens a node; returns when it is WARM or ACTIVE, which takes at most the startup connection
   * allowance.
   *
   * @throws PolluxException with what was attempted, what happened and what to do; then nothing of
   *     the node is left
   */
  public static Node open(NodeSetup setup) throws PolluxException {
    Node node;
    try {
      node = new Node(setup);
    } catch (IOException e) {
      release(setup);
      throw NodeDirectory.diskError("can't open the node in " + setup.directory().path(), e);
    } catch (PolluxException e) {
      release(setup);
      throw e;
    }
    boolean settled = false;
    try {
      node.assembly.start(node.settled);
      node.settled.get();
      settled = true;
      return node;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PolluxException known
          ? known
          : new PolluxException(
              Reason.STOPPED, "the node can't start: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PolluxException(Reason.STOPPED, "the start of the node was interrupted", e);
    } finally {
      if (!settled) {
        node.close();
      }
    }
  }

  private Node(NodeSetup setup) throws PolluxException, IOException {
    this.setup = setup;
    boolean built = false;
    try {
      loop = threads.loop(this::fail);
      Dialect dialect = setup.database().dialect();
      String url = setup.database().url();
      database =
          new NodeDatabase(
              setup.embedded() ? url : dialect.hostedUrl(url),
              setup.database().properties(),
              dialect);
      target = new JdbcTarget(database::connect, dialect);
      assembly = new NodeAssembly(setup, outside(setup), database, target, this::fail);
      control = new ControlServer(setup.directory(), new ControlDesk(this)::handle);
      built = true;
    } finally {
      if (!built) {
        threads.close();
        releaseDatabase();
      }
    }
  }

  private Outside outside(NodeSetup given) throws IOException {
    NodeDirectory directory = given.directory();
    return new Outside(
        loop,
        threads.writing(),
        threads.applying(),
        threads.copying(),
        threads.comparing(),
        threads::calling,
        new ThreadPatience(loop.clock()),
        new FileDisk(directory.path()),
        FileDisk.create(directory.logs()),
        () -> FileDisk.create(directory.orphans()),
        LogSettings.defaults(Ids.uuid(given.config().group())),
        Admission::new);
  }

  private void releaseDatabase() {
    try {
      if (database != null) {
        database.release();
      }
    } catch (SQLException e) {
      LOG.log(Level.WARNING, "can''t close the database: {0}", e.getMessage());
    }
  }

  private static void release(NodeSetup setup) {
    try {
      setup.directory().close();
    } catch (PolluxException e) {
      LOG.log(Level.WARNING, "can''t unlock {0}: {1}", setup.directory().path(), e.getMessage());
    }
  }

  /** The one way to commit captured work. */
  public CommitGate gate() {
    return assembly.gate();
  }

  /** The gate for connections that ask for another mode than the group's. */
  public CommitGate gate(CommitMode mode) {
    return assembly.gate(mode);
  }

  /** Opens a connection for the application; waits while a copy replaces the database. */
  public Connection open(JdbcTarget.Connections connections) throws SQLException {
    return database.open(connections);
  }

  /**
   * How many schema changes came from the peer: what was known of tables before may no longer hold.
   */
  public long schemaChanges() {
    return target.schemaChanges();
  }

  /** Leaves a note for the auditor in the log, if this node is active. */
  public void mark(String text) {
    LOG.log(Level.WARNING, "{0}", text);
    loop.execute(() -> assembly.mark(text));
  }

  public Dialect dialect() {
    return setup.database().dialect();
  }

  /** What the application may know and do: runtime state, operations, listeners. */
  public Redundancy redundancy() {
    return assembly.redundancy();
  }

  boolean isEmbedded() {
    return setup.embedded();
  }

  /**
   * What the node is now.
   *
   * @throws PolluxException STOPPED with the reason if the node has failed or is closed
   */
  public NodeStatus status() throws PolluxException {
    try {
      return ask(assembly::status).get();
    } catch (ExecutionException e) {
      throw stopped();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped();
    }
  }

  private PolluxException stopped() {
    return new PolluxException(
        Reason.STOPPED,
        "the node in "
            + setup.directory().path()
            + " has stopped"
            + failure.map(e -> ": " + e.getMessage()).orElse("")
            + "; start it again");
  }

  /** As {@link #status}, after the peer has said where its log ends now. */
  CompletableFuture<NodeStatus> freshStatus() {
    return on(answer -> assembly.afterPing(() -> answer.complete(assembly.status())));
  }

  CompletableFuture<List<DigestResult>> verify() {
    return on(answer -> pass(assembly.verify(), answer));
  }

  CompletableFuture<Void> command(PairEvent event) {
    return on(answer -> pass(assembly.command(event), answer));
  }

  CompletableFuture<Void> resync(String reason) {
    return on(answer -> pass(assembly.resync(reason), answer));
  }

  CompletableFuture<ObjectNode> identity() {
    return on(answer -> pass(assembly.identity(), answer));
  }

  CompletableFuture<ObjectNode> rotate(Optional<KeyFile> key) {
    return on(answer -> pass(assembly.rotate(key), answer));
  }

  CompletableFuture<ObjectNode> revoke(String who) {
    return on(answer -> pass(assembly.revoke(who), answer));
  }

  String token(Duration validity) throws PolluxException {
    return assembly.token(validity);
  }

  private static <T> void pass(CompletableFuture<T> from, CompletableFuture<T> to) {
    CompletableFuture<T> unused =
        from.whenComplete(
            (result, failed) -> {
              if (failed == null) {
                to.complete(result);
              } else {
                to.completeExceptionally(failed);
              }
            });
  }

  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    return on(answer -> answer.complete(question.get()));
  }

  private <T> CompletableFuture<T> on(Consumer<CompletableFuture<T>> task) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    asked.add(answer);
    CompletableFuture<T> unused = answer.whenComplete((result, failed) -> asked.remove(answer));
    try {
      loop.execute(() -> task.accept(answer));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(stopped());
    }
    return answer;
  }

  /** A broken invariant or a disk that failed: no step may follow in doubt. Any thread. */
  private void fail(Throwable cause) {
    Exception error = cause instanceof Exception e ? e : new IllegalStateException(cause);
    boolean isFirst = failure.isEmpty() && !closed.get();
    failure = isFirst ? Optional.of(error) : failure;
    asked.forEach(answer -> answer.completeExceptionally(stopped())); // The loop may be gone.
    if (!isFirst) {
      return;
    }
    LOG.log(Level.ERROR, "node " + setup.config().name() + " stops", error);
    settled.completeExceptionally(error);
    assembly.failed(error);
  }

  /** Closes the node on a thread of its own and tells whoever opened it. */
  void end(String command) {
    Thread thread =
        new Thread(
            () -> {
              close();
              setup.ended().accept(command);
            },
            "pollux-end");
    thread.setDaemon(false);
    thread.start();
  }

  private void closeLog() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      loop.execute(() -> assembly.close(() -> done.complete(null)));
      done.get(LONGEST_CLOSE.toSeconds(), TimeUnit.SECONDS);
    } catch (RejectedExecutionException | TimeoutException | ExecutionException e) {
      LOG.log(Level.WARNING, "node {0} closes without its last words", setup.config().name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the conversation and the work under way and frees the directory. What was committed stays
   * in the log or the database.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      assembly.stop();
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the node had stopped before", e);
    }
    closeLog();
    assembly.disconnect();
    threads.close();
    try {
      target.close();
      if (setup.embedded()) {
        database.release();
      } else {
        database.raiseGenerators();
        database.shutdown();
      }
      control.close();
    } catch (SQLException | IOException e) {
      LOG.log(Level.WARNING, "closing node {0}: {1}", setup.config().name(), e.getMessage());
    } finally {
      release(setup);
    }
  }
}
