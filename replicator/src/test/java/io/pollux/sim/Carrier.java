package io.pollux.sim;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A thread that carries one fiber after the other. Of all carriers of a world exactly one runs: it
 * holds the baton, and passes it on by naming the next one.
 */
final class Carrier implements Runnable {
  private final ArrayDeque<Carrier> free;
  private final Thread thread;
  private volatile boolean running;
  private Baton baton;
  private Fiber next;

  /**
   * @param free where it goes when its fiber has ended
   */
  Carrier(ArrayDeque<Carrier> free) {
    this.free = free;
    thread = new Thread(this, "pollux-sim-carrier");
    thread.setDaemon(true);
    thread.start();
  }

  /** The thread that starts a world. */
  Carrier(Thread own) {
    free = new ArrayDeque<>();
    thread = own;
    running = true;
  }

  void give(Baton newBaton, Fiber fiber) {
    baton = newBaton;
    next = fiber;
  }

  /** Passes the baton to another carrier and sleeps until it comes back. */
  void passTo(Carrier other) {
    running = false;
    other.wake();
    sleep();
  }

  /** Where its fiber stands in the code of Pollux, innermost first. */
  String place() {
    return Stream.of(thread.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("io.pollux."))
        .filter(frame -> !frame.getClassName().startsWith("io.pollux.sim."))
        .limit(3)
        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
        .collect(Collectors.joining(" < "));
  }

  /** Nobody needs it any more. */
  void retire() {
    next = null;
    wake();
  }

  private void wake() {
    running = true;
    LockSupport.unpark(thread);
  }

  private void sleep() {
    while (!running) {
      LockSupport.park(this);
    }
  }

  @Override
  public void run() {
    sleep();
    while (next != null) {
      carry(next);
      Carrier other = baton.afterEnd(next);
      next = null;
      free.add(this);
      passTo(other);
    }
  }

  private void carry(Fiber fiber) {
    try {
      fiber.body.run();
    } catch (Died died) {
      fiber.killed = true; // Its process is gone; that is how its fibers end.
    } catch (Throwable failure) {
      if (!fiber.killed) {
        baton.failed(failure);
      }
    }
  }
}
