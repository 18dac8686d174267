package io.pollux.sql;

import java.util.List;
import java.util.Objects;

/** A statement text and, for each of its {@code ?} in order, where the value comes from. */
public record Bound(String sql, List<Binding> bindings) {
  public Bound {
    Objects.requireNonNull(sql, "sql");
    bindings = List.copyOf(bindings);
  }
}
