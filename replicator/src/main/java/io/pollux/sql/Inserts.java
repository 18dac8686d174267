package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Plans INSERT. */
final class Inserts {
  private static final String KIND = "INSERT";
  private static final Set<String> QUERY_TAILS =
      Set.of("UNION", "EXCEPT", "INTERSECT", "ORDER", "OFFSET", "FETCH", "LIMIT");

  private final Context context;
  private final SqlText text;
  private final Table table;
  private final String head;

  private Inserts(Context context, Table table, String head) {
    this.context = context;
    this.text = context.text();
    this.table = table;
    this.head = head;
  }

  static CapturePlan plan(Context context) throws SQLException {
    SqlText text = context.text();
    Optional<Context.Name> name = context.name(2);
    if (!text.words(0, "INSERT", "INTO") || name.isEmpty()) {
      return Context.unread(KIND);
    }
    Optional<CapturePlan> obstacle = context.obstacle(name.get().table());
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Table table = context.catalogue().table(name.get().table()).orElseThrow();
    int next = name.get().next();
    return new Inserts(context, table, text.slice(new Range(0, next))).plan(next);
  }

  private CapturePlan plan(int next) throws SQLException {
    boolean listed = text.symbol(next, "(") && !new Queries(context).startsQuery(next);
    Optional<List<Column>> columns =
        listed ? listed(new Range(next + 1, text.closing(next))) : Optional.of(table.columns());
    if (columns.isEmpty()) {
      return Context.unread(KIND);
    }
    int behind = listed ? text.closing(next) + 1 : next;
    boolean overrides =
        text.words(behind, "OVERRIDING", "SYSTEM", "VALUE")
            && !context.facts().explicitKey().isEmpty();
    int from = overrides ? behind + 3 : behind;
    Range source = new Range(from, text.size());
    boolean values =
        text.word(from).equals("VALUES") && text.find(source, QUERY_TAILS) == source.to();
    return values
        ? values(columns.get(), new Range(from + 1, source.to()))
        : select(columns.get(), source);
  }

  private Optional<List<Column>> listed(Range range) {
    List<Column> columns = new ArrayList<>();
    for (Range item : text.items(range)) {
      Optional<Column> column =
          item.size() == 1
              ? table.column(context.facts().name(text, item.from()))
              : Optional.empty();
      if (column.isEmpty() || columns.contains(column.get())) {
        return Optional.empty();
      }
      columns.add(column.get());
    }
    return Optional.of(columns);
  }

  private CapturePlan values(List<Column> columns, Range source) throws SQLException {
    List<Cell> added = added(columns);
    List<List<Cell>> rows = new ArrayList<>();
    for (Range row : text.items(source)) {
      boolean bracketed = text.symbol(row.from(), "(") && text.closing(row.from()) == row.to() - 1;
      List<Range> items =
          bracketed ? text.items(new Range(row.from() + 1, row.to() - 1)) : List.of(row);
      if (items.size() != columns.size() || items.stream().anyMatch(Range::isEmpty)) {
        return Context.unread(KIND);
      }
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        cells.add(Cell.of(context, columns.get(i), items.get(i)));
      }
      cells.addAll(added);
      rows.add(cells);
    }
    List<TableName> sequences =
        rows.stream().flatMap(List::stream).flatMap(c -> c.sequences().stream()).toList();
    if (new HashSet<>(sequences).size() < sequences.size()) {
      return Context.unread("INSERT that draws twice from one sequence");
    }
    return rows.stream().flatMap(List::stream).anyMatch(Cell::isOpen)
        ? valuesAsQuery(rows, sequences)
        : closed(rows);
  }

  /** What columns that are not listed get, unless every node gives it to them by itself. */
  private List<Cell> added(List<Column> columns) throws SQLException {
    List<Cell> cells = new ArrayList<>();
    for (Column column : table.columns()) {
      if (!columns.contains(column)) {
        Cell cell = Cell.omitted(context, column);
        if (!cell.isConstant()) {
          cells.add(cell);
        }
      }
    }
    return cells;
  }

  private CapturePlan closed(List<List<Cell>> rows) {
    boolean asWritten = rows.stream().flatMap(List::stream).allMatch(Cell::isAsWritten);
    Bound local =
        asWritten ? new Edits(text).apply(text.all()) : compose(rows, Cell::local, Cell::isListed);
    boolean identity = rows.stream().flatMap(List::stream).anyMatch(Cell::isIdentity);
    if (!identity) {
      return new CapturePlan.Closed(table.name(), local, local, Optional.empty());
    }
    if (rows.size() == 1) {
      return identified(rows.get(0), local);
    }
    return new CapturePlan.Split(
        rows.stream()
            .map(row -> identified(row, compose(List.of(row), Cell::local, Cell::isListed)))
            .toList());
  }

  private CapturePlan.Closed identified(List<Cell> row, Bound local) {
    Optional<String> key =
        row.stream().filter(Cell::isIdentity).map(cell -> cell.column().name()).findFirst();
    Bound logged = key.isEmpty() ? local : compose(List.of(row), Cell::logged, cell -> true);
    return new CapturePlan.Closed(table.name(), local, logged, key);
  }

  private Bound compose(List<List<Cell>> rows, Function<Cell, Bound> as, Predicate<Cell> which) {
    List<String> names =
        rows.get(0).stream().filter(which).map(cell -> cell.column().name()).toList();
    List<Binding> bindings = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (List<Cell> row : rows) {
      List<Bound> cells = row.stream().filter(which).map(as).toList();
      cells.forEach(cell -> bindings.addAll(cell.bindings()));
      lines.add("(" + String.join(", ", cells.stream().map(Bound::sql).toList()) + ")");
    }
    String columns = names.isEmpty() ? "" : " (" + context.quoted(names) + ")";
    return new Bound(
        head + columns + explicit(names) + " VALUES " + String.join(", ", lines), bindings);
  }

  /** Evaluates the rows once, as a query, and inserts what it returns. */
  private CapturePlan valuesAsQuery(List<List<Cell>> rows, List<TableName> sequences) {
    List<Cell> first = rows.get(0).stream().filter(Cell::isQueried).toList();
    List<Binding> bindings = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (List<Cell> row : rows) {
      List<Cell> queried = row.stream().filter(Cell::isQueried).toList();
      if (!queried.stream()
          .map(Cell::column)
          .toList()
          .equals(first.stream().map(Cell::column).toList())) {
        return Context.unread("INSERT that generates the key of some rows only");
      }
      queried.forEach(cell -> bindings.addAll(cell.query().bindings()));
      lines.add(
          "(" + String.join(", ", queried.stream().map(cell -> cell.query().sql()).toList()) + ")");
    }
    Bound query = new Bound("VALUES " + String.join(", ", lines), bindings);
    List<Column> columns = first.stream().map(Cell::column).toList();
    return new CapturePlan.InsertSelect(
        table.name(), query, insertFetched(columns, List.of()), sequences);
  }

  private CapturePlan select(List<Column> columns, Range source) throws SQLException {
    Queries queries = new Queries(context);
    if (!queries.startsQuery(source.from()) || !queries.readsOnly(source)) {
      return Context.unread("INSERT … SELECT");
    }
    List<Cell> added = added(columns);
    for (Cell cell : added) {
      if (cell.isOpen()) {
        return new CapturePlan.Refuse(
            "INSERT … SELECT into " + table.name(),
            "the default of column " + cell.column().name() + " depends on the session",
            "list the column and select its value");
      }
    }
    return new CapturePlan.InsertSelect(
        table.name(),
        queries.typed(source, columns).apply(source),
        insertFetched(columns, added.stream().filter(Cell::isQueried).toList()),
        queries.sequences(source));
  }

  /** Inserts one row of a query, and the clock where a column that it lacks asks for it. */
  private CapturePlan.Closed insertFetched(List<Column> columns, List<Cell> added) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    List<Binding> bindings = new ArrayList<>();
    for (Column column : columns) {
      bindings.add(new Binding.Fetched(names.size()));
      names.add(column.name());
      values.add("?");
    }
    for (Cell cell : added) {
      names.add(cell.column().name());
      values.add(cell.local().sql());
      bindings.addAll(cell.local().bindings());
    }
    Bound local = insert(names, values, bindings);
    Optional<String> key =
        table.columns().stream()
            .filter(column -> column.identity() != Identity.NONE && !columns.contains(column))
            .map(Column::name)
            .findFirst();
    if (key.isEmpty()) {
      return new CapturePlan.Closed(table.name(), local, local, key);
    }
    names.add(key.get());
    values.add("?");
    bindings.add(new Binding.GeneratedKey(key.get()));
    return new CapturePlan.Closed(table.name(), local, insert(names, values, bindings), key);
  }

  private Bound insert(List<String> names, List<String> values, List<Binding> bindings) {
    return new Bound(
        head
            + " ("
            + context.quoted(names)
            + ")"
            + explicit(names)
            + " VALUES ("
            + String.join(", ", values)
            + ")",
        bindings);
  }

  /** A key that the engine always generates is given by the log, or by a query of ours. */
  private String explicit(List<String> names) {
    boolean always =
        names.stream()
            .map(name -> table.column(name).orElseThrow())
            .anyMatch(column -> column.identity() == Identity.ALWAYS);
    return always ? context.facts().explicitKey() : "";
  }
}
