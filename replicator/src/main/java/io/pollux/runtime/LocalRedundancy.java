package io.pollux.runtime;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What the application holds of the node in its process. */
final class LocalRedundancy implements Redundancy {
  private final RuntimeDesk desk;

  LocalRedundancy(RuntimeDesk desk) {
    this.desk = Objects.requireNonNull(desk, "desk");
  }

  @Override
  public boolean isActive() {
    return desk.isActive();
  }

  @Override
  public Standing standing() throws PolluxException {
    CompletableFuture<Standing> answer = new CompletableFuture<>();
    desk.onLoop(() -> answer.complete(desk.world().standing()));
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PolluxException(Reason.STOPPED, "interrupted while asking the node", e);
    }
  }

  @Override
  public Registration listen(String name, StandingListener listener) {
    Names.require("listener", name);
    return desk.audience().add(name, Objects.requireNonNull(listener, "listener"), desk);
  }

  @Override
  public RuntimeState state(String id) {
    return holding(id);
  }

  private Holding holding(String id) {
    return desk.holding(Names.require("state id", id))
        .orElseThrow(
            () -> new IllegalStateException("this node has too many states to begin " + id));
  }

  @Override
  public RuntimeState register(String id, StateProvider provider) {
    Objects.requireNonNull(provider, "provider");
    Holding holding = holding(id);
    desk.ifRunning(() -> desk.provide(holding, provider));
    return holding;
  }

  @Override
  public Map<String, Long> states() {
    return desk.sizes();
  }

  @Override
  public Registration register(String name, Operation operation) {
    return desk.operations().register(name, Objects.requireNonNull(operation, "operation"));
  }

  @Override
  public CompletableFuture<Execution> execute(String name, byte[] argument, String idempotencyKey)
      throws PolluxException {
    Names.requirePlain("idempotency key", idempotencyKey, 0, Names.MAX);
    if (argument.length > StateValue.MAX_BYTES) {
      throw new PolluxException(
          Reason.TOO_LARGE,
          "an argument of " + argument.length + " bytes; at most " + StateValue.MAX_BYTES);
    }
    if (!desk.isActive()) {
      throw desk.notActive();
    }
    if (!desk.operations().knows(name)) {
      throw new PolluxException(
          Reason.OPERATION_FAILED, "no operation " + name + " is registered on this node");
    }
    CompletableFuture<Execution> answer = new CompletableFuture<>();
    desk.await(answer);
    byte[] copy = argument.clone();
    desk.onLoop(() -> desk.operations().execute(name, copy, idempotencyKey, answer));
    return answer;
  }
}
