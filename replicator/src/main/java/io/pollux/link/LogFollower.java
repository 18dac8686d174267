package io.pollux.link;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.Checkpoint;
import io.pollux.codec.wire.Follow;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.Match;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.log.StatementLog;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds the last record that this node's log shares with the peer's, by showing hashes and
 * narrowing the range in which the two part; each round cuts the range by a factor of {@value
 * #CHECKPOINTS}. Lives on the event loop, for one link.
 */
public final class LogFollower {
  private static final int CHECKPOINTS = 64;

  private final StatementLog log;
  private final Link link;
  private final Listener listener;

  /** Lowest position that is known to differ, or one beyond the end of the log. */
  private Position differs;

  private Position shared;

  /** How the search ended. */
  public interface Listener {
    /** All of this node's log is shared: the peer ships what comes after it. */
    void matched(Position end);

    /** This node has records after {@code lastShared} that the peer does not have. */
    void surplus(Position lastShared) throws PolluxException;

    /** The logs have nothing in common, or the peer no longer has what comes next. */
    void unmatched(String reason) throws PolluxException;
  }

  public LogFollower(StatementLog log, Link link, Listener listener) {
    this.log = Objects.requireNonNull(log, "log");
    this.link = Objects.requireNonNull(link, "link");
    this.listener = Objects.requireNonNull(listener, "listener");
    this.shared = log.first().index() == 0 ? Position.NONE : new Position(log.first().index() - 1);
    this.differs = log.head().position().next();
  }

  /**
   * Opens the search.
   *
   * @throws PolluxException if the log can't be read
   */
  public void begin() throws PolluxException {
    ask();
  }

  private void ask() throws PolluxException {
    TreeSet<Position> positions = new TreeSet<>();
    long low = shared.index();
    long span = differs.index() - 1 - low;
    for (int i = 0; i <= CHECKPOINTS; i++) {
      positions.add(new Position(low + span * i / CHECKPOINTS));
    }
    Follow.Builder follow = Follow.newBuilder();
    for (Position position : positions) {
      checkpoint(position).ifPresent(follow::addCheckpoints);
    }
    link.send(LinkFrame.newBuilder().setFollow(follow));
  }

  private Optional<Checkpoint> checkpoint(Position position) throws PolluxException {
    return log.hashAt(position)
        .map(
            hash ->
                Checkpoint.newBuilder()
                    .setPosition(position.index())
                    .setHash(ByteString.copyFrom(hash))
                    .build());
  }

  /**
   * The peer's answer.
   *
   * @throws PolluxException if the log can't be read
   */
  public void match(Match match) throws PolluxException {
    Position answer = new Position(match.getPosition());
    Position end = log.head().position();
    if (answer.isBefore(shared)) {
      listener.unmatched("the two logs have no record in common");
    } else if (match.getFirst() > answer.index() + 1) {
      listener.unmatched(
          "the peer keeps its log from " + match.getFirst() + " on, this node ends at " + answer);
    } else if (answer.equals(end)) {
      start(end);
    } else {
      narrow(answer);
    }
  }

  private void start(Position end) throws PolluxException {
    Checkpoint at =
        checkpoint(end).orElseThrow(() -> new IllegalStateException("no hash at the log's end"));
    link.send(
        LinkFrame.newBuilder().setFollow(Follow.newBuilder().addCheckpoints(at).setStart(true)));
    listener.matched(end);
  }

  /** Of the positions shown, the one after {@code answer} differs. */
  private void narrow(Position answer) throws PolluxException {
    long low = shared.index();
    long span = differs.index() - 1 - low;
    for (int i = 0; i <= CHECKPOINTS; i++) {
      Position shown = new Position(low + span * i / CHECKPOINTS);
      if (shown.isAfter(answer)) {
        differs = shown;
        break;
      }
    }
    shared = answer;
    if (differs.equals(shared.next())) {
      listener.surplus(shared);
    } else {
      ask();
    }
  }
}
