package io.pollux.core;

import java.util.Objects;

/**
 * A table or sequence as the catalogue spells it; {@code schema} is empty on an engine without
 * schemas.
 */
public record TableName(String schema, String name) implements Comparable<TableName> {
  public TableName {
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(name, "name");
  }

  @Override
  public int compareTo(TableName other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return schema.isEmpty() ? name : schema + "." + name;
  }
}
