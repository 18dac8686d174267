package io.pollux.sim;

import io.pollux.env.EventLoop;
import io.pollux.env.Wire;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Connections as TCP makes them: in order, without loss, as slow as the network likes. A direction
 * that is cut delivers nothing until it is healed; who waits notices nothing.
 */
final class SimNetwork {
  private static final long MILLI = 1_000_000;

  private final LongSupplier now;
  private final RandomGenerator random;
  private final Map<String, Door> doors = new TreeMap<>();
  private final List<Pipe> pipes = new ArrayList<>();
  private final TreeSet<String> cuts = new TreeSet<>();
  private int delayMillis = 1;

  private record Door(Host host, Wire.Acceptor acceptor) {}

  /** A machine with a process on it. */
  interface Host {
    String name();

    EventLoop loop();

    boolean isAlive();
  }

  SimNetwork(LongSupplier now, RandomGenerator random) {
    this.now = now;
    this.random = random;
  }

  void cut(String from, String to) {
    cuts.add(from + to);
  }

  void heal() {
    cuts.clear();
    delayMillis = 1;
  }

  boolean isWhole() {
    return cuts.isEmpty();
  }

  void slow(int millis) {
    delayMillis = millis;
  }

  /** All connections break at once, as when a firewall forgets them. */
  void reset() {
    for (Pipe pipe : List.copyOf(pipes)) {
      pipe.broken("the connection was reset");
    }
  }

  /** A machine has lost its process: the other side may hear of it, or not. */
  void died(String host, boolean heard) {
    for (Pipe pipe : List.copyOf(pipes)) {
      if (pipe.a.host.name().equals(host) || pipe.b.host.name().equals(host)) {
        (pipe.a.host.name().equals(host) ? pipe.a : pipe.b).fallSilent();
        if (heard) {
          pipe.broken("the peer's process ended");
        }
      }
    }
    doors.values().removeIf(door -> door.host().name().equals(host));
  }

  /** A process closes all its connections and accepts none. */
  void leave(String host) {
    for (Pipe pipe : List.copyOf(pipes)) {
      if (pipe.a.host.name().equals(host) || pipe.b.host.name().equals(host)) {
        pipe.broken("the peer closed the connection");
      }
    }
    doors.values().removeIf(door -> door.host().name().equals(host));
  }

  /** Messages that can arrive now. */
  List<Side> deliverable() {
    List<Side> sides = new ArrayList<>();
    for (Pipe pipe : pipes) {
      pipe.a.addIfDeliverable(sides);
      pipe.b.addIfDeliverable(sides);
    }
    return sides;
  }

  long nextArrival() {
    long next = Long.MAX_VALUE;
    for (Pipe pipe : pipes) {
      next = Math.min(next, Math.min(pipe.a.nextArrival(), pipe.b.nextArrival()));
    }
    return next;
  }

  Wire wire(Host host) {
    return new Wire() {
      @Override
      public Closeable listen(String address, Acceptor acceptor) {
        doors.put(address, new Door(host, acceptor));
        return () -> doors.remove(address);
      }

      @Override
      public void connect(String address, String peer, Duration timeout, Listener listener) {
        dial(host, address, timeout, listener);
      }
    };
  }

  private void dial(Host host, String address, Duration timeout, Wire.Listener listener) {
    Optional<Door> door = Optional.ofNullable(doors.get(address));
    boolean reachable =
        door.isPresent()
            && !cuts.contains(host.name() + address)
            && !cuts.contains(address + host.name());
    if (!reachable) {
      Duration wait = door.isPresent() ? timeout : Duration.ofMillis(1);
      host.loop().schedule(wait, () -> listener.closed("can't reach " + address));
      return;
    }
    Pipe pipe = new Pipe(host, door.orElseThrow().host());
    pipes.add(pipe);
    Wire.Acceptor acceptor = door.orElseThrow().acceptor();
    pipe.a.loop.execute(() -> pipe.a.open(listener));
    pipe.b.loop.execute(() -> pipe.b.open(acceptor.accept(pipe.b)));
  }

  private final class Pipe {
    final Side a;
    final Side b;

    Pipe(Host a, Host b) {
      this.a = new Side(this, a);
      this.b = new Side(this, b);
    }

    Side other(Side side) {
      return side == a ? b : a;
    }

    void broken(String reason) {
      a.end(reason);
      b.end(reason);
      pipes.remove(this);
    }
  }

  private record Message(long arrival, byte[] bytes, String end) {}

  /** One end of a connection; its queue holds what comes to it. */
  final class Side implements Wire.Channel {
    private final Pipe pipe;
    private final Host host;
    private final EventLoop loop;
    private final ArrayDeque<Message> incoming = new ArrayDeque<>();
    private Optional<Wire.Listener> listener = Optional.empty();
    private boolean closed;

    /** The machine at the other end is gone, and nobody says so. */
    private boolean silent;

    Side(Pipe pipe, Host host) {
      this.pipe = pipe;
      this.host = host;
      this.loop = host.loop();
    }

    private void fallSilent() {
      silent = true;
      incoming.clear();
    }

    private void open(Wire.Listener newListener) {
      listener = Optional.of(newListener);
      if (closed) {
        newListener.closed("the connection ended before it began");
      } else {
        newListener.opened(this);
      }
    }

    private boolean isCut() {
      return cuts.contains(pipe.other(this).host.name() + host.name());
    }

    private void addIfDeliverable(List<Side> sides) {
      if (nextArrival() <= now.getAsLong()) {
        sides.add(this);
      }
    }

    private long nextArrival() {
      boolean can = !incoming.isEmpty() && listener.isPresent() && host.isAlive() && !isCut();
      return can ? Math.max(incoming.element().arrival(), 0) : Long.MAX_VALUE;
    }

    /** The next message, for people. */
    String describe() {
      Message next = incoming.element();
      String what = next.bytes() == null ? next.end() : Frames.describe(next.bytes());
      return pipe.other(this).host.name() + " to " + host.name() + ": " + what;
    }

    /** Hands the next message to the node's loop. */
    void deliver() {
      Message message = incoming.remove();
      Wire.Listener target = listener.orElseThrow();
      if (message.end() == null) {
        loop.execute(
            () -> {
              if (!closed) {
                target.received(message.bytes());
              }
            });
      } else {
        end(message.end());
      }
    }

    private void end(String reason) {
      if (closed) {
        return;
      }
      closed = true;
      incoming.clear();
      if (!silent) {
        listener.ifPresent(l -> loop.execute(() -> l.closed(reason)));
      }
    }

    @Override
    public String peer() {
      return pipe.other(this).host.name();
    }

    @Override
    public String description() {
      return peer();
    }

    @Override
    public void send(byte[] message) {
      if (!closed) {
        pipe.other(this).arrive(message, null);
      }
    }

    private void arrive(byte[] message, String end) {
      if (silent && host.isAlive() && !isCut()) {
        pipe.broken("the peer has started again and does not know this connection");
        return;
      } else if (closed || silent) {
        return;
      }
      long last = incoming.isEmpty() ? 0 : incoming.getLast().arrival();
      long delay = random.nextLong(1, delayMillis * MILLI + 1);
      incoming.add(new Message(Math.max(last, now.getAsLong() + delay), message, end));
    }

    @Override
    public long queuedBytes() {
      return pipe.other(this).incoming.stream()
          .mapToLong(m -> m.bytes() == null ? 0 : m.bytes().length)
          .sum();
    }

    @Override
    public void close(String reason) {
      if (!closed) {
        pipe.other(this).arrive(null, "the peer closed the connection");
        end(reason);
      }
    }
  }
}
