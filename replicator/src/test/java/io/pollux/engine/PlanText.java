package io.pollux.engine;

import io.pollux.sql.Binding;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A plan as people read it, one line for each statement in it. */
final class PlanText implements CapturePlan.Handler<List<String>, RuntimeException> {
  private final String sql;

  private PlanText(String sql) {
    this.sql = sql;
  }

  static String of(String sql, CapturePlan plan) {
    return String.join("\n", plan.accept(new PlanText(sql)));
  }

  @Override
  public List<String> pass(CapturePlan.Pass plan) {
    return List.of("PASS");
  }

  @Override
  public List<String> closed(CapturePlan.Closed plan) {
    if (plan.local().equals(plan.logged()) && plan.local().sql().equals(sql.strip())) {
      return List.of("REPLAY " + bindings(plan.local()));
    }
    List<String> lines = new ArrayList<>(List.of("REWRITE " + bound(plan.local())));
    if (!plan.local().equals(plan.logged())) {
      lines.add("  logged " + bound(plan.logged()));
    }
    plan.generatedKey().ifPresent(key -> lines.add("  key " + key));
    return lines;
  }

  @Override
  public List<String> locked(CapturePlan.Locked plan) {
    List<String> lines = new ArrayList<>(List.of("LOCKED " + plan.lock()));
    plan.statement().accept(this).forEach(line -> lines.add("  " + line));
    return lines;
  }

  @Override
  public List<String> split(CapturePlan.Split plan) {
    List<String> lines = new ArrayList<>(List.of("SPLIT"));
    plan.parts().forEach(part -> part.accept(this).forEach(line -> lines.add("  " + line)));
    return lines;
  }

  @Override
  public List<String> eachKey(CapturePlan.EachKey plan) {
    List<String> lines = new ArrayList<>();
    lines.add("EACH " + bound(plan.selectKeys()));
    plan.hold().ifPresent(hold -> lines.add("  hold " + bound(hold)));
    lines.add("  do " + bound(plan.each()));
    lines.add("  logged " + bound(plan.logged()));
    return lines;
  }

  @Override
  public List<String> images(CapturePlan.Images plan) {
    return List.of(
        "IMAGES " + bound(plan.selectKeys()),
        local(plan.local()),
        "  read " + bound(plan.selectImage()) + sequences(plan.sequences()));
  }

  @Override
  public List<String> insertSelect(CapturePlan.InsertSelect plan) {
    List<String> lines =
        new ArrayList<>(List.of("ROWS " + bound(plan.query()) + sequences(plan.sequences())));
    plan.insert().accept(this).forEach(line -> lines.add("  " + line));
    return lines;
  }

  @Override
  public List<String> merge(CapturePlan.Merge plan) {
    return List.of(
        "MERGE " + String.join(", ", plan.columns()) + sequences(plan.sequences()),
        local(plan.local()));
  }

  @Override
  public List<String> returning(CapturePlan.Returning plan) {
    return List.of(
        "RETURNING " + String.join(", ", plan.returned()) + sequences(plan.sequences()),
        local(plan.whole(plan.shown().sql())),
        "  logged " + bound(plan.logged()));
  }

  @Override
  public List<String> sequence(CapturePlan.Sequence plan) {
    return List.of("SEQUENCE" + sequences(plan.sequences()));
  }

  @Override
  public List<String> ddl(CapturePlan.Ddl plan) {
    return List.of(
        "DDL"
            + plan.fills().map(fill -> " fills " + fill.table() + " " + fill.columns()).orElse(""));
  }

  @Override
  public List<String> session(CapturePlan.Session plan) {
    return List.of("SESSION");
  }

  @Override
  public List<String> control(CapturePlan.Control plan) {
    return List.of("CONTROL " + plan.step() + " " + plan.savepoint());
  }

  @Override
  public List<String> script(CapturePlan.Script plan) {
    return List.of("SCRIPT " + String.join(" | ", plan.texts()));
  }

  @Override
  public List<String> refuse(CapturePlan.Refuse plan) {
    return List.of("REFUSE " + plan.kind() + ": " + plan.reason() + "; " + plan.wayOut());
  }

  private String local(Bound local) {
    return local.sql().equals(sql.strip())
        ? "  local as written " + bindings(local)
        : "  local " + bound(local);
  }

  private static String sequences(List<?> sequences) {
    return sequences.isEmpty() ? "" : " draws " + sequences;
  }

  private static String bound(Bound bound) {
    return bound.sql().replaceAll("\\s+", " ") + " " + bindings(bound);
  }

  private static String bindings(Bound bound) {
    return bound.bindings().stream()
        .map(PlanText::binding)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String binding(Binding binding) {
    if (binding instanceof Binding.Parameter parameter) {
      return Integer.toString(parameter.index());
    } else if (binding instanceof Binding.Clock clock) {
      return clock.kind().toString();
    } else if (binding instanceof Binding.NextValue next) {
      return "next " + next.sequence();
    } else if (binding instanceof Binding.GeneratedKey key) {
      return "key " + key.column();
    }
    return "fetched " + ((Binding.Fetched) binding).ordinal();
  }
}
