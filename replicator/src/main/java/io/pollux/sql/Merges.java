package io.pollux.sql;

import io.pollux.sql.Column.Identity;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Plans MERGE on an engine whose driver shows the rows that it inserted or updated. */
final class Merges {
  private static final String KIND = "MERGE";

  /**
   * What a statement does to rows that it finds.
   *
   * @param assigned columns that it sets
   * @param oneRow it has one source row, given by values
   */
  private record Effect(List<String> assigned, boolean oneRow) {}

  private final Context context;
  private final SqlText text;
  private final Table table;
  private final Queries queries;

  private Merges(Context context, Table table) {
    this.context = context;
    this.text = context.text();
    this.table = table;
    this.queries = new Queries(context);
  }

  static CapturePlan plan(Context context) throws SQLException {
    Optional<Context.Name> name = context.name(2);
    if (!context.text().words(0, "MERGE", "INTO") || name.isEmpty()) {
      return Context.unread(KIND);
    }
    Optional<CapturePlan> obstacle = context.obstacle(name.get().table());
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Table table = context.catalogue().table(name.get().table()).orElseThrow();
    return new Merges(context, table).plan(name.get().next());
  }

  private CapturePlan plan(int next) throws SQLException {
    Optional<Effect> effect = branch(next) < text.size() ? branches(next) : byKey(next);
    return effect.isPresent() ? plan(effect.get()) : Context.unread(KIND);
  }

  /** Where {@code WHEN MATCHED} or {@code WHEN NOT MATCHED} stands next. */
  private int branch(int from) {
    int i = from;
    while (i < text.size()
        && !text.words(i, "WHEN", "MATCHED")
        && !text.words(i, "WHEN", "NOT", "MATCHED")) {
      i = text.next(i);
    }
    return i;
  }

  /** {@code MERGE INTO t (columns) KEY (columns) VALUES …}. */
  private Optional<Effect> byKey(int next) throws SQLException {
    boolean listed = text.symbol(next, "(") && !queries.startsQuery(next);
    List<String> columns =
        listed ? names(next) : table.columns().stream().map(Column::name).toList();
    int behind = listed ? text.closing(next) + 1 : next;
    boolean keyed = text.words(behind, "KEY") && text.symbol(behind + 1, "(");
    List<String> key = keyed ? names(behind + 1) : Keyed.key(table).orElse(List.of());
    int from = keyed ? text.closing(behind + 1) + 1 : behind;
    if (!queries.startsQuery(from) || !queries.readsOnly(new Range(from, text.size()))) {
      return Optional.empty();
    }
    List<String> assigned = new ArrayList<>(columns);
    assigned.removeAll(key);
    boolean oneRow =
        text.words(from, "VALUES") && text.items(new Range(from + 1, text.size())).size() == 1;
    return Optional.of(new Effect(assigned, oneRow));
  }

  private List<String> names(int bracket) {
    return text.items(new Range(bracket + 1, text.closing(bracket))).stream()
        .map(item -> context.facts().name(text, item.from()))
        .toList();
  }

  /** {@code MERGE INTO t USING … ON … WHEN … THEN …}; empty if it takes rows away. */
  private Optional<Effect> branches(int next) throws SQLException {
    List<String> assigned = new ArrayList<>();
    int when = branch(next);
    boolean readable = text.find(new Range(next, when), Set.of("USING")) < when;
    readable &= queries.readsOnly(new Range(next, when));
    while (readable && when < text.size()) {
      int end = branch(when + 1);
      int then = text.find(new Range(when, end), Set.of("THEN"));
      Range action = new Range(Math.min(then + 2, end), end);
      readable =
          queries.readsOnly(new Range(when, then))
              && queries.readsOnly(action)
              && (text.words(then + 1, "INSERT")
                  || (text.words(then + 1, "UPDATE", "SET") && assigns(action, assigned)));
      when = end;
    }
    return readable ? Optional.of(new Effect(assigned, false)) : Optional.empty();
  }

  /** Adds what {@code SET …} sets; false if that can't be read. */
  private boolean assigns(Range action, List<String> assigned) {
    for (Range item : text.items(new Range(action.from() + 1, action.to()))) {
      int name = item.from();
      while (text.isName(name) && text.symbol(name + 1, ".")) {
        name += 2;
      }
      assigned.add(context.facts().name(text, name));
      if (!text.isName(name) || !text.symbol(name + 1, "=")) {
        return false;
      }
    }
    return true;
  }

  private CapturePlan plan(Effect effect) throws SQLException {
    Optional<List<String>> key =
        table.keys().stream()
            .filter(names -> names.stream().noneMatch(effect.assigned()::contains))
            .findFirst();
    if (key.isEmpty()) {
      return refuse("the rows that it updates have no key that stays as it is");
    }
    if (!effect.oneRow() && effect.assigned().stream().anyMatch(table.uniqueColumns()::contains)) {
      return refuse("it may move a unique value from one row to another");
    }
    List<String> columns = new ArrayList<>();
    OptionalInt identity = OptionalInt.empty();
    for (Column column : table.columns()) {
      boolean addresses = key.get().contains(column.name());
      if (column.identity() == Identity.ALWAYS && !addresses) {
        return refuse("its rows get a number that no other statement can give them");
      }
      if (!column.generated() && !addresses) {
        columns.add(column.name());
      }
    }
    columns.addAll(key.get());
    for (Column column : table.columns()) {
      if (column.identity() != Identity.NONE) {
        identity = OptionalInt.of(columns.indexOf(column.name()));
      }
    }
    return new CapturePlan.Merge(
        table.name(),
        new Edits(text).apply(text.all()),
        columns,
        key.get().size(),
        identity,
        queries.sequences(text.all()));
  }

  private CapturePlan refuse(String reason) {
    return new CapturePlan.Refuse(
        "MERGE into " + table.name(), reason, "use UPDATE, and INSERT if it changed no row");
  }
}
