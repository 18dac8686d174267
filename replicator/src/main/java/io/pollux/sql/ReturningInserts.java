package io.pollux.sql;

import io.pollux.sql.Column.Identity;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Plans INSERT on an engine where it can return the rows that it inserted or changed. */
final class ReturningInserts {
  private static final String KIND = "INSERT";

  /**
   * The statement's parts.
   *
   * @param columns those that are listed; all if there is no list
   * @param source what stands behind the list
   * @param conflict ON CONFLICT and what it does; empty if it isn't there
   * @param shown the application's RETURNING list; empty if it isn't there
   */
  private record Parts(List<Column> columns, Range source, Range conflict, Range shown) {}

  private final Context context;
  private final SqlText text;
  private final Table table;

  private ReturningInserts(Context context, Table table) {
    this.context = context;
    this.text = context.text();
    this.table = table;
  }

  static CapturePlan plan(Context context) throws SQLException {
    SqlText text = context.text();
    int into = text.words(1, "OR") && !text.words(2, "FAIL") && !text.words(2, "ROLLBACK") ? 3 : 1;
    Optional<Context.Name> name = context.name(into + 1);
    if (!text.words(into, "INTO") || name.isEmpty()) {
      return Context.unread(text.word(0));
    }
    Optional<CapturePlan> obstacle = context.obstacle(name.get().table());
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Table table = context.catalogue().table(name.get().table()).orElseThrow();
    return new ReturningInserts(context, table).plan(name.get().next());
  }

  private CapturePlan plan(int behindName) throws SQLException {
    Optional<Parts> parts = parts(text.words(behindName, "AS") ? behindName + 2 : behindName);
    return parts.isPresent() && isHarmless(parts.get()) ? plan(parts.get()) : Context.unread(KIND);
  }

  private Optional<Parts> parts(int next) throws SQLException {
    int shown = text.find(text.all(), Set.of("RETURNING"));
    int conflict = text.find(new Range(next, shown), Set.of("CONFLICT"));
    int sourceEnd = conflict < shown ? conflict - 1 : shown;
    boolean listed = text.symbol(next, "(") && !new Queries(context).startsQuery(next);
    Optional<List<Column>> columns =
        listed ? listed(new Range(next + 1, text.closing(next))) : Optional.of(table.columns());
    int from = listed ? text.closing(next) + 1 : next;
    boolean overriding = text.words(from, "OVERRIDING") && text.words(from + 2, "VALUE");
    return columns.map(
        all ->
            new Parts(
                all,
                new Range(overriding ? from + 3 : from, sourceEnd),
                new Range(sourceEnd, shown),
                new Range(Math.min(shown + 1, text.size()), text.size())));
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

  /** Nothing in it writes but the INSERT and its ON CONFLICT. */
  private boolean isHarmless(Parts parts) throws SQLException {
    Queries queries = new Queries(context);
    Range conflict = parts.conflict();
    int update = text.find(conflict, Set.of("UPDATE"));
    return queries.readsOnly(parts.source())
        && queries.readsOnly(new Range(conflict.from(), update))
        && queries.readsOnly(new Range(Math.min(update + 1, conflict.to()), conflict.to()))
        && queries.readsOnly(parts.shown());
  }

  private CapturePlan plan(Parts parts) throws SQLException {
    boolean values = text.words(parts.source().from(), "VALUES");
    boolean defaults = text.words(parts.source().from(), "DEFAULT", "VALUES");
    if (!values && !defaults && !new Queries(context).startsQuery(parts.source().from())) {
      return Context.unread(KIND);
    }
    boolean draws = draws(parts, values);
    boolean plain =
        values
            && text.words(0, "INSERT", "INTO")
            && parts.conflict().isEmpty()
            && parts.shown().isEmpty()
            && !draws;
    if (plain && isClosed(parts)) {
      Bound whole = new Edits(text).apply(text.all());
      return new CapturePlan.Closed(table.name(), whole, whole, Optional.empty());
    }
    return returning(parts, draws);
  }

  /** Whether the engine generates a key. */
  private boolean draws(Parts parts, boolean values) {
    for (Column column : table.columns()) {
      if (column.identity() != Identity.NONE && !parts.columns().contains(column)) {
        return true;
      }
    }
    boolean listed = parts.columns().stream().anyMatch(c -> c.identity() != Identity.NONE);
    if (listed && context.facts().explicitKey().isEmpty()) {
      return true; // The value may be NULL, which asks for a generated one.
    }
    for (int i = parts.source().from(); listed && values && i < parts.source().to(); i++) {
      if (text.words(i, "DEFAULT")) {
        return true;
      }
    }
    return false;
  }

  private boolean isClosed(Parts parts) throws SQLException {
    for (Column column : table.columns()) {
      if (!parts.columns().contains(column) && !Cell.omitted(context, column).isConstant()) {
        return false;
      }
    }
    Range rows = new Range(parts.source().from() + 1, parts.source().to());
    for (Range row : text.items(rows)) {
      boolean bracketed = text.symbol(row.from(), "(") && text.closing(row.from()) == row.to() - 1;
      List<Range> items =
          bracketed ? text.items(new Range(row.from() + 1, row.to() - 1)) : List.<Range>of();
      if (items.size() != parts.columns().size()) {
        return false;
      }
      for (int i = 0; i < items.size(); i++) {
        if (!isClosed(parts.columns().get(i), items.get(i))) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isClosed(Column column, Range item) throws SQLException {
    Cell cell = Cell.of(context, column, item);
    return cell.isAsWritten() && !Returnings.isZoned(column);
  }

  private CapturePlan returning(Parts parts, boolean draws) throws SQLException {
    List<Column> columns = table.columns().stream().filter(column -> !column.generated()).toList();
    List<String> names = columns.stream().map(Column::name).toList();
    Optional<String> upsert = upsert(parts, columns);
    if (upsert.isEmpty()) {
      return new CapturePlan.Refuse(
          "INSERT … ON CONFLICT into " + table.name(),
          "the rows that it updates have no key that stays as it is",
          "use UPDATE, and INSERT if it changed no row");
    }
    boolean always = columns.stream().anyMatch(column -> column.identity() == Identity.ALWAYS);
    String logged =
        (replaces() ? "INSERT OR REPLACE INTO " : "INSERT INTO ")
            + context.quoted(table.name())
            + " ("
            + context.quoted(names)
            + (always ? ") OVERRIDING SYSTEM VALUE" : ")")
            + " VALUES ("
            + String.join(", ", Collections.nCopies(names.size(), "?"))
            + ")"
            + upsert.get();
    OptionalInt identity = OptionalInt.empty();
    for (int i = columns.size() - 1; i >= 0 && draws; i--) {
      identity = columns.get(i).identity() != Identity.NONE ? OptionalInt.of(i) : identity;
    }
    Edits asWritten = new Edits(text);
    return new CapturePlan.Returning(
        table.name(),
        asWritten.apply(new Range(0, parts.conflict().to())),
        asWritten.apply(parts.shown()),
        names.stream().map(context.facts()::quote).toList(),
        0,
        new Bound(logged, Returnings.fetched(0, names)),
        identity,
        new Queries(context).sequences(text.all()));
  }

  /**
   * What makes the row that came out of ON CONFLICT DO UPDATE, whether it was inserted or changed;
   * empty if that can't be said.
   */
  private Optional<String> upsert(Parts parts, List<Column> columns) {
    int set = text.find(parts.conflict(), Set.of("SET"));
    if (set == parts.conflict().to()) {
      return Optional.of("");
    }
    Optional<List<String>> key = Keyed.key(table);
    if (key.isEmpty() || assignsAnyOf(key.get(), new Range(set + 1, parts.conflict().to()))) {
      return Optional.empty();
    }
    List<String> others =
        columns.stream()
            .filter(column -> column.identity() != Identity.ALWAYS)
            .map(Column::name)
            .filter(name -> !key.get().contains(name))
            .toList();
    return Optional.of(
        " ON CONFLICT ("
            + context.quoted(key.get())
            + ") DO UPDATE SET "
            + String.join(
                ", ",
                (others.isEmpty() ? key.get() : others)
                    .stream()
                        .map(context.facts()::quote)
                        .map(c -> c + " = EXCLUDED." + c)
                        .toList()));
  }

  /** Whether rows that are in the way are taken away; on an equal database they are the same. */
  private boolean replaces() {
    return text.words(0, "REPLACE") || text.words(0, "INSERT", "OR", "REPLACE");
  }

  /** Looks at every name before an equals sign or in a list: one too many does no harm. */
  private boolean assignsAnyOf(List<String> key, Range assignments) {
    int where = text.find(assignments, Set.of("WHERE"));
    for (Range item : text.items(new Range(assignments.from(), where))) {
      int equals = item.from();
      while (equals < item.to() && !text.symbol(equals, "=")) {
        if (key.contains(context.facts().name(text, equals))) {
          return true;
        }
        equals++;
      }
    }
    return false;
  }
}
