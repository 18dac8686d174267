package io.pollux.runtime;

import io.pollux.env.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Those who hear how the node stands. On the loop. */
final class Audience {
  /** Not every change of the sync state has an event of its own. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final EventLoop loop;
  private final World world;
  private final List<Seat> seats = new ArrayList<>();
  private Optional<CompletableFuture<Void>> held = Optional.empty();
  private EventLoop.Timer timer = () -> {};

  /** One listener. */
  private static final class Seat {
    private final StandingListener listener;
    private final Calls calls;
    private Optional<Standing> told = Optional.empty();

    Seat(StandingListener listener, Calls calls) {
      this.listener = listener;
      this.calls = calls;
    }
  }

  Audience(EventLoop loop, World world) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.world = Objects.requireNonNull(world, "world");
  }

  Registration add(String name, StandingListener listener, RuntimeDesk desk) {
    Calls calls = new Calls("listener " + name, loop, world.worker("pollux-listener-" + name));
    Seat seat = new Seat(listener, calls);
    desk.ifRunning(
        () -> {
          seats.add(seat);
          look();
        });
    return () -> desk.ifRunning(() -> seats.remove(seat));
  }

  private void look() {
    timer.cancel();
    changed();
    if (!seats.isEmpty()) {
      timer = loop.schedule(LOOK_EVERY, this::look);
    }
  }

  /** Nobody hears anything before {@code until} is complete. */
  void hold(CompletableFuture<Void> until) {
    held = Optional.of(until);
    CompletableFuture<Void> unused = until.thenRun(this::changed);
  }

  void changed() {
    if (seats.isEmpty() || held.filter(until -> !until.isDone()).isPresent()) {
      return;
    }
    Standing now = world.standing();
    List.copyOf(seats).forEach(seat -> tell(seat, now));
  }

  private void tell(Seat seat, Standing now) {
    if (seat.calls.isBusy() || seat.told.filter(now::equals).isPresent()) {
      return;
    }
    Standing before = seat.told.orElse(now);
    seat.told = Optional.of(now);
    seat.calls.begin(
        "changed",
        () -> {
          seat.listener.changed(before, now);
          return true;
        },
        new Calls.Outcome<>() {
          @Override
          public void returned(Boolean done) {
            changed();
          }

          @Override
          public void threw(String failure) {
            changed();
          }

          @Override
          public void overdue(String failure) {
            // It is in the log; the others are not affected.
          }
        });
  }

  void stop() {
    seats.clear();
    timer.cancel();
  }
}
