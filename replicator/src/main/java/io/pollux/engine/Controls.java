package io.pollux.engine;

import io.pollux.sql.CapturePlan.Control.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The texts of an engine that begin or end a transaction. */
final class Controls {
  private Controls() {}

  /** As {@link io.pollux.sql.SqlFacts.Statements} wants them. */
  static Map<String, Step> of(Map<Step, List<String>> texts) {
    Map<String, Step> steps = new HashMap<>();
    texts.forEach((step, words) -> words.forEach(text -> steps.put(text, step)));
    return Map.copyOf(steps);
  }
}
