package io.pollux.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pollux.core.Activity;
import io.pollux.core.Availability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/pair-states.md says what the machine does; {@code -Dpollux.write=true} writes it anew. */
class PairStatesTest {
  private static final Path PAGE = Path.of("..", "docs", "pair-states.md");
  private static final String BEGIN = "<!-- generated from PairMachine -->\n";

  private final Map<String, Set<String>> table = new TreeMap<>();
  private final Map<String, Set<String>> arrows = new TreeMap<>();

  @Test
  void thePageSaysWhatTheMachineDoes() throws IOException {
    for (Availability availability : Availability.values()) {
      Exploration.of(availability, this::note);
    }
    String page = Files.readString(PAGE);
    String head = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
    if (Boolean.getBoolean("pollux.write")) {
      Files.writeString(PAGE, head + generated());
    }
    assertEquals(head + generated(), Files.readString(PAGE));
  }

  private void note(PairState before, PairEvent event, PairMachine.Step step) {
    String name = name(event);
    Activity from = before.activity();
    Activity to = step.state().activity();
    String actions =
        step.actions().stream().map(PairStatesTest::name).collect(Collectors.joining(", "));
    if (from != to || !actions.isEmpty()) {
      String does = to + (actions.isEmpty() ? "" : ": " + actions);
      table.computeIfAbsent(from + " | " + name, none -> new TreeSet<>()).add(does);
    }
    if (from != to) {
      arrows.computeIfAbsent(from + " --> " + to, none -> new TreeSet<>()).add(name);
    }
  }

  private static String name(Object value) {
    return value.getClass().getSimpleName();
  }

  private String generated() {
    StringBuilder text = new StringBuilder("\n```mermaid\nstateDiagram-v2\n  [*] --> COLD\n");
    arrows.forEach(
        (arrow, events) ->
            text.append("  ")
                .append(arrow)
                .append(": ")
                .append(String.join(", ", events))
                .append('\n'));
    text.append("```\n\n| activity | event | may lead to |\n| --- | --- | --- |\n");
    table.forEach(
        (row, outcomes) ->
            text.append("| ")
                .append(row)
                .append(" | ")
                .append(String.join("; ", outcomes))
                .append(" |\n"));
    return text.toString();
  }
}
