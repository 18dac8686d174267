package io.pollux.runtime;

import io.pollux.env.EventLoop;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Calls code of the application on a thread of its own, one call at a time, and comes back to the
 * loop with what it returned or threw; or says that it takes too long. On the loop.
 */
final class Calls {
  private static final System.Logger LOG = System.getLogger(Calls.class.getName());

  private final String name;
  private final EventLoop loop;
  private final Executor worker;
  private boolean busy;
  private boolean overdue;
  private Optional<String> trouble = Optional.empty();

  /** How a call ended. */
  interface Outcome<T> {
    void returned(T result);

    void threw(String failure);

    /** The deadline is over and it still runs; one of the others follows when it ends. */
    void overdue(String failure);
  }

  Calls(String name, EventLoop loop, Executor worker) {
    this.name = Objects.requireNonNull(name, "name");
    this.loop = Objects.requireNonNull(loop, "loop");
    this.worker = Objects.requireNonNull(worker, "worker");
  }

  boolean isBusy() {
    return busy;
  }

  /** Whether the call under way should have returned. */
  boolean isOverdue() {
    return overdue;
  }

  /** What the last call threw, or that it does not return; empty if it went well. */
  Optional<String> trouble() {
    return trouble;
  }

  /** Begins a call; none may be under way. */
  <T> void begin(String what, Callable<T> call, Outcome<T> outcome) {
    if (busy) {
      throw new IllegalStateException(name + " is still busy");
    }
    busy = true;
    EventLoop.Timer deadline =
        loop.schedule(
            Redundancy.DEADLINE,
            () -> {
              String failure =
                  what
                      + " of "
                      + name
                      + " has not returned within "
                      + Redundancy.DEADLINE.toSeconds()
                      + " s";
              overdue = true;
              note(failure);
              outcome.overdue(failure);
            });
    Runnable work =
        () -> {
          Consumer<Outcome<T>> end = run(what, call);
          back(
              () -> {
                deadline.cancel();
                busy = false;
                overdue = false;
                trouble = Optional.empty();
                end.accept(outcome);
              });
        };
    try {
      worker.execute(work);
    } catch (RejectedExecutionException e) {
      deadline.cancel(); // The node ends, and calls nobody any more.
      LOG.log(Level.DEBUG, "{0} is not called: the node ends", name);
    }
  }

  /** The one place where whatever an application throws is caught. */
  private <T> Consumer<Outcome<T>> run(String what, Callable<T> call) {
    try {
      T result = Objects.requireNonNull(call.call(), "result");
      return outcome -> outcome.returned(result);
    } catch (Throwable e) {
      String failure = what + " of " + name + " threw " + e;
      LOG.log(Level.WARNING, failure, e);
      return outcome -> {
        trouble = Optional.of(failure);
        outcome.threw(failure);
      };
    }
  }

  private void note(String failure) {
    trouble = Optional.of(failure);
    LOG.log(Level.WARNING, "{0}", failure);
  }

  private void back(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the node ended during a call of " + name, e);
    }
  }
}
