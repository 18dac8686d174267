package io.pollux.node;

import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.commit.NodeCommitGate;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.EventLoop;
import io.pollux.log.LogSummary;
import io.pollux.log.StatementLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The statement log as the rest of the node uses it: whoever appends, those who ship, apply and
 * wait hear of it. On the loop unless said otherwise.
 */
final class Journal implements NodeCommitGate.RecordLog {
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
    StatementLog open(Consumer<LogEntry> visitor) throws PolluxException;
  }

  /**
   * @param learner hears of every record that this node did not decide itself, and of all that the
   *     log has when it is opened
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
    List<PolluxException> unreadable = new ArrayList<>();
    log =
        opener.open(
            entry -> {
              try {
                LogRecord record = decode(entry);
                summary.accept(entry.position(), record);
                learner.accept(entry.position(), record);
              } catch (PolluxException e) {
                unreadable.add(e);
              }
            });
    if (!unreadable.isEmpty()) {
      throw unreadable.get(0);
    }
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

  /** Appends what this node's own gate decided. */
  Position append(LogRecord record) {
    return appendBody(RecordCodec.encode(record));
  }

  Position appendBody(byte[] body) {
    Position position = log.append(body);
    watch(position);
    whenAppended.run();
    return position;
  }

  /**
   * Appends what the active node sent.
   *
   * @return what it says
   * @throws PolluxException PEER_INCOMPATIBLE if it can't be read; LOG_DAMAGED if it does not
   *     continue this log
   */
  LogRecord appendForeign(LogEntry entry) throws PolluxException {
    LogRecord record = decode(entry);
    log.appendForeign(entry);
    summary.accept(entry.position(), record);
    learner.accept(entry.position(), record);
    watch(entry.position());
    return record;
  }

  private static LogRecord decode(LogEntry entry) throws PolluxException {
    try {
      return RecordCodec.decode(entry.body().value());
    } catch (CodecException e) {
      throw new PolluxException(
          Reason.PEER_INCOMPATIBLE,
          "record "
              + entry.position()
              + " can't be read: "
              + e.getMessage()
              + "; run the same version on both nodes",
          e);
    }
  }

  private void watch(Position position) {
    log.onForced(
        position,
        () -> {
          acceptsNew = log.acceptsNew();
          whenForced.run();
        });
  }

  /** Any thread. */
  @Override
  public CompletableFuture<Position> append(byte[] decision) {
    CompletableFuture<Position> appended = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (failure.isPresent()) {
            appended.completeExceptionally(failure.orElseThrow());
          } else {
            appended.complete(appendBody(decision));
          }
        });
    return appended;
  }

  /** Any thread. */
  @Override
  public CompletableFuture<Void> forced(Position position) {
    CompletableFuture<Void> forced = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (failure.isPresent()) {
            forced.completeExceptionally(failure.orElseThrow());
            return;
          }
          pending.add(forced);
          log.onForced(
              position,
              () -> {
                pending.remove(forced);
                forced.complete(null);
              });
        });
    return forced;
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
