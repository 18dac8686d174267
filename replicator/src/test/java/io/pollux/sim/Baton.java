package io.pollux.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Lets code that blocks run in a world of one thread: whoever has to wait runs the world until it
 * is its turn again. Which fiber goes on is the world's choice, so one seed decides it.
 */
final class Baton {
  /** Idle threads are kept for the next world of the same starter. */
  private static final ThreadLocal<ArrayDeque<Carrier>> FREE =
      ThreadLocal.withInitial(ArrayDeque::new);

  private final Carrier main = new Carrier(Thread.currentThread());
  private final ArrayDeque<Carrier> free = FREE.get();
  private final List<Fiber> fibers = new ArrayList<>();
  private final World world;
  private Fiber current;
  private Throwable failure;
  private boolean over;

  /** Does one thing; names the fiber that goes on, if that is what it chose. */
  interface World {
    Optional<Fiber> step();
  }

  Baton(World world) {
    this.world = world;
  }

  /** Ends the threads that wait for the next world of this starter. */
  static void dismiss() {
    FREE.get().forEach(Carrier::retire);
    FREE.remove();
  }

  Fiber start(String name, Fiber.Owner process, Runnable body) {
    Fiber fiber = new Fiber(name, process, body);
    fibers.add(fiber);
    return fiber;
  }

  /** The process of these fibers is gone: they unwind, one after the other. */
  void kill(Fiber.Owner process) {
    for (Fiber fiber : List.copyOf(fibers)) {
      if (fiber.process == process) {
        fiber.killed = true;
        if (fiber.carrier == null) {
          fibers.remove(fiber);
          fiber.over();
        }
      }
    }
  }

  /** A fiber that has to unwind. */
  Optional<Fiber> killed() {
    return fibers.stream().filter(fiber -> fiber.killed && fiber != current).findFirst();
  }

  List<Fiber> fibers() {
    return fibers;
  }

  void failed(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    over = true;
  }

  void end() {
    over = true;
  }

  /** On the starter's thread: runs the world until it ends or something fails. */
  void run() throws Throwable {
    turn(null, main);
    for (Fiber fiber : List.copyOf(fibers)) {
      fiber.killed = true;
    }
    while (!fibers.isEmpty()) {
      Fiber fiber = fibers.get(0);
      if (fiber.carrier == null) {
        fibers.remove(fiber);
      } else {
        current = fiber;
        main.passTo(fiber.carrier);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Waits until the condition holds or the time has come; whether the condition holds. */
  boolean await(BooleanSupplier condition, long deadline) {
    Fiber self = current;
    if (self == null) {
      throw new IllegalStateException("only a fiber may wait");
    }
    if (self.killed) {
      throw new Died();
    }
    self.condition = condition;
    self.deadline = deadline;
    Carrier carrier = self.carrier;
    current = null;
    turn(self, carrier);
    if (self.killed) {
      throw new Died();
    }
    self.condition = Fiber.ALWAYS;
    self.deadline = Long.MAX_VALUE;
    return condition.getAsBoolean();
  }

  /** Ends what a dead process still wants to do. */
  void requireAlive() {
    if (current != null && current.killed) {
      throw new Died();
    }
  }

  boolean isFiber() {
    return current != null;
  }

  Fiber current() {
    return current;
  }

  /** Runs the world on this carrier until {@code self} is chosen, or until the end on main. */
  private void turn(Fiber self, Carrier carrier) {
    while (true) {
      Optional<Fiber> chosen = next();
      if (chosen.isEmpty()) {
        if (carrier != main) {
          carrier.passTo(main);
        }
        return;
      }
      Fiber fiber = chosen.get();
      current = fiber;
      if (fiber == self) {
        return;
      }
      carrier.passTo(carrierOf(fiber));
      if (self == null || current == self) {
        return;
      }
      throw new IllegalStateException("the baton came to the wrong carrier");
    }
  }

  /** Who goes on; empty at the end. */
  private Optional<Fiber> next() {
    current = null;
    while (!over) {
      try {
        Optional<Fiber> chosen = world.step();
        if (chosen.isPresent()) {
          return chosen;
        }
      } catch (Throwable cause) {
        failed(cause);
      }
    }
    return Optional.empty();
  }

  private Carrier carrierOf(Fiber fiber) {
    if (fiber.carrier == null) {
      fiber.carrier = free.isEmpty() ? new Carrier(free) : free.poll();
      fiber.carrier.give(this, fiber);
    }
    return fiber.carrier;
  }

  /** A fiber has ended on its carrier: who goes on. */
  Carrier afterEnd(Fiber ended) {
    ended.carrier = null;
    fibers.remove(ended);
    ended.over();
    Optional<Fiber> chosen = next();
    if (chosen.isEmpty()) {
      return main;
    }
    current = chosen.get();
    return carrierOf(chosen.get());
  }
}
