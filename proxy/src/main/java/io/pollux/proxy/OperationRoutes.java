package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.node.Node;
import io.pollux.proxy.HttpAccess.Role;
import io.pollux.proxy.Route.Answer;
import io.pollux.proxy.Route.Events;
import io.pollux.proxy.Route.Request;
import io.pollux.runtime.Execution;
import io.pollux.runtime.Registration;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replicated operations over HTTP. A program registers one by keeping a stream of its calls open on
 * its own node, and answers each call by its number.
 */
final class OperationRoutes {
  private static final long LONGEST_CALL_SECONDS = 30;
  private static final long LONGEST_EXECUTION_SECONDS = 90;
  private static final long KEEP_ALIVE_SECONDS = 2;

  private final Node node;
  private final AtomicLong numbers = new AtomicLong();

  /** Bounded by the streams, each of which has one call at a time. */
  private final Map<Long, CompletableFuture<byte[]>> open = new ConcurrentHashMap<>();

  OperationRoutes(Node node) {
    this.node = Objects.requireNonNull(node, "node");
  }

  List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/operations/{name}",
            Role.OPERATOR,
            "Runs an operation here and then on the backup. The body is its argument; the header"
                + " Idempotency-Key makes repeating it harmless.",
            List.of(),
            this::execute),
        new Route(
            "GET",
            "/v1/operations/{name}/calls",
            Role.OPERATOR,
            "Events: a 'call' for each run of the operation on this node, which the stream"
                + " registers as long as it is open.",
            List.of(),
            request -> Answer.stream(events -> calls(request, events))),
        new Route(
            "POST",
            "/v1/calls/{number}",
            Role.OPERATOR,
            "Answers a call: the body is the result, or with 'failed' why it was not done.",
            List.of("failed"),
            this::answer));
  }

  private Answer execute(Request request) throws PolluxException, InterruptedException {
    CompletableFuture<Execution> answer =
        node.redundancy()
            .execute(request.arguments().get(0), request.body(), request.header("idempotency-key"));
    try {
      return Answers.json(document(answer.get(LONGEST_EXECUTION_SECONDS, TimeUnit.SECONDS)));
    } catch (TimeoutException e) {
      throw new PolluxException(
          Reason.TIMEOUT, "the operation still runs; ask again with the same Idempotency-Key", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PolluxException known
          ? known
          : new PolluxException(Reason.STOPPED, "the node has ended", e);
    }
  }

  private static ObjectNode document(Execution done) {
    return Output.MAPPER
        .createObjectNode()
        .put("result", Base64.getEncoder().encodeToString(done.result()))
        .put("peer", done.peer().name())
        .put("peerResult", Base64.getEncoder().encodeToString(done.peerResult()))
        .put("detail", done.detail());
  }

  private record Call(long number, byte[] argument) {}

  private void calls(Request request, Events events) throws IOException, InterruptedException {
    BlockingQueue<Call> queue = new LinkedBlockingQueue<>();
    String name = request.arguments().get(0);
    try (Registration registered =
        node.redundancy().register(name, argument -> call(queue, argument))) {
      Objects.requireNonNull(registered, "registered");
      events.send("registered", "{}");
      while (true) {
        Call next = queue.poll(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
          events.keepAlive();
        } else {
          ObjectNode call = Output.MAPPER.createObjectNode().put("number", next.number());
          call.put("argument", Base64.getEncoder().encodeToString(next.argument()));
          events.send("call", Answers.line(call));
        }
      }
    } finally {
      queue.forEach(call -> fail(call.number(), "the program that does it went away"));
    }
  }

  private byte[] call(BlockingQueue<Call> queue, byte[] argument)
      throws InterruptedException, IOException {
    long number = numbers.incrementAndGet();
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    open.put(number, result);
    queue.add(new Call(number, argument));
    try {
      return result.get(LONGEST_CALL_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + LONGEST_CALL_SECONDS + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } finally {
      open.remove(number);
    }
  }

  private boolean fail(long number, String why) {
    CompletableFuture<byte[]> result = open.remove(number);
    return result != null && result.completeExceptionally(new IOException(why));
  }

  private Answer answer(Request request) {
    String text = request.arguments().get(0);
    long number = text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    CompletableFuture<byte[]> result = open.get(number);
    String failed = request.query().get("failed");
    boolean taken =
        failed != null ? fail(number, failed) : result != null && result.complete(request.body());
    return taken
        ? Answers.json(Output.MAPPER.createObjectNode())
        : Answers.error(404, "NOT_FOUND", "no call " + text + " waits for an answer");
  }
}
