package io.pollux.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The foreign keys of a database; tables are named by whatever the engine's catalogue calls them.
 */
record References(List<Reference> all) {
  /**
   * A foreign key.
   *
   * @param cascades a change of the parent's row may change the child's
   */
  record Reference(String parent, String child, boolean cascades) {}

  References {
    all = List.copyOf(all);
  }

  /** Tables that a delete from {@code table} may change; {@code table} itself only by a circle. */
  Set<String> reached(String table) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(table));
    while (!open.isEmpty()) {
      String parent = open.pop();
      for (Reference reference : all) {
        if (reference.cascades()
            && reference.parent().equals(parent)
            && reached.add(reference.child())) {
          open.push(reference.child());
        }
      }
    }
    return reached;
  }

  /** Whether a row of the table may refer to another one of it, or a circle leads back to it. */
  boolean isSelfReferencing(String table) {
    return reached(table).contains(table)
        || all.stream().anyMatch(r -> r.parent().equals(table) && r.child().equals(table));
  }
}
