package io.pollux.sql;

import io.pollux.core.TableName;
import java.util.List;
import java.util.Objects;

/**
 * What capture must know of a table.
 *
 * @param columns in the order of the table
 * @param keys column lists that identify a row and are never null, the primary key first; empty if
 *     a row can't be addressed
 * @param triggers names of its triggers
 */
public record Table(
    TableName name, List<Column> columns, List<List<String>> keys, List<String> triggers) {
  public Table {
    Objects.requireNonNull(name, "name");
    columns = List.copyOf(columns);
    keys = List.copyOf(keys);
    triggers = List.copyOf(triggers);
  }
}
