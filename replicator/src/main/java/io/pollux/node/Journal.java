package io.pollux.node;

import io.pollux.codec.CodecException;
import io.pollux.codec.Encoded;
import io.pollux.codec.RecordCodec;
import io.pollux.commit.RecordLog;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import io.pollux.env.EventLoop;
import io.pollux.log.ChainBreak;
import io.pollux.log.LogSummary;
import io.pollux.log.StatementLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * The statement log as the rest of the node uses it: whoever appends, those who ship, apply and
 * wait hear of it. On the loop unless said otherwise.
 */
final class Journal implements RecordLog {
  /** For people, while {@link #acceptsNew} is false. */
  static final String NO_ROOM = "no new transactions: the disk of the statement log is nearly full";

  private static final System.Logger LOG = System.getLogger(Journal.class.getName());
  private final RecordCodec codec = new RecordCodec();
  private final EventLoop loop;
  private final Disk files;
  private final Opener opener;
  private final BiConsumer<Position, LogRecord> learner;

  /** Whoever waits for the log on another thread; all of them fail with it. */
  private final Set<CompletableFuture<Void>> pending =
      Collections.newSetFromMap(new IdentityHashMap<>());

  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private StatementLog log;
  private LogSummary summary;
  private Runnable whenAppended = () -> {};
  private Runnable whenForced = () -> {};
  private Optional<Exception> failure = Optional.empty();
  private volatile boolean acceptsNew = true;

  /** Opens the log of the node's directory. */
  @FunctionalInterface
  interface Opener {
    StatementLog open(StatementLog.Visitor visitor) throws PolluxException;
  }

  /**
   * @param files the directory of the log
   * @param learner hears of every record, in order
   */
  Journal(EventLoop loop, Disk files, Opener opener, BiConsumer<Position, LogRecord> learner)
      throws PolluxException {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.files = Objects.requireNonNull(files, "files");
    this.opener = Objects.requireNonNull(opener, "opener");
    this.learner = Objects.requireNonNull(learner, "learner");
    reopen();
  }

  /** Reads the log from disk again, after its files were replaced. */
  void reopen() throws PolluxException {
    summary = new LogSummary(SummaryFile.read(files));
    log = opener.open((position, body) -> learn(position, decode(position, body)));
  }

  private void learn(Position position, LogRecord record) {
    summary.accept(position, record);
    learner.accept(position, record);
  }

  /**
   * {@code appended} runs after every append, {@code forced} whenever more of the log is on disk.
   */
  void listen(Runnable appended, Runnable forced) {
    whenAppended = Objects.requireNonNull(appended, "appended");
    whenForced = Objects.requireNonNull(forced, "forced");
  }

  StatementLog log() {
    return log;
  }

  LogSummary summary() {
    return summary;
  }

  Position end() {
    return log.head().position();
  }

  /** Appends what this node decides itself, outside of the gate. */
  Position append(LogRecord record) {
    return append(encode(record));
  }

  /** A record that is small and of this node's own making. Any thread. */
  Encoded encode(LogRecord record) {
    try {
      return new Encoded(record, codec.encode(record));
    } catch (CodecException e) {
      throw new IllegalStateException("a record of our own can't be encoded", e);
    }
  }

  /** Appends what is decided: the log takes it, or the node stops. */
  Position append(Encoded record) {
    try {
      boolean isKept = record.record() instanceof LogRecord.Decided; // By a slot row.
      Position position =
          isKept ? log.appendInTime(record.body()) : log.appendDecision(record.body());
      learn(position, record.record());
      log.onForcedInTime(position, this::watched);
      whenAppended.run();
      return position;
    } catch (PolluxException e) {
      throw new IllegalStateException("the statement log can't take what is decided", e);
    }
  }

  /** Reads a record that a slot row held. */
  Encoded read(byte[] body) throws PolluxException {
    return new Encoded(decode(end().next(), body), body);
  }

  /**
   * Appends what the active node sent.
   *
   * @return what it says
   * @throws PolluxException PEER_INCOMPATIBLE if it can't be read
   * @throws ChainBreak if it does not continue this log
   */
  LogRecord appendForeign(LogEntry entry) throws PolluxException, ChainBreak {
    LogRecord record = decode(entry.position(), entry.body().value());
    Position position = log.appendForeign(entry);
    learn(position, record);
    log.onForced(position, this::watched);
    return record;
  }

  /** The record at a position that the log has. */
  LogRecord at(Position position) throws PolluxException {
    return decode(position, log.read(position, 1, 0).get(0).body().value());
  }

  private LogRecord decode(Position position, byte[] body) throws PolluxException {
    try {
      return codec.decode(body);
    } catch (CodecException e) {
      throw new PolluxException(
          Reason.PEER_INCOMPATIBLE,
          "record "
              + position
              + " can't be read: "
              + e.getMessage()
              + "; run the same version on both nodes",
          e);
    }
  }

  private void watched() {
    accepts(log.acceptsNew());
    whenForced.run();
  }

  private void accepts(boolean now) {
    if (now != acceptsNew) {
      LOG.log(Level.WARNING, now ? "new transactions are accepted again" : NO_ROOM);
    }
    acceptsNew = now;
  }

  /** Any thread. */
  @Override
  public CompletableFuture<Position> decide(LogRecord decision) {
    CompletableFuture<Position> appended = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (failure.isPresent()) {
            appended.completeExceptionally(failure.orElseThrow());
          } else {
            appended.complete(append(decision));
          }
        });
    return appended;
  }

  /** Any thread. */
  @Override
  public CompletableFuture<Void> forced(Position position) {
    return await(position, StatementLog::onForced);
  }

  /** Any thread. */
  @Override
  public CompletableFuture<Void> forcedInTime(Position position) {
    return await(position, StatementLog::onForcedInTime);
  }

  /** Any thread. */
  @Override
  public void hurry() {
    loop.execute(() -> log.hurry());
  }

  /** A way to wait for the log. */
  @FunctionalInterface
  private interface Waiting {
    void await(StatementLog log, Position position, Runnable task) throws PolluxException;
  }

  private CompletableFuture<Void> await(Position position, Waiting waiting) {
    CompletableFuture<Void> forced = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (failure.isPresent()) {
            forced.completeExceptionally(failure.orElseThrow());
            return;
          }
          pending.add(forced);
          try {
            waiting.await(
                log,
                position,
                () -> {
                  pending.remove(forced);
                  forced.complete(null);
                });
          } catch (PolluxException e) {
            pending.remove(forced); // It is closed: who asks for its last records comes too late.
            forced.completeExceptionally(e);
          }
        });
    return forced;
  }

  /**
   * Deletes the files of {@code purged} that hold nothing from {@code position} on, as soon as what
   * must be remembered of them is durable. Then {@code done} runs, unless a copy has begun another
   * log meanwhile.
   */
  void purgeBefore(StatementLog purged, Position position, Runnable done) {
    LogSummary.Remembered remembered = summary.remembered();
    if (purged == log) {
      whenForced(
          end(),
          () -> {
            if (purged == log) {
              purge(position, remembered);
              done.run();
            }
          });
    }
  }

  private void purge(Position position, LogSummary.Remembered remembered) {
    try {
      SummaryFile.write(files, remembered);
      log.purgeBefore(position);
    } catch (IOException | PolluxException e) {
      LOG.log(Level.WARNING, "the statement log is not shortened: {0}", e.getMessage());
    }
  }

  /** Runs {@code task} when the position is on disk; if the log fails before, the node stops. */
  void whenForced(Position position, Runnable task) {
    when(position, StatementLog::onForced, task);
  }

  /** As {@link #whenForced(Position, Runnable)}, but for what survives this process only. */
  void whenWritten(Position position, Runnable task) {
    when(position, StatementLog::onWritten, task);
  }

  private void when(Position position, Waiting waiting, Runnable task) {
    try {
      waiting.await(log, position, task);
    } catch (PolluxException e) {
      throw new IllegalStateException("the statement log has stopped", e);
    }
  }

  /** The log has ended: everyone who waits for it is told, now and later. */
  void failed(Exception e) {
    failure = Optional.of(e);
    acceptsNew = false;
    List<CompletableFuture<Void>> waiting = List.copyOf(pending);
    pending.clear();
    waiting.forEach(future -> future.completeExceptionally(e));
    stopped.completeExceptionally(e);
  }

  @Override
  public CompletableFuture<Void> stopped() {
    return stopped;
  }

  /** Any thread. */
  @Override
  public boolean acceptsNew() {
    return acceptsNew;
  }
}
