package io.pollux.runtime;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/** An operation and who waits for it. On the loop. */
final class Registered {
  private static final int MAX_QUEUE = 256;

  private final Operation operation;
  private final Calls calls;
  private final ArrayDeque<Call> queue = new ArrayDeque<>();

  private record Call(byte[] argument, BiConsumer<byte[], String> end) {}

  Registered(Operation operation, Calls calls) {
    this.operation = Objects.requireNonNull(operation, "operation");
    this.calls = Objects.requireNonNull(calls, "calls");
  }

  Optional<String> trouble() {
    return calls.trouble();
  }

  /** {@code end} gets the result, or why there is none; however long the operation takes. */
  void run(byte[] argument, BiConsumer<byte[], String> end) {
    if (queue.size() >= MAX_QUEUE) {
      end.accept(new byte[0], "more than " + MAX_QUEUE + " calls wait for the operation");
      return;
    }
    queue.add(new Call(argument, end));
    next();
  }

  private void next() {
    if (calls.isBusy() || queue.isEmpty()) {
      return;
    }
    Call call = queue.remove();
    calls.begin(
        "a run",
        () -> bounded(operation.run(call.argument())),
        new Calls.Outcome<byte[]>() {
          @Override
          public void returned(byte[] result) {
            call.end().accept(result, "");
            next();
          }

          @Override
          public void threw(String failure) {
            call.end().accept(new byte[0], failure);
            next();
          }

          @Override
          public void overdue(String failure) {
            // Only its end says whether it was done; the log has told that it takes long.
          }
        });
  }

  private static byte[] bounded(byte[] result) {
    if (result.length > StateValue.MAX_BYTES) {
      throw new IllegalStateException(
          "a result of " + result.length + " bytes; at most " + StateValue.MAX_BYTES);
    }
    return result;
  }
}
