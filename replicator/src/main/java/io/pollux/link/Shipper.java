package io.pollux.link;

import com.google.protobuf.UnsafeByteOperations;
import io.pollux.codec.wire.Checkpoint;
import io.pollux.codec.wire.Entries;
import io.pollux.codec.wire.Entry;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Match;
import io.pollux.codec.wire.Receipt;
import io.pollux.core.LogEntry;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.env.FailPoints;
import io.pollux.log.StatementLog;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Serves this node's log to a follower: finds the last record that both have, then ships what comes
 * after it, at most a window ahead of the follower's receipts. Records go out before they are
 * forced here; the follower's tail is adopted after a crash (FAULTS.md, model W2). Lives on the
 * event loop, for one link.
 */
public final class Shipper {
  private static final int RECORDS_PER_FRAME = 512;
  private static final long BYTES_PER_FRAME = 1 << 20;

  private final Supplier<StatementLog> log;
  private final Link link;
  private final LinkSettings settings;
  private final LongSupplier epoch;
  private final Consumer<Position> leaving;

  private boolean shipping;
  private Position shipped = Position.NONE;
  private Position written = Position.NONE;
  private long shippedBytes;
  private long receivedBytes;
  private final java.util.ArrayDeque<long[]> onTheWay = new java.util.ArrayDeque<>();

  /**
   * @param log is asked each time: a full copy begins another one
   * @param leaving hears up to where records leave for the follower, before they do
   */
  public Shipper(
      Supplier<StatementLog> log,
      Link link,
      LinkSettings settings,
      LongSupplier epoch,
      Consumer<Position> leaving) {
    this.log = Objects.requireNonNull(log, "log");
    this.link = Objects.requireNonNull(link, "link");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.epoch = Objects.requireNonNull(epoch, "epoch");
    this.leaving = Objects.requireNonNull(leaving, "leaving");
  }

  /** Whether the follower gets every record from now on. */
  public boolean isShipping() {
    return shipping;
  }

  /** Ships nothing more until the follower asks again. */
  public void stop() {
    shipping = false;
  }

  public Position shipped() {
    return shipped;
  }

  /**
   * Answers a follower.
   *
   * @throws PolluxException if the log can't be read
   */
  public void follow(Follow follow) throws PolluxException {
    Position shared = highestShared(follow.getCheckpointsList());
    if (follow.getStart() && shared.index() == follow.getCheckpoints(0).getPosition()) {
      shipping = true;
      shipped = shared;
      written = shared;
      pump();
      return;
    }
    shipping = false;
    link.send(
        LinkFrame.newBuilder()
            .setMatch(
                Match.newBuilder()
                    .setPosition(shared.index())
                    .setFirst(log.get().first().index())
                    .setEnd(log.get().head().position().index())));
  }

  private Position highestShared(List<Checkpoint> checkpoints) throws PolluxException {
    Position best = Position.NONE;
    for (Checkpoint checkpoint : checkpoints) {
      Position position = new Position(checkpoint.getPosition());
      Optional<byte[]> hash = log.get().hashAt(position);
      if (position.isAfter(best)
          && hash.isPresent()
          && Arrays.equals(hash.get(), checkpoint.getHash().toByteArray())) {
        best = position;
      }
    }
    return best;
  }

  public void receipt(Receipt receipt) throws PolluxException {
    written = new Position(receipt.getWritten());
    while (!onTheWay.isEmpty() && onTheWay.peek()[0] <= written.index()) {
      receivedBytes += onTheWay.remove()[1];
    }
    pump();
  }

  /**
   * Ships what the window allows. To be called after every append.
   *
   * @throws PolluxException if the log can't be read
   */
  public void pump() throws PolluxException {
    while (shipping
        && shipped.isBefore(log.get().head().position())
        && shippedBytes - receivedBytes < settings.windowBytes()) {
      List<LogEntry> batch = log.get().read(shipped.next(), RECORDS_PER_FRAME, BYTES_PER_FRAME);
      Entries.Builder frame =
          Entries.newBuilder()
              .setEpoch(epoch.getAsLong())
              .setEnd(log.get().head().position().index())
              .setForced(log.get().forced().index());
      long bytes = 0;
      for (LogEntry entry : batch) {
        bytes += entry.body().value().length;
        frame.addEntries(
            Entry.newBuilder()
                .setPosition(entry.position().index())
                .setHash(UnsafeByteOperations.unsafeWrap(entry.hash().value()))
                .setBody(UnsafeByteOperations.unsafeWrap(entry.body().value())));
      }
      shipped = batch.get(batch.size() - 1).position();
      shippedBytes += bytes;
      onTheWay.add(new long[] {shipped.index(), bytes});
      leaving.accept(shipped);
      FailPoints.hit("link.beforeShip");
      link.send(LinkFrame.newBuilder().setEntries(frame));
      FailPoints.hit("link.afterShip");
    }
  }
}
