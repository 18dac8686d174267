package io.pollux.sql;

import io.pollux.core.TableName;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What capture must know of a table.
 *
 * @param columns in the order of the table
 * @param keys column lists that identify a row, the primary key first; empty if a row can't be
 *     addressed. Never null, but where an engine takes NULL in a primary key: such a row has none
 * @param triggers names of the triggers that a write to it may fire, those of tables that it
 *     cascades to included
 * @param uniqueColumns members of any unique index: moved over several rows, they must be moved by
 *     one statement
 * @param selfReferencing a foreign key refers to the table itself: several rows must be deleted by
 *     one statement
 */
public record Table(
    TableName name,
    List<Column> columns,
    List<List<String>> keys,
    List<String> triggers,
    Set<String> uniqueColumns,
    boolean selfReferencing) {
  public Table {
    Objects.requireNonNull(name, "name");
    columns = List.copyOf(columns);
    keys = keys.stream().map(List::copyOf).toList();
    triggers = List.copyOf(triggers);
    uniqueColumns = Set.copyOf(uniqueColumns);
  }

  /** A column that a statement may set, one of no key if there is one. */
  public Optional<String> settable() {
    return columns.stream()
        .filter(column -> !column.generated() && column.identity() != Column.Identity.ALWAYS)
        .map(Column::name)
        .min(Comparator.comparing(uniqueColumns::contains));
  }

  public Optional<Column> column(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).findFirst();
  }
}
