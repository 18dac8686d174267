package io.pollux.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Who waits for a position, in the order of positions and, for one, of arrival. */
final class Waiters {
  private final TreeMap<Long, List<Runnable>> waiting = new TreeMap<>();

  void add(long position, Runnable task) {
    waiting.computeIfAbsent(position, key -> new ArrayList<>(1)).add(task);
  }

  void release(long position) {
    while (!waiting.isEmpty() && waiting.firstKey() <= position) {
      waiting.pollFirstEntry().getValue().forEach(Runnable::run);
    }
  }

  void clear() {
    waiting.clear();
  }
}
