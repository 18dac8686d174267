package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.env.Disk;
import io.pollux.env.EventLoop;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The chained, durable log of a node. A record has its position and hash as soon as it is appended;
 * a writer puts what has gathered to disk in batches, each forced once. All methods are called, and
 * all callbacks come, on the event loop.
 *
 * <p>A write or force that fails stops the log for good: the failure handler is told once, no
 * callback comes any more, and whatever would change the log is refused with {@link
 * Reason#DISK_ERROR}. Nothing is tried again (FAULTS.md H19).
 */
public final class StatementLog {
  private final EventLoop loop;
  private final LogSettings settings;
  private final Disk disk;
  private final LogWriter writer;
  private final WriteQueue queue;
  private final SegmentIndex index;
  private final Tail tail;
  private final Chain chain = new Chain();
  private final Waiters writtenWaiters = new Waiters();
  private final Waiters forcedWaiters = new Waiters();
  private LogHead head;
  private Position written;
  private Position forced;
  private boolean truncating;
  private Optional<Runnable> closing = Optional.empty();

  /** Sees every record while the log is opened, in order. */
  @FunctionalInterface
  public interface Visitor {
    /** An exception ends the opening. */
    void record(Position position, byte[] body) throws PolluxException;
  }

  private StatementLog(
      Disk disk,
      EventLoop loop,
      Executor executor,
      LogSettings settings,
      LogRecovery.Recovered recovered,
      Consumer<PolluxException> failureHandler) {
    this.disk = disk;
    this.loop = loop;
    this.settings = settings;
    writer = recovered.writer();
    queue = new WriteQueue(disk, loop, executor, recovered, new QueueProgress(failureHandler));
    index = recovered.index();
    tail = recovered.tail();
    head = recovered.head();
    written = head.position();
    forced = head.position();
  }

  /**
   * Opens the log in a directory, or begins one if there is none. Verifies every record, and makes
   * all of them durable. A tail that was torn when power or process failed is cut.
   *
   * @param executor runs the writer's tasks one at a time, in order; what a task throws beyond a
   *     failed write must stop the node
   * @param failureHandler is told when the log stops
   * @throws PolluxException LOG_DAMAGED, with file, offset and position, if a record is missing or
   *     damaged that had been durable; LOG_FOREIGN if the log belongs to another group or a later
   *     version; DISK_ERROR
   */
  public static StatementLog open(
      Disk disk,
      EventLoop loop,
      Executor executor,
      LogSettings settings,
      Visitor visitor,
      Consumer<PolluxException> failureHandler)
      throws PolluxException {
    Objects.requireNonNull(failureHandler, "failureHandler");
    try {
      LogRecovery.Recovered recovered = new LogRecovery(disk, settings).run(visitor);
      return new StatementLog(disk, loop, executor, settings, recovered, failureHandler);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.DISK_ERROR, "opening the statement log in " + disk + " failed: " + e, e);
    }
  }

  /**
   * Begins a log in a directory without one, as after a full copy: its first record will follow
   * {@code before}.
   *
   * @throws PolluxException DIRECTORY_EXISTS if there is a log; DISK_ERROR
   */
  public static void create(Disk disk, LogSettings settings, LogHead before)
      throws PolluxException {
    try {
      new LogRecovery(disk, settings).create(before);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.DISK_ERROR, "creating a statement log in " + disk + " failed: " + e, e);
    }
  }

  /**
   * Begins a log in the place of the one that is there, as {@link #create} does. A crash meanwhile
   * leaves a log that ends earlier, or none.
   *
   * @throws PolluxException DISK_ERROR
   */
  public static void replace(Disk disk, LogSettings settings, LogHead before)
      throws PolluxException {
    try {
      LogWriter.deleteAll(disk);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.DISK_ERROR, "deleting the statement log in " + disk + " failed: " + e, e);
    }
    create(disk, settings, before);
  }

  // Where the log stands.

  /** The last appended record. */
  public LogHead head() {
    return head;
  }

  /** The last record that was handed to the operating system: it survives the process. */
  public Position written() {
    return written;
  }

  /** The last record that is durable: it survives a power cut. */
  public Position forced() {
    return forced;
  }

  /** The first position that is still kept; after {@link #head} if there is none. */
  public Position first() {
    return new Position(index.oldest().first());
  }

  /**
   * Whether new work may begin. Ask before a transaction is decided: false while the disk has no
   * room beyond the reserve, or is too far behind.
   */
  public boolean acceptsNew() {
    if (closing.isPresent() || queue.failure().isPresent()) {
      return false;
    }
    boolean accepts = hasRoom() && queue.unwrittenBytes() < settings.bufferBytes();
    if (!accepts) {
      queue.measure();
    }
    return accepts;
  }

  private boolean hasRoom() {
    LogWriter.Space space = queue.space();
    long room = space.roomBytes() - queue.unwrittenBytes();
    return space.reserved() && room >= settings.preallocateBytes();
  }

  // Appending.

  /**
   * Appends a record of new work: a PREPARE, a mark, a digest.
   *
   * @throws PolluxException DISK_FULL if there is no room beyond the reserve; DISK_ERROR if the log
   *     has failed; STOPPED if it is closed
   */
  public Position append(byte[] body) throws PolluxException {
    requireRoom();
    Position position = add(next(body));
    queue.hurry();
    return position;
  }

  /**
   * Appends what is decided already, and so must be recorded: it may use the reserve.
   *
   * @throws PolluxException as {@link #append}; DISK_FULL only when the reserve is used up
   */
  public Position appendDecision(byte[] body) throws PolluxException {
    Position position = appendInTime(body);
    queue.hurry();
    return position;
  }

  /**
   * As {@link #appendDecision}, but of what stands somewhere else too, so that the disk may take
   * its time: it is written within some milliseconds, or when someone waits for it.
   */
  public Position appendInTime(byte[] body) throws PolluxException {
    requireOpen();
    LogWriter.Space space = queue.space();
    long left = space.roomBytes() + (space.reserved() ? settings.reserveBytes() : 0);
    long needed = (long) body.length + Frame.HEADER_BYTES + SegmentHeader.BYTES;
    if (left - queue.unwrittenBytes() < needed) {
      throw diskFull("the reserve is used up");
    }
    return add(next(body));
  }

  /**
   * Appends an entry as the peer has it.
   *
   * @throws ChainBreak if it does not continue this log; nothing is changed
   * @throws PolluxException as {@link #append}
   */
  public Position appendForeign(LogEntry entry) throws ChainBreak, PolluxException {
    requireRoom();
    if (!entry.position().equals(head.position().next())) {
      throw new ChainBreak(
          head, "position " + entry.position() + " does not follow " + head.position());
    }
    int bytes = entry.body().value().length;
    if (bytes == 0 || bytes > settings.maxBodyBytes()) {
      throw new ChainBreak(head, "position " + entry.position() + " has " + bytes + " bytes");
    }
    if (!entry.equals(next(entry.body().value()))) {
      throw new ChainBreak(
          head,
          "the hash of position "
              + entry.position()
              + " does not follow from that of "
              + head.position()
              + " here");
    }
    Position position = add(entry);
    queue.hurry();
    return position;
  }

  private LogEntry next(byte[] body) {
    if (body.length == 0 || body.length > settings.maxBodyBytes()) {
      throw new IllegalArgumentException(
          "a record of "
              + body.length
              + " bytes; 1 to "
              + settings.maxBodyBytes()
              + " are allowed");
    }
    Position position = head.position().next();
    byte[] hash = chain.next(head.hash().value(), position.index(), body);
    return new LogEntry(position, new SqlValue.Bytes(hash), new SqlValue.Bytes(body));
  }

  private Position add(LogEntry entry) {
    head = LogHead.of(entry);
    tail.add(entry);
    queue.add(entry);
    return entry.position();
  }

  private void requireOpen() throws PolluxException {
    if (queue.failure().isPresent()) {
      PolluxException failure = queue.failure().get();
      throw new PolluxException(Reason.DISK_ERROR, failure.getMessage(), failure);
    }
    if (closing.isPresent()) {
      throw new PolluxException(Reason.STOPPED, "the statement log in " + disk + " is closed");
    }
    if (truncating) {
      throw new IllegalStateException("the log is used while it is being truncated");
    }
  }

  private void requireRoom() throws PolluxException {
    requireOpen();
    if (!hasRoom()) {
      queue.measure();
      throw diskFull("what is left is kept for decisions");
    }
  }

  private PolluxException diskFull(String why) {
    return new PolluxException(
        Reason.DISK_FULL,
        "nothing was appended to the statement log in "
            + disk
            + ": the disk has "
            + queue.space().roomBytes()
            + " bytes left, "
            + why
            + "; free space there, or purge the log");
  }

  // Waiting.

  /** Runs the task once the position is {@link #written}, never within this call. */
  public void onWritten(Position position, Runnable task) throws PolluxException {
    wait(writtenWaiters, position, written, task);
    queue.hurry();
  }

  /** Runs the task once the position is {@link #forced}, never within this call. */
  public void onForced(Position position, Runnable task) throws PolluxException {
    onForcedInTime(position, task);
    queue.hurry();
  }

  /** As {@link #onForced}, but the disk may take its time: within some milliseconds. */
  public void onForcedInTime(Position position, Runnable task) throws PolluxException {
    wait(forcedWaiters, position, forced, task);
  }

  /** Somebody waits for {@link #onForcedInTime} now. */
  public void hurry() {
    queue.hurry();
  }

  private void wait(Waiters waiters, Position position, Position reached, Runnable task)
      throws PolluxException {
    requireOpen();
    if (position.isAfter(head.position())) {
      throw new IllegalArgumentException(position + " is not appended; head is " + head.position());
    }
    if (position.isAfter(reached)) {
      waiters.add(position.index(), task);
    } else {
      loop.execute(task);
    }
  }

  // Reading.

  /**
   * Records from {@code from} on, also those that are not written yet; empty behind the head. At
   * least one is returned however large it is; fewer than asked for does not mean the end.
   *
   * @throws PolluxException LOG_DAMAGED if the disk does not give back what was written; DISK_ERROR
   */
  public List<LogEntry> read(Position from, int maxRecords, long maxBytes) throws PolluxException {
    if (from.isBefore(first()) || maxRecords < 1) {
      throw new IllegalArgumentException(
          maxRecords + " records from " + from + "; the log starts at " + first());
    }
    if (from.isAfter(head.position())) {
      return List.of();
    }
    return tail.contains(from.index())
        ? tail.read(from.index(), maxRecords, maxBytes)
        : index.read(from.index(), written.index(), maxRecords, maxBytes);
  }

  /**
   * The chain hash at a position; empty if it is purged or not appended. Known also for the
   * position before {@link #first}.
   */
  public Optional<byte[]> hashAt(Position position) throws PolluxException {
    if (position.equals(head.position())) {
      return Optional.of(head.hash().value().clone());
    }
    if (position.next().equals(first())) {
      return Optional.of(index.oldest().hashBefore().value().clone());
    }
    if (position.isBefore(first()) || position.isAfter(head.position())) {
      return Optional.empty();
    }
    return Optional.of(read(position, 1, 0).get(0).hash().value().clone());
  }

  // Shortening.

  /**
   * Forgets what comes after {@code position}, durably. For a surplus that was exported. Until
   * {@code done} runs, whatever would change the log is a programming error.
   */
  public void truncateAfter(Position position, Runnable done) throws PolluxException {
    requireOpen();
    if (position.next().isBefore(first()) || position.isAfter(head.position())) {
      throw new IllegalArgumentException(
          position + " is not between " + first() + " and " + head.position());
    }
    truncating = true;
    queue.whenIdle(() -> truncate(position, done));
  }

  private void truncate(Position position, Runnable done) {
    try {
      LogHead last = new LogHead(position, new SqlValue.Bytes(hashAt(position).orElseThrow()));
      List<String> files = index.removeAfter(position.index());
      SegmentHeader newest = index.newest();
      long end = index.endOf(position.index());
      tail.cutAfter(position.index());
      queue.runAlone(
          () -> writer.truncate(files, newest, last, end),
          () -> {
            head = last;
            written = position;
            forced = position;
            truncating = false;
            done.run();
          });
    } catch (PolluxException e) {
      queue.fail(e);
    }
  }

  /** Where the oldest of the {@code newest} last files begins. */
  public Position startOfLast(int newest) {
    return new Position(index.startOfLast(newest));
  }

  /** Whether {@link #purgeBefore} would delete a file. */
  public boolean hasFilesBefore(Position position) {
    return index.hasFilesBefore(position.index());
  }

  /** Deletes the files that hold nothing from {@code position} on; the newest file always stays. */
  public void purgeBefore(Position position) throws PolluxException {
    requireOpen();
    List<String> files = index.removeBefore(position.index());
    if (!files.isEmpty()) {
      queue.onWriter(() -> writer.delete(files));
    }
  }

  /** Makes durable what was appended, closes the files, and then runs {@code done}. */
  public void close(Runnable done) {
    if (closing.isPresent()) {
      throw new IllegalStateException("the log is closed already");
    }
    closing = Optional.of(done);
    if (queue.failure().isPresent()) {
      abandon(done);
    } else {
      queue.whenIdle(() -> queue.runAlone(writer::close, done));
    }
  }

  private void abandon(Runnable done) {
    queue.onWriter(
        () -> {
          writer.abandon();
          loop.execute(done);
        });
  }

  private final class QueueProgress implements WriteQueue.Progress {
    private final Consumer<PolluxException> failureHandler;

    QueueProgress(Consumer<PolluxException> failureHandler) {
      this.failureHandler = failureHandler;
    }

    @Override
    public void written(Position last, LogWriter.Written where) {
      index.add(where.segments(), where.marks());
      written = last;
      tail.evict(last.index());
      writtenWaiters.release(last.index());
    }

    @Override
    public void forced(Position last) {
      forced = last;
      forcedWaiters.release(last.index());
    }

    @Override
    public void failed(PolluxException reason) {
      writtenWaiters.clear();
      forcedWaiters.clear();
      failureHandler.accept(reason);
      closing.ifPresent(StatementLog.this::abandon);
    }
  }
}
