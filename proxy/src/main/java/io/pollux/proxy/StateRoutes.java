package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.node.Node;
import io.pollux.proxy.HttpAccess.Role;
import io.pollux.proxy.Route.Answer;
import io.pollux.proxy.Route.Events;
import io.pollux.proxy.Route.Request;
import io.pollux.runtime.Kept;
import io.pollux.runtime.Registration;
import io.pollux.runtime.RuntimeState;
import io.pollux.runtime.StateProvider;
import io.pollux.runtime.StateValue;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runtime state over HTTP, for programs in any language. */
final class StateRoutes {
  private static final long LONGEST_PUBLISH_SECONDS = 10;
  private static final long KEEP_ALIVE_SECONDS = 2;

  /** What waits for one client. */
  private static final int MAX_EVENTS = 16;

  private static final String STATE = "/v1/state/{id}";
  private static final String KEY = "/v1/state/{id}/{key}";

  private final Node node;

  StateRoutes(Node node) {
    this.node = Objects.requireNonNull(node, "node");
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/state", Role.READ, "Lists the states.", List.of(), this::ids),
        new Route(
            "GET", STATE, Role.READ, "Shows all keys and values of a state.", List.of(), this::all),
        new Route(
            "GET",
            KEY,
            Role.READ,
            "The bytes of a value; Pollux-Position says which record of the log it belongs to.",
            List.of(),
            this::get),
        new Route(
            "PUT",
            KEY,
            Role.OPERATOR,
            "Publishes a value: the body with its content type. On the active node.",
            List.of(),
            this::put),
        new Route("DELETE", KEY, Role.OPERATOR, "Removes a key.", List.of(), this::remove),
        new Route(
            "GET",
            "/v1/updates/{id}",
            Role.READ,
            "Events: 'state' with all values, at first and whenever single updates would not do;"
                + " then an 'update' for each change. On either node.",
            List.of(),
            this::updates));
  }

  private Answer ids(Request request) {
    ObjectNode document = Output.MAPPER.createObjectNode();
    ObjectNode states = document.putObject("states");
    node.redundancy().states().forEach((id, bytes) -> states.putObject(id).put("bytes", bytes));
    return Answers.json(document);
  }

  /** Whoever only looks does not begin a state. */
  private Optional<RuntimeState> known(Request request) {
    String id = request.arguments().get(0);
    return node.redundancy().states().containsKey(id)
        ? Optional.of(node.redundancy().state(id))
        : Optional.empty();
  }

  private Answer all(Request request) {
    return known(request)
        .map(state -> Answers.json(document(state.position(), state.values())))
        .orElseGet(() -> nothing(request));
  }

  private static Answer nothing(Request request) {
    return Answers.error(
        404, "NOT_FOUND", "nothing was published as " + String.join("/", request.arguments()));
  }

  private static ObjectNode document(long position, Map<String, StateValue> values) {
    ObjectNode document = Output.MAPPER.createObjectNode().put("position", position);
    ObjectNode all = document.putObject("values");
    values.forEach((key, value) -> all.set(key, document(value)));
    return document;
  }

  private static ObjectNode document(StateValue value) {
    return Output.MAPPER
        .createObjectNode()
        .put("contentType", value.contentType())
        .put("base64", Base64.getEncoder().encodeToString(value.bytes()));
  }

  private Answer get(Request request) {
    Optional<RuntimeState> state = known(request);
    return state
        .flatMap(known -> known.value(request.arguments().get(1)))
        .map(
            value ->
                Answer.of(200, contentType(value), value.bytes())
                    .with("Pollux-Position", String.valueOf(state.orElseThrow().position())))
        .orElseGet(() -> nothing(request));
  }

  private static String contentType(StateValue value) {
    return value.contentType().isEmpty() ? "application/octet-stream" : value.contentType();
  }

  private Answer put(Request request) throws PolluxException, InterruptedException {
    RuntimeState state = node.redundancy().state(request.arguments().get(0));
    StateValue value = new StateValue(request.body(), request.header("content-type"));
    return kept(state.publish(request.arguments().get(1), value));
  }

  private Answer remove(Request request) throws PolluxException, InterruptedException {
    RuntimeState state = node.redundancy().state(request.arguments().get(0));
    return kept(state.remove(request.arguments().get(1)));
  }

  private static Answer kept(CompletionStage<Kept> publication)
      throws PolluxException, InterruptedException {
    try {
      Kept kept = publication.toCompletableFuture().get(LONGEST_PUBLISH_SECONDS, TimeUnit.SECONDS);
      return Answers.json(Output.MAPPER.createObjectNode().put("kept", kept.name()));
    } catch (TimeoutException e) {
      throw new PolluxException(
          Reason.TIMEOUT, "the backup has not confirmed the value; it may have it", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PolluxException known
          ? known
          : new PolluxException(Reason.STOPPED, "the node has ended", e);
    }
  }

  private record Event(String name, String data) {}

  private Answer updates(Request request) {
    boolean mayBegin = request.role() == Role.OPERATOR;
    return mayBegin || known(request).isPresent()
        ? Answer.stream(events -> follow(request.arguments().get(0), events))
        : nothing(request);
  }

  private void follow(String id, Events events) throws IOException, InterruptedException {
    Watcher watcher = new Watcher(new ArrayBlockingQueue<>(MAX_EVENTS), new AtomicBoolean());
    try (Registration watching = node.redundancy().state(id).watch(watcher)) {
      Objects.requireNonNull(watching, "watching");
      while (true) {
        Event next = watcher.queue().poll(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
          events.keepAlive();
        } else {
          events.send(next.name(), next.data());
        }
      }
    } finally {
      watcher.gone().set(true);
    }
  }

  /** Waits for a slow client; meanwhile only the last value of each key waits for it. */
  private record Watcher(BlockingQueue<Event> queue, AtomicBoolean gone) implements StateProvider {
    @Override
    public Map<String, StateValue> fullState() {
      return Map.of();
    }

    @Override
    public void restore(long position, Map<String, StateValue> values) {
      offer("state", document(position, values));
    }

    @Override
    public void update(String key, Optional<StateValue> value) {
      ObjectNode change = Output.MAPPER.createObjectNode().put("key", key);
      value.ifPresent(v -> change.set("value", document(v)));
      offer("update", change);
    }

    private void offer(String name, ObjectNode document) {
      Event event = new Event(name, Answers.line(document));
      try {
        boolean taken = false;
        while (!taken && !gone.get()) {
          taken = queue.offer(event, 1, TimeUnit.SECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
