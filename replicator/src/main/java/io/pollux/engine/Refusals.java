package io.pollux.engine;

import io.pollux.sql.CapturePlan.Refuse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the statements that an engine's facts refuse, by their first words. */
final class Refusals {
  private final Map<String, Refuse> all = new HashMap<>();

  Refusals add(String kind, String reason, String wayOut) {
    all.put(kind, new Refuse(kind, reason, wayOut));
    return this;
  }

  Refusals add(List<String> kinds, String reason, String wayOut) {
    kinds.forEach(kind -> add(kind, reason, wayOut));
    return this;
  }

  Map<String, Refuse> all() {
    return Map.copyOf(all);
  }
}
