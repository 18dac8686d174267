package io.pollux.runtime;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The outcomes of the last operations that came with a key. On the loop. */
final class Repeats {
  private static final int MAX = 1024;

  private final Map<String, First> firsts = new LinkedHashMap<>();

  private record First(String name, int argument, CompletableFuture<Execution> outcome) {}

  /**
   * Whether the key is known: then {@code answer} gets the first one's outcome. Otherwise this is
   * the first, and {@code answer} is going to have its outcome.
   */
  boolean isTold(String name, byte[] argument, String key, CompletableFuture<Execution> answer) {
    if (key.isEmpty()) {
      return false;
    }
    First first = firsts.get(key);
    if (first == null) {
      firsts.put(key, new First(name, Arrays.hashCode(argument), answer));
      trim();
      return false;
    }
    if (!first.name.equals(name) || first.argument != Arrays.hashCode(argument)) {
      answer.completeExceptionally(
          new PolluxException(
              Reason.OPERATION_FAILED,
              "the idempotency key "
                  + key
                  + " belongs to another call, of operation "
                  + first.name
                  + "; use a key for one call only"));
      return true;
    }
    CompletableFuture<Execution> unused =
        first.outcome.whenComplete(
            (outcome, failure) -> {
              if (failure == null) {
                answer.complete(outcome);
              } else {
                answer.completeExceptionally(failure);
              }
            });
    return true;
  }

  void forget(String key) {
    firsts.remove(key);
  }

  private void trim() {
    Iterator<First> oldest = firsts.values().iterator();
    while (firsts.size() > MAX && oldest.hasNext()) {
      if (oldest.next().outcome.isDone()) {
        oldest.remove();
      }
    }
  }
}
