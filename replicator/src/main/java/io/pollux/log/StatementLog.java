package io.pollux.log;

import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.env.Disk;
import io.pollux.env.EventLoop;
import io.pollux.env.FailPoints;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The statement log of a node: records in a dense order, each chained to all before it by SHA-256.
 * A record has its position and hash at once; the writer takes whatever has gathered, writes it and
 * forces it once. A write or force that fails ends the log for good: what the disk holds is unknown
 * then, and only reading it again after a restart tells.
 *
 * <p>All methods are called on the event loop. Files are written on {@code writer}, one batch at a
 * time.
 */
public final class StatementLog {
  private static final int BATCH_BYTES = 4 << 20;

  private final Disk disk;
  private final LogSettings settings;
  private final EventLoop loop;
  private final Executor writer;
  private final Consumer<Exception> failed;

  private final NavigableMap<Position, Segment> segments = new TreeMap<>();

  /**
   * The end of the log: everything that is not forced, and before it as much as the settings allow.
   */
  private final ArrayDeque<LogEntry> tail = new ArrayDeque<>();

  private long tailBytes;
  private final ArrayDeque<LogEntry> unwritten = new ArrayDeque<>();
  private final PriorityQueue<Waiter> writtenWaiters = new PriorityQueue<>(Waiter.ORDER);
  private final PriorityQueue<Waiter> forcedWaiters = new PriorityQueue<>(Waiter.ORDER);
  private long waiters;

  private LogHead base;
  private LogHead head;

  /** Behind the last record that the writer was given. */
  private LogHead handedOver;

  private Position written;
  private Position forced;
  private boolean writing;
  private boolean hasSpace = true;
  private Optional<Exception> failure = Optional.empty();

  private record Waiter(Position position, long number, Runnable task) {
    static final Comparator<Waiter> ORDER =
        Comparator.comparing(Waiter::position).thenComparingLong(Waiter::number);
  }

  private StatementLog(
      Disk disk,
      LogSettings settings,
      EventLoop loop,
      Executor writer,
      Consumer<Exception> failed) {
    this.disk = Objects.requireNonNull(disk, "disk");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.loop = Objects.requireNonNull(loop, "loop");
    this.writer = Objects.requireNonNull(writer, "writer");
    this.failed = Objects.requireNonNull(failed, "failed");
  }

  /**
   * Opens a log and checks every record of it.
   *
   * @param visitor gets every record in order
   * @param failed hears once, on the loop, that the log has ended for good
   * @throws PolluxException LOG_DAMAGED or LOG_FOREIGN with the file and what to do; DISK_ERROR
   */
  public static StatementLog open(
      Disk disk,
      LogSettings settings,
      EventLoop loop,
      Executor writer,
      Consumer<LogEntry> visitor,
      Consumer<Exception> failed)
      throws PolluxException {
    StatementLog log = new StatementLog(disk, settings, loop, writer, failed);
    try {
      log.recover(visitor);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.DISK_ERROR, "can't open the statement log: " + e.getMessage(), e);
    }
    return log;
  }

  /**
   * Replaces a log that nobody has open by an empty one behind {@code base}.
   *
   * @throws IOException if the disk fails; the log is empty or incomplete then
   */
  public static void restart(Disk disk, String group, LogHead base) throws IOException {
    List<String> names = new ArrayList<>(disk.list());
    names.sort(Comparator.reverseOrder());
    for (String name : names) {
      if (LogFormat.isSegment(name)) {
        disk.delete(name);
      }
    }
    disk.forceDirectory();
    Segment.create(disk, group, base).close();
  }

  private void recover(Consumer<LogEntry> visitor) throws IOException, PolluxException {
    List<String> names = disk.list().stream().filter(LogFormat::isSegment).sorted().toList();
    head = LogHead.GENESIS;
    for (int i = 0; i < names.size(); i++) {
      boolean isLast = i == names.size() - 1;
      try {
        recover(names.get(i), i == 0, isLast, visitor);
      } catch (PolluxException e) {
        throw new PolluxException(
            e.reason(), "can't use segment " + names.get(i) + ": " + e.getMessage(), e);
      }
    }
    if (segments.isEmpty()) {
      Segment first = Segment.create(disk, settings.group(), LogHead.GENESIS);
      segments.put(first.first(), first);
    }
    base = segments.firstEntry().getValue().base();
    handedOver = head;
    written = head.position();
    forced = head.position();
  }

  private void recover(String name, boolean isFirst, boolean isLast, Consumer<LogEntry> visitor)
      throws IOException, PolluxException {
    if (isLast && !isFirst && isTornHeader(name)) {
      disk.delete(name); // The crash came while the segment was being made: nothing was in it.
      disk.forceDirectory();
      return;
    }
    Segment segment = Segment.open(disk, name, settings.group());
    boolean continues =
        isFirst
            || (segment.base().position().equals(head.position())
                && Arrays.equals(segment.base().hash(), head.hash()));
    if (!continues) {
      throw new PolluxException(
          Reason.LOG_DAMAGED,
          "it begins after record "
              + segment.base().position()
              + ", the one before ends at "
              + head.position()
              + "; a segment is missing, restore it");
    }
    segments.put(segment.first(), segment);
    head = segment.recover(isLast, visitor);
  }

  private boolean isTornHeader(String name) throws IOException {
    try (Disk.StoredFile file = disk.open(name)) {
      return file.size() < LogFormat.HEADER_BYTES;
    }
  }

  /** The oldest position that the log still has; one after the end if it has none. */
  public Position first() {
    return base.position().next();
  }

  public LogHead head() {
    return head;
  }

  public Position written() {
    return written;
  }

  public Position forced() {
    return forced;
  }

  /**
   * Whether new transactions may begin: not while the disk is nearly full, and never after a
   * failure.
   */
  public boolean acceptsNew() {
    return hasSpace && failure.isEmpty();
  }

  /**
   * Adds a record.
   *
   * @return where it is; it is not on disk yet
   * @throws IllegalStateException if the log has ended
   */
  public Position append(byte[] body) {
    requireAlive();
    if (body.length > LogFormat.LONGEST_BODY) {
      throw new IllegalStateException("a record of " + body.length + " bytes");
    }
    Position position = head.position().next();
    add(
        new LogEntry(
            position,
            new SqlValue.Bytes(LogFormat.chain(head.hash(), position, body)),
            new SqlValue.Bytes(body)));
    return position;
  }

  /**
   * Adds a record that another node chained.
   *
   * @throws PolluxException LOG_DAMAGED if it does not continue this log
   */
  public void appendForeign(LogEntry entry) throws PolluxException {
    requireAlive();
    if (!Segment.continues(head, entry)) {
      throw new PolluxException(
          Reason.LOG_DAMAGED,
          "record "
              + entry.position()
              + " does not continue this log, which ends at "
              + head.position());
    }
    add(entry);
  }

  private void requireAlive() {
    if (failure.isPresent()) {
      throw new IllegalStateException("the statement log has ended", failure.orElseThrow());
    }
  }

  private void add(LogEntry entry) {
    head = new LogHead(entry.position(), entry.hash().value());
    tail.add(entry);
    tailBytes += entry.body().value().length;
    unwritten.add(entry);
    write();
  }

  private void write() {
    if (writing || unwritten.isEmpty() || failure.isPresent()) {
      return;
    }
    writing = true;
    List<LogEntry> batch = new ArrayList<>();
    long bytes = 0;
    while (!unwritten.isEmpty() && bytes < BATCH_BYTES) {
      LogEntry entry = unwritten.remove();
      bytes += entry.body().value().length;
      batch.add(entry);
    }
    LogEntry last = batch.get(batch.size() - 1);
    LogHead before = handedOver;
    handedOver = new LogHead(last.position(), last.hash().value());
    Segment current = segments.lastEntry().getValue();
    writer.execute(() -> write(current, before, batch));
  }

  /** On the writer. */
  private void write(Segment current, LogHead before, List<LogEntry> batch) {
    try {
      Segment segment = current.bytes() < settings.segmentBytes() ? current : roll(before);
      FailPoints.hit("log.beforeWrite");
      segment.write(batch);
      FailPoints.hit("log.afterWrite");
      Position last = batch.get(batch.size() - 1).position();
      Segment used = segment;
      loop.execute(() -> wrote(used, last));
      segment.force();
      FailPoints.hit("log.afterForce");
      boolean space = disk.usableBytes() > settings.reserveBytes();
      loop.execute(() -> forced(last, space));
    } catch (IOException e) {
      loop.execute(() -> fail(e));
    }
  }

  private Segment roll(LogHead before) throws IOException {
    Segment segment = Segment.create(disk, settings.group(), before);
    FailPoints.hit("log.afterRoll");
    return segment;
  }

  private void wrote(Segment segment, Position last) {
    segments.putIfAbsent(segment.first(), segment);
    written = last;
    run(writtenWaiters, written);
  }

  private void forced(Position last, boolean space) {
    forced = last;
    hasSpace = space;
    writing = false;
    while (tailBytes > settings.tailBytes() && !tail.element().position().isAfter(forced)) {
      tailBytes -= tail.remove().body().value().length;
    }
    write();
    run(forcedWaiters, forced);
  }

  private static void run(PriorityQueue<Waiter> waiting, Position reached) {
    while (!waiting.isEmpty() && !waiting.element().position().isAfter(reached)) {
      waiting.remove().task().run();
    }
  }

  private void fail(Exception e) {
    failure = Optional.of(e);
    writtenWaiters.clear();
    forcedWaiters.clear();
    failed.accept(e);
  }

  /**
   * Runs {@code task} when the record is in the file, though perhaps not on the disk; never if the
   * log ends before.
   */
  public void onWritten(Position position, Runnable task) {
    await(writtenWaiters, position, written, task);
  }

  /** Runs {@code task} when the record is on the disk; never if the log ends before. */
  public void onForced(Position position, Runnable task) {
    await(forcedWaiters, position, forced, task);
  }

  private void await(
      PriorityQueue<Waiter> waiting, Position position, Position reached, Runnable task) {
    if (!position.isAfter(reached)) {
      task.run();
    } else if (failure.isEmpty()) {
      waiting.add(new Waiter(position, waiters++, task));
    }
  }

  /**
   * Records from {@code from} on, in order, at least one, also such as are not on disk yet.
   *
   * @throws PolluxException LOG_DAMAGED or DISK_ERROR
   */
  public List<LogEntry> read(Position from, int maxRecords, long maxBytes) throws PolluxException {
    if (from.isBefore(first()) || from.isAfter(head.position())) {
      throw new IllegalStateException(
          "record " + from + " is not in the log of " + first() + " to " + head.position());
    }
    if (!tail.isEmpty() && !from.isBefore(tail.element().position())) {
      return readTail(from, maxRecords, maxBytes);
    }
    try {
      return segments.floorEntry(from).getValue().read(from, maxRecords, maxBytes);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.DISK_ERROR, "can't read the statement log: " + e.getMessage(), e);
    }
  }

  private List<LogEntry> readTail(Position from, int maxRecords, long maxBytes) {
    List<LogEntry> entries = new ArrayList<>();
    long bytes = 0;
    for (LogEntry entry : tail) {
      if (entries.size() >= maxRecords || bytes >= maxBytes) {
        break;
      } else if (!entry.position().isBefore(from)) {
        entries.add(entry);
        bytes += entry.body().value().length;
      }
    }
    return entries;
  }

  /** The hash at a position; empty if the log does not reach so far back or so far on. */
  public Optional<byte[]> hashAt(Position position) throws PolluxException {
    if (position.equals(base.position())) {
      return Optional.of(base.hash());
    } else if (position.equals(head.position())) {
      return Optional.of(head.hash());
    } else if (position.isBefore(first()) || position.isAfter(head.position())) {
      return Optional.empty();
    }
    return Optional.of(read(position, 1, 1).get(0).hash().value());
  }

  /**
   * Closes the files. The caller has waited for what it wants to be on disk, and the writer is
   * idle.
   */
  public void close() throws IOException {
    failure = Optional.of(new IOException("the log is closed"));
    for (Segment segment : segments.values()) {
      segment.close();
    }
  }
}
