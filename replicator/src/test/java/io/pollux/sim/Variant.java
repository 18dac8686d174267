package io.pollux.sim;

import io.pollux.core.CommitMode;
import java.util.ArrayList;
import java.util.List;

/**
 * A known-bad protocol: production code with a rule taken out of it. The text must be there, so
 * that a variant can't outlive what it breaks.
 *
 * @param name what is missing, as a person says it
 * @param mode in which schedules show it
 * @param strikes what must go wrong for it, and nothing else does; empty for anything
 * @param story that shows it; empty if schedules do
 */
record Variant(String name, List<Edit> edits, CommitMode mode, List<Strike> strikes, String story) {
  /**
   * One text in the place of another.
   *
   * @param type the class, without {@code io.pollux.}
   */
  record Edit(String type, String from, String to) {}

  Variant {
    edits = List.copyOf(edits);
    strikes = List.copyOf(strikes);
  }

  static Variant without(String name, String type, String from, String to) {
    return new Variant(name, List.of(new Edit(type, from, to)), CommitMode.DURABLE, List.of(), "");
  }

  Variant and(String type, String from, String to) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(type, from, to));
    return new Variant(name, more, mode, strikes, story);
  }

  Variant in(CommitMode newMode) {
    return new Variant(name, edits, newMode, strikes, story);
  }

  Variant when(Strike... newStrikes) {
    return new Variant(name, edits, mode, List.of(newStrikes), story);
  }

  /** It takes more luck than 1,000 schedules have. */
  Variant in(String newStory) {
    return new Variant(name, edits, mode, strikes, newStory);
  }

  /** A source without the rule. */
  String applyTo(String source, Edit edit) {
    if (!source.contains(edit.from())) {
      throw new AssertionError(
          "variant '" + name + "' does not fit: " + edit.type() + " has no " + edit.from());
    }
    return source.replace(edit.from(), edit.to());
  }

  @Override
  public String toString() {
    return name;
  }
}
