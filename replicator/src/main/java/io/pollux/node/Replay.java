package io.pollux.node;

import io.pollux.apply.Applier;
import io.pollux.apply.JdbcTarget;
import io.pollux.apply.SlotKey;
import io.pollux.apply.Target;
import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.core.Epoch;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.env.FileDisk;
import io.pollux.env.Ids;
import io.pollux.env.ThreadLoop;
import io.pollux.log.LogHead;
import io.pollux.log.LogReader;
import io.pollux.log.LogSettings;
import io.pollux.log.StatementLog;
import io.pollux.node.NodeDatabase.Owner;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Rebuilds a database as it was at a position, from an earlier copy of it and the statement log, by
 * the same {@link Applier} as on a backup. The log is read and not changed, also while its node
 * runs. Blocks.
 */
public final class Replay {
  /** Handed to the loop and not yet in the working copy of the log. */
  private static final int RECORDS_AT_ONCE = 500;

  private static final System.Logger LOG = System.getLogger(Replay.class.getName());

  private final RecordCodec codec = new RecordCodec();
  private final String group;
  private final NodeDatabase database;
  private final Path work;
  private final CompletableFuture<Void> applied = new CompletableFuture<>();

  /** On the loop: PREPARE records without an outcome so far. */
  private final Map<Stamp, Position> undecided = new TreeMap<>();

  private StatementLog log;
  private Applier applier;

  /**
   * What was done.
   *
   * @param from the database had everything up to it
   * @param to the database has everything up to it
   */
  public record Rebuilt(Position from, Position to) {}

  /**
   * @param group of the node whose log it is
   * @param into a copy of the group's database, or one as it was before Pollux
   * @param work an empty directory for files that are of no use afterwards
   */
  public Replay(String group, DatabaseAccess into, Path work) {
    this.group = Objects.requireNonNull(group, "group");
    this.database = new NodeDatabase(into.url(), into.properties(), into.dialect());
    this.work = Objects.requireNonNull(work, "work");
  }

  /**
   * Applies what comes after the copy, up to {@code until}. A transaction whose outcome is further
   * on is not in the result, nor what follows it.
   *
   * @throws PolluxException what is wrong with the copy, the log, or a record
   */
  public Rebuilt run(LogReader source, Position until) throws PolluxException, IOException {
    database.open(false);
    try (Threads threads = new Threads()) {
      ThreadLoop loop = threads.loop(applied::completeExceptionally);
      JdbcTarget target = new JdbcTarget(database::connect, database.dialect());
      Position from = prepare(source);
      begin(loop, threads, target, from);
      feed(loop, source, from, until);
      Position to = finish(loop);
      target.close();
      database.raiseGenerators();
      return new Rebuilt(from, to);
    } catch (SQLException e) {
      throw new PolluxException(
          Reason.DATABASE_UNREACHABLE, "the database to rebuild has failed: " + e.getMessage(), e);
    } finally {
      release();
    }
  }

  private void release() throws PolluxException {
    try {
      database.shutdown();
    } catch (SQLException e) {
      throw new PolluxException(
          Reason.DATABASE_UNREACHABLE, "can't close " + database.url() + ": " + e.getMessage(), e);
    }
  }

  /** Returns what the copy has; the log must go on from there. */
  private Position prepare(LogReader source) throws PolluxException, SQLException {
    Position first = source.read(new Position(Long.MAX_VALUE), record -> true).first();
    if (database.owner().isEmpty()) {
      database.adopt(new Owner(group, Ids.random(), "replay", 0, new Epoch(0)));
    }
    Owner owner = database.owner().orElseThrow();
    if (!owner.group().equals(group)) {
      throw new PolluxException(
          Reason.DATABASE_FOREIGN,
          database.url() + " is a copy of another group's database; give one of this group's");
    }
    database.becomeStandby();
    Position from = database.applied();
    if (from.next().isBefore(first)) {
      throw new PolluxException(
          Reason.LOG_FOREIGN,
          "the copy ends at record "
              + from
              + ", but the log begins at record "
              + first
              + ": take a later copy, or the log of the other node");
    }
    return from;
  }

  /** A log of its own: the Applier reads what is forced, and the node's files stay as they are. */
  private void begin(ThreadLoop loop, Threads threads, JdbcTarget target, Position from)
      throws PolluxException, IOException, SQLException {
    FileDisk disk = FileDisk.create(work);
    LogSettings settings = LogSettings.defaults(Ids.uuid(group));
    SqlValue.Bytes anyHash = new SqlValue.Bytes(new byte[LogEntry.HASH_BYTES]);
    StatementLog.create(disk, settings, new LogHead(from, anyHash));
    Map<SlotKey, Stamp> slots = new HashMap<>();
    database.slots().forEach((key, row) -> slots.put(key, row.stamp()));
    await(
        loop,
        done -> {
          try {
            log =
                StatementLog.open(
                    disk,
                    loop,
                    threads.writing(),
                    settings,
                    (position, body) -> {},
                    applied::completeExceptionally);
            applier = new Applier(loop, threads.applying(), () -> log, target, new Progress());
            applier.start(from, slots);
            done.complete(null);
          } catch (PolluxException e) {
            done.completeExceptionally(e);
          }
        });
  }

  private final class Progress implements Applier.Listener {
    @Override
    public void applied(Position position) {
      // Whoever waits for the last position hears of it.
    }

    /** Taken while the application went on, it tells a difference only with what follows it. */
    @Override
    public void compared(Position at, LogRecord.Digest digest, Target.Verdict verdict) {
      LOG.log(Level.DEBUG, "record {0} compares {1}: {2}", at, digest.table(), verdict.equal());
    }

    @Override
    public void repaired(Position at, LogRecord.Repair repair, Target.Verdict verdict) {
      if (!verdict.equal()) {
        LOG.log(Level.WARNING, "record {0} repairs nothing here: {1}", at, verdict.detail());
      }
    }

    @Override
    public void poisoned(Position position, String reason) {
      applied.completeExceptionally(new PolluxException(Reason.LOG_DAMAGED, reason));
    }
  }

  private void feed(ThreadLoop loop, LogReader source, Position from, Position until)
      throws PolluxException {
    int[] waiting = {0};
    LogReader.Report report =
        source.read(
            from.next(),
            record -> {
              if (record.entry().position().isAfter(until)) {
                return false;
              }
              byte[] body = record.entry().body().value();
              loop.execute(() -> append(body));
              if (++waiting[0] % RECORDS_AT_ONCE == 0) {
                await(loop, this::whenForced);
              }
              return !applied.isCompletedExceptionally();
            });
    if (report.finding().filter(it -> it.fault() != LogReader.Fault.UNFINISHED_TAIL).isPresent()) {
      throw new PolluxException(
          Reason.LOG_DAMAGED,
          "the log can't be replayed: " + report.finding().orElseThrow().text());
    }
    await(loop, this::whenForced);
  }

  private void append(byte[] body) {
    try {
      LogRecord record = codec.decode(body);
      Position position = log.appendDecision(body);
      applier.learn(position, record);
      note(position, record);
    } catch (CodecException e) {
      applied.completeExceptionally(
          new PolluxException(Reason.LOG_DAMAGED, "a record can't be read: " + e.getMessage(), e));
    } catch (PolluxException e) {
      applied.completeExceptionally(e);
    }
  }

  private void note(Position position, LogRecord record) {
    if (record instanceof LogRecord.Prepare prepare) {
      undecided.put(prepare.transaction().stamp(), position);
    } else if (record instanceof LogRecord.Commit commit) {
      undecided.remove(commit.stamp());
    } else if (record instanceof LogRecord.Abort abort) {
      undecided.remove(abort.stamp());
    } else if (record instanceof LogRecord.Reign) {
      undecided.clear(); // A reign begins with what it has decided.
    }
  }

  private void whenForced(CompletableFuture<Void> done) {
    try {
      log.onForced(
          log.head().position(),
          () -> {
            applier.advance();
            done.complete(null);
          });
    } catch (PolluxException e) {
      done.completeExceptionally(e);
    }
  }

  private Position finish(ThreadLoop loop) throws PolluxException {
    CompletableFuture<Position> last = new CompletableFuture<>();
    loop.execute(
        () -> {
          Position open =
              undecided.values().stream().min(Position::compareTo).orElse(Position.NONE);
          Position end =
              open.equals(Position.NONE) ? log.head().position() : new Position(open.index() - 1);
          last.complete(end);
          applier.whenApplied(
              end,
              () -> applied.complete(null),
              trouble ->
                  applied.completeExceptionally(new PolluxException(Reason.LOG_DAMAGED, trouble)));
        });
    get(applied);
    await(loop, done -> applier.stop(() -> log.close(() -> done.complete(null))));
    return last.join();
  }

  private static void await(ThreadLoop loop, Consumer<CompletableFuture<Void>> task)
      throws PolluxException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(() -> task.accept(done));
    get(done);
  }

  private static void get(CompletableFuture<Void> done) throws PolluxException {
    try {
      done.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PolluxException known
          ? known
          : new PolluxException(Reason.STOPPED, "the replay failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PolluxException(Reason.STOPPED, "the replay was interrupted", e);
    }
  }
}
