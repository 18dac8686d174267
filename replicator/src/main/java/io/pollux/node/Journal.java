package io.pollux.node;

import io.pollux.codec.CodecException;
import io.pollux.codec.Encoded;
import io.pollux.codec.RecordCodec;
import io.pollux.commit.NodeCommitGate;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.EventLoop;
import io.pollux.log.ChainBreak;
import io.pollux.log.LogSummary;
import io.pollux.log.StatementLog;
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
final class Journal implements NodeCommitGate.RecordLog {
  /** For people, while {@link #acceptsNew} is false. */
  static final String NO_ROOM = "no new transactions: the disk of the statement log is nearly full";

  private static final System.Logger LOG = System.getLogger(Journal.class.getName());
  private final RecordCodec codec = new RecordCodec();
  private final EventLoop loop;
  private final Opener opener;
  private final BiConsumer<Position, LogRecord> learner;

  /** Whoever waits for the log on another thread; all of them fail with it. */
  private final Set<CompletableFuture<Void>> pending =
      Collections.newSetFromMap(new IdentityHashMap<>());

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
   * @param learner hears of every record, in order
   */
  Journal(EventLoop loop, Opener opener, BiConsumer<Position, LogRecord> learner)
      throws PolluxException {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.opener = Objects.requireNonNull(opener, "opener");
    this.learner = Objects.requireNonNull(learner, "learner");
    reopen();
  }

  /** Reads the log from disk again, after its files were replaced. */
  void reopen() throws PolluxException {
    summary = new LogSummary();
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
      Position position = log.appendDecision(record.body());
      learn(position, record.record());
      watch(position);
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
    watch(position);
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

  private void watch(Position position) throws PolluxException {
    log.onForced(
        position,
        () -> {
          accepts(log.acceptsNew());
          whenForced.run();
        });
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
    CompletableFuture<Void> forced = new CompletableFuture<>();
    loop.execute(() -> await(position, forced));
    return forced;
  }

  private void await(Position position, CompletableFuture<Void> forced) {
    if (failure.isPresent()) {
      forced.completeExceptionally(failure.orElseThrow());
      return;
    }
    pending.add(forced);
    whenForced(
        position,
        () -> {
          pending.remove(forced);
          forced.complete(null);
        });
  }

  /** Runs {@code task} when the position is on disk; if the log fails before, the node stops. */
  void whenForced(Position position, Runnable task) {
    try {
      log.onForced(position, task);
    } catch (PolluxException e) {
      throw new IllegalStateException("the statement log has stopped", e);
    }
  }

  /** As {@link #whenForced(Position, Runnable)}, but for what survives this process only. */
  void whenWritten(Position position, Runnable task) {
    try {
      log.onWritten(position, task);
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
  }

  /** Any thread. */
  @Override
  public boolean acceptsNew() {
    return acceptsNew;
  }
}
