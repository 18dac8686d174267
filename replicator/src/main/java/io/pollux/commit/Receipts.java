package io.pollux.commit;

import io.pollux.core.Position;
import io.pollux.env.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/**
 * What the follower has confirmed, and who waits for it. The event loop reports; any thread waits.
 */
public final class Receipts {
  /** How far a record has come at the follower. */
  public enum Level {
    WRITTEN,
    FORCED,
    APPLIED
  }

  /** What became of a wait. */
  public enum Answer {
    CONFIRMED,
    /** No follower takes receipts now. */
    NO_FOLLOWER
  }

  private record Waiter(Position position, CompletableFuture<Answer> answer) {}

  private final Patience patience;

  /** Guarded by this. */
  private final Map<Level, PriorityQueue<Waiter>> waiters = new EnumMap<>(Level.class);

  private final Map<Level, Position> confirmed = new EnumMap<>(Level.class);
  private boolean following;

  /** In any conversation since the start. */
  private Position shipped = Position.NONE;

  /** Completes when a follower takes receipts again. */
  private CompletableFuture<Void> arrival = new CompletableFuture<>();

  /** A follower that was too slow is waited for again when it has confirmed this position. */
  private Position resumeAt = Position.NONE;

  public Receipts(Patience patience) {
    this.patience = Objects.requireNonNull(patience, "patience");
    for (Level level : Level.values()) {
      waiters.put(level, new PriorityQueue<>(Comparator.comparing(Waiter::position)));
      confirmed.put(level, Position.NONE);
    }
  }

  /** Records up to {@code position} have left for the peer: whether they arrived, nobody knows. */
  public synchronized void shipped(Position position) {
    shipped = position.isAfter(shipped) ? position : shipped;
  }

  /** Whether a record may be where this node can't take it back. */
  synchronized boolean mayBeAway(Position position) {
    return !position.isAfter(shipped);
  }

  public synchronized boolean isFollowing() {
    return following;
  }

  public synchronized Position confirmed(Level level) {
    return confirmed.get(level);
  }

  /** A follower gets every record from now on. */
  public synchronized void followed(Position position) {
    resumeAt = Position.NONE;
    for (Level level : Level.values()) {
      confirmed.put(level, level == Level.APPLIED ? Position.NONE : position);
    }
    follow();
  }

  private void follow() {
    following = true;
    arrival.complete(null);
    arrival = new CompletableFuture<>();
  }

  /** Waits until a follower takes receipts; false if none does within {@code timeout}. */
  boolean awaitFollower(Duration timeout) {
    CompletableFuture<Void> next;
    synchronized (this) {
      if (following) {
        return true;
      }
      next = arrival;
    }
    return patience.await(next, timeout) || isFollowing();
  }

  /** The follower is gone: everyone who waits hears it. */
  public void lost() {
    List<Waiter> all = new ArrayList<>();
    synchronized (this) {
      following = false;
      waiters.values().forEach(queue -> drainTo(queue, all));
    }
    all.forEach(waiter -> waiter.answer().complete(Answer.NO_FOLLOWER));
  }

  private static void drainTo(PriorityQueue<Waiter> queue, List<Waiter> all) {
    all.addAll(queue);
    queue.clear();
  }

  public void received(Position written, Position forced, Position applied) {
    resume(written);
    confirm(Level.WRITTEN, written);
    confirm(Level.FORCED, forced);
    confirm(Level.APPLIED, applied);
  }

  private synchronized void resume(Position written) {
    if (!following && resumeAt.isAfter(Position.NONE) && !resumeAt.isAfter(written)) {
      resumeAt = Position.NONE;
      follow();
    }
  }

  private void confirm(Level level, Position position) {
    List<Waiter> ready = new ArrayList<>();
    synchronized (this) {
      if (position.isAfter(confirmed.get(level))) {
        confirmed.put(level, position);
      }
      PriorityQueue<Waiter> queue = waiters.get(level);
      while (!queue.isEmpty() && !queue.peek().position().isAfter(confirmed.get(level))) {
        ready.add(queue.remove());
      }
    }
    ready.forEach(waiter -> waiter.answer().complete(Answer.CONFIRMED));
  }

  /**
   * Waits until the follower has confirmed {@code position}. A follower that does not do so within
   * {@code timeout} counts as gone until it has caught up, so that one slow peer delays few commits
   * (FAULTS.md H16); the caller's promise is then the weaker one of async, which status shows.
   *
   * @return whether it is confirmed
   */
  boolean confirm(Level level, Position position, Duration timeout) {
    CompletableFuture<Answer> answer = await(level, position);
    if (patience.await(answer, timeout)) {
      return answer.join() == Answer.CONFIRMED;
    }
    suspend(position);
    return false;
  }

  private void suspend(Position position) {
    synchronized (this) {
      resumeAt = position.isAfter(resumeAt) ? position : resumeAt;
    }
    lost();
  }

  /**
   * Completes when the follower has confirmed {@code position}, or at once if there is no follower.
   */
  public synchronized CompletableFuture<Answer> await(Level level, Position position) {
    if (!following) {
      return CompletableFuture.completedFuture(Answer.NO_FOLLOWER);
    } else if (!position.isAfter(confirmed.get(level))) {
      return CompletableFuture.completedFuture(Answer.CONFIRMED);
    }
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    waiters.get(level).add(new Waiter(position, answer));
    return answer;
  }
}
