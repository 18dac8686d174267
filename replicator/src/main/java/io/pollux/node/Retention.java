package io.pollux.node;

import io.pollux.core.Activity;
import io.pollux.core.Position;
import io.pollux.log.StatementLog;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps the statement log at the size that the operator wants. What the peer's database may lack is
 * kept however large it is, and so is a transaction without decision. On the loop.
 */
final class Retention {
  private static final int FEWEST_FILES = 2;

  private final Parts parts;
  private final Supplier<Activity> activity;
  private final Supplier<Position> everywhere;
  private final int files;

  /** The log that is being purged. */
  private Optional<StatementLog> purging = Optional.empty();

  /**
   * @param segmentBytes of a file of the log
   * @param everywhere up to where all records are durable in both databases
   */
  Retention(
      Parts parts, long segmentBytes, Supplier<Activity> activity, Supplier<Position> everywhere) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.activity = Objects.requireNonNull(activity, "activity");
    this.everywhere = Objects.requireNonNull(everywhere, "everywhere");
    this.files = (int) Math.max(FEWEST_FILES, parts.config.logSize().bytes() / segmentBytes);
  }

  /** To be called when the log has grown; mostly there is nothing to do. */
  void check() {
    StatementLog log = parts.journal.log();
    Position wanted = log.startOfLast(files);
    boolean isBusy = purging.filter(busy -> busy == log).isPresent();
    if (isBusy || !log.hasFilesBefore(wanted)) {
      return;
    }
    Position until = first(wanted, everywhere.get().next());
    for (Position undecided : parts.journal.summary().undecided().values()) {
      until = first(until, undecided);
    }
    if (log.hasFilesBefore(until)) {
      purging = Optional.of(log);
      purge(log, until);
    }
  }

  /**
   * The database of a node that follows says itself how far it is. That of an active node is told:
   * what the log has decided was committed there before, and must not be looked for in the log
   * again. This commit of the node's own session is durable, and with it all before it (FAULTS.md
   * H8).
   */
  private void purge(StatementLog log, Position until) {
    Runnable ended = () -> purging = Optional.empty();
    if (activity.get() == Activity.ACTIVE) {
      Position applied = new Position(until.index() - 1);
      parts.work.run(
          () -> {
            if (applied.isAfter(parts.database.applied())) {
              parts.database.markApplied(applied);
            }
            return applied;
          },
          marked -> parts.journal.purgeBefore(log, until, ended));
    } else {
      parts.journal.purgeBefore(log, until, ended);
    }
  }

  private static Position first(Position one, Position other) {
    return one.isBefore(other) ? one : other;
  }
}
