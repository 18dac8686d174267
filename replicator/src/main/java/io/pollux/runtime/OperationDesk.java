package io.pollux.runtime;

import com.google.protobuf.ByteString;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.OperationRequest;
import io.pollux.codec.wire.OperationResult;
import io.pollux.core.Activity;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.env.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Runs operations here, and then on the backup. On the loop unless said otherwise. */
final class OperationDesk {
  private static final int MAX_NAMES = 256;

  /** Requests that wait for this node's database. */
  private static final int MAX_WAITING = 256;

  private static final Duration PEER_DEADLINE = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final World world;
  private final Consumer<Runnable> whenLogged;
  private final ConcurrentSkipListMap<String, Registered> registered =
      new ConcurrentSkipListMap<>();
  private final Repeats repeats = new Repeats();

  /** What the backup was asked and has not answered, by number. */
  private final Map<Long, Asked> asked = new HashMap<>();

  /** What this node, as the backup, was asked; the database is not there yet. */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private Optional<Consumer<LinkFrame.Builder>> follower = Optional.empty();
  private long number;

  private record Asked(byte[] here, CompletableFuture<Execution> answer, EventLoop.Timer timer) {}

  private record Waiting(
      Position position, OperationRequest request, Optional<Consumer<LinkFrame.Builder>> link) {}

  OperationDesk(EventLoop loop, World world, Consumer<Runnable> whenLogged) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.whenLogged = Objects.requireNonNull(whenLogged, "whenLogged");
    this.world = Objects.requireNonNull(world, "world");
  }

  /** Any thread; the newest of a name counts. */
  Registration register(String name, Operation operation) {
    Names.require("name", name);
    Registered mine =
        new Registered(
            operation,
            new Calls("operation " + name, loop, world.worker("pollux-operation-" + name)));
    if (registered.size() >= MAX_NAMES && !registered.containsKey(name)) {
      throw new IllegalStateException("more than " + MAX_NAMES + " operations");
    }
    registered.put(name, mine);
    return () -> registered.remove(name, mine);
  }

  /** Any thread. */
  boolean knows(String name) {
    return registered.containsKey(name);
  }

  Optional<String> trouble() {
    return registered.values().stream().flatMap(one -> one.trouble().stream()).findFirst();
  }

  void execute(String name, byte[] argument, String key, CompletableFuture<Execution> answer) {
    if (world.activity() != Activity.ACTIVE) {
      answer.completeExceptionally(new PolluxException(Reason.NOT_ACTIVE, world.whereToWrite()));
      return;
    }
    if (repeats.isTold(name, argument, key, answer)) {
      return;
    }
    run(
        name,
        argument,
        (result, failure) -> {
          if (failure.isEmpty()) {
            whenLogged.accept(() -> ask(name, argument, key, result, answer));
          } else {
            repeats.forget(key); // It was not done: whoever repeats it wants it done.
            answer.completeExceptionally(failed(failure));
          }
        });
  }

  private static PolluxException failed(String failure) {
    return new PolluxException(Reason.OPERATION_FAILED, failure);
  }

  /** The consumer gets a result, or why there is none. */
  private void run(String name, byte[] argument, BiConsumer<byte[], String> end) {
    Registered operation = registered.get(name);
    if (operation == null) {
      end.accept(new byte[0], "no operation " + name + " is registered on this node");
    } else {
      operation.run(argument, end);
    }
  }

  private void ask(
      String name, byte[] argument, String key, byte[] here, CompletableFuture<Execution> answer) {
    if (follower.isEmpty()) {
      answer.complete(
          new Execution(here, Execution.Peer.NONE, new byte[0], "no backup follows this node"));
      return;
    }
    long mine = ++number;
    EventLoop.Timer timer =
        loop.schedule(
            PEER_DEADLINE,
            () ->
                unknown(
                    mine,
                    "the backup has not answered within " + PEER_DEADLINE.toSeconds() + " s"));
    asked.put(mine, new Asked(here, answer, timer));
    OperationRequest.Builder request =
        OperationRequest.newBuilder()
            .setNumber(mine)
            .setEpoch(world.epoch())
            .setName(name)
            .setArgument(ByteString.copyFrom(argument))
            .setKey(key)
            .setPosition(world.end().index());
    follower.orElseThrow().accept(LinkFrame.newBuilder().setOperationRequest(request));
  }

  private void unknown(long mine, String why) {
    Asked open = asked.remove(mine);
    if (open != null) {
      open.timer.cancel();
      open.answer.complete(new Execution(open.here, Execution.Peer.UNKNOWN, new byte[0], why));
    }
  }

  /** The backup's answer. */
  void answered(OperationResult result) {
    Asked open = asked.remove(result.getNumber());
    if (open == null) {
      return; // It came after its deadline.
    }
    open.timer.cancel();
    boolean done = result.getFailure().isEmpty();
    open.answer.complete(
        new Execution(
            open.here,
            done ? Execution.Peer.DONE : Execution.Peer.FAILED,
            result.getResult().toByteArray(),
            result.getFailure()));
  }

  /** The way to the backup; empty when none follows. */
  void follower(Optional<Consumer<LinkFrame.Builder>> link) {
    follower = link;
    if (link.isEmpty()) {
      List.copyOf(asked.keySet())
          .forEach(mine -> unknown(mine, "the link was lost before the backup answered"));
    }
  }

  /** The active node has run an operation. */
  void asked(
      OperationRequest request, Optional<Consumer<LinkFrame.Builder>> link, boolean follows) {
    if (!follows || request.getEpoch() < world.epoch()) {
      answer(link, request.getNumber(), new byte[0], "this node does not follow");
    } else if (waiting.size() >= MAX_WAITING) {
      answer(
          link, request.getNumber(), new byte[0], MAX_WAITING + " operations wait for this node");
    } else {
      waiting.add(new Waiting(new Position(request.getPosition()), request, link));
      applied(world.applied());
    }
  }

  /** What belongs after the end of this log is not to be run. */
  void cut(Position end) {
    waiting.removeIf(open -> open.position.isAfter(end));
  }

  void applied(Position position) {
    while (!waiting.isEmpty() && !waiting.getFirst().position.isAfter(position)) {
      Waiting next = waiting.remove();
      OperationRequest request = next.request;
      CompletableFuture<Execution> unused =
          follow(request)
              .whenComplete(
                  (done, failure) ->
                      answer(
                          next.link,
                          request.getNumber(),
                          failure == null ? done.result() : new byte[0],
                          failure == null ? "" : failure.getMessage()));
    }
  }

  private CompletableFuture<Execution> follow(OperationRequest request) {
    CompletableFuture<Execution> answer = new CompletableFuture<>();
    byte[] argument = request.getArgument().toByteArray();
    if (repeats.isTold(request.getName(), argument, request.getKey(), answer)) {
      return answer;
    }
    run(
        request.getName(),
        argument,
        (result, failure) -> {
          if (failure.isEmpty()) {
            answer.complete(
                new Execution(
                    result, Execution.Peer.NONE, new byte[0], "it ran here as on the backup"));
          } else {
            repeats.forget(request.getKey());
            answer.completeExceptionally(failed(failure));
          }
        });
    return answer;
  }

  private static void answer(
      Optional<Consumer<LinkFrame.Builder>> link, long number, byte[] result, String failure) {
    OperationResult.Builder told =
        OperationResult.newBuilder()
            .setNumber(number)
            .setResult(ByteString.copyFrom(result))
            .setFailure(failure);
    link.ifPresent(send -> send.accept(LinkFrame.newBuilder().setOperationResult(told)));
  }
}
