package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.Scanner.Scope;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans UPDATE and DELETE. */
final class Modifications {
  private static final String BY_KEY =
      "read the keys with a query first, then change the rows one by one by key";

  /**
   * The statement's parts.
   *
   * @param source the table and its alias
   * @param head all that stands before WHERE
   * @param where the predicate; empty if there is none
   */
  private record Parts(
      Table table, Range source, Range head, List<Range> assignments, Range where, Scope scope) {}

  /**
   * What the assignments do.
   *
   * @param open why a new value can't be computed from the row alone; empty if all can
   */
  private record Assigned(
      Edits edits, List<String> columns, String open, List<TableName> sequences) {}

  private final Context context;
  private final SqlText text;
  private final String kind;

  private Modifications(Context context) {
    this.context = context;
    this.text = context.text();
    this.kind = text.word(0);
  }

  static CapturePlan plan(Context context) throws SQLException {
    return new Modifications(context).plan();
  }

  private CapturePlan plan() throws SQLException {
    boolean update = kind.equals("UPDATE");
    int at = update ? 1 : 2;
    Optional<Context.Name> name = context.name(at);
    if (name.isEmpty() || (!update && !text.words(0, "DELETE", "FROM"))) {
      return Context.unread(kind);
    }
    Optional<CapturePlan> obstacle = context.obstacle(name.get().table());
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Table table = context.catalogue().table(name.get().table()).orElseThrow();
    Optional<Parts> parts = parts(table, at, name.get().next(), update);
    if (parts.isEmpty()) {
      return Context.unread(kind);
    }
    if (text.words(parts.get().where().from(), "CURRENT", "OF")) {
      return new CapturePlan.Refuse(
          kind + " … WHERE CURRENT OF",
          "the cursor's row is known on this node only",
          "address the row by its key");
    }
    return plan(parts.get());
  }

  private Optional<Parts> parts(Table table, int at, int next, boolean update) {
    Range all = text.all();
    int set = update ? text.find(all, Set.of("SET")) : next;
    int where = text.find(all, Set.of("WHERE"));
    int sourceEnd = update ? set : where;
    int alias = text.words(next, "AS") ? next + 1 : next;
    boolean aliased = alias < sourceEnd;
    boolean readable =
        set < all.to()
            && where >= set
            && (aliased ? text.isName(alias) && alias + 1 == sourceEnd : next == sourceEnd);
    if (!readable && !(next == all.to() && !update)) {
      return Optional.empty();
    }
    String qualifier = aliased ? context.facts().name(text, alias) : table.name().name();
    return Optional.of(
        new Parts(
            table,
            new Range(at, sourceEnd),
            new Range(0, where),
            update ? text.items(new Range(set + 1, where)) : List.of(),
            new Range(Math.min(where + 1, all.to()), all.to()),
            new Scope(Optional.of(table), Set.of(qualifier))));
  }

  private CapturePlan plan(Parts parts) throws SQLException {
    Optional<Assigned> assigned = assigned(parts);
    if (assigned.isEmpty()) {
      return Context.unread(kind);
    }
    Scan where = Scanner.scan(context, parts.scope(), parts.where(), Optional.empty());
    boolean oneRow =
        where.isRowLocal()
            && !where.approximate()
            && Keyed.byKey(context, parts.table(), parts.where());
    return assigned.get().open().isEmpty()
        ? rowLocal(parts, assigned.get(), where, oneRow)
        : images(parts, assigned.get(), where, oneRow);
  }

  private Optional<Assigned> assigned(Parts parts) throws SQLException {
    Edits edits = new Edits(text);
    List<String> columns = new ArrayList<>();
    List<TableName> sequences = new ArrayList<>();
    String open = "";
    for (Range assignment : parts.assignments()) {
      Optional<Column> column = assignedColumn(parts.table(), assignment);
      if (column.isEmpty()) {
        return Optional.empty();
      }
      int equals = equalsSign(assignment);
      Range value = new Range(equals + 1, assignment.to());
      if (!column.get().generated()) {
        columns.add(column.get().name());
      }
      if (value.size() == 1 && text.words(value.from(), "DEFAULT")) {
        open = open.isEmpty() ? toDefault(column.get(), value, edits) : open;
        continue;
      }
      Scan scan = Scanner.scan(context, parts.scope(), value, column);
      edits.addAll(scan.edits());
      sequences.addAll(scan.sequences());
      if (!scan.isRowLocal() && open.isEmpty()) {
        open = scan.readsRows() && scan.open().isEmpty() ? "it reads other rows" : scan.open();
      }
    }
    return new HashSet<>(sequences).size() < sequences.size()
        ? Optional.empty()
        : Optional.of(new Assigned(edits, columns, open, sequences));
  }

  /** {@code SET column = DEFAULT}. Returns why the value differs between nodes, if it does. */
  private String toDefault(Column column, Range value, Edits edits) throws SQLException {
    if (column.generated()) {
      return "";
    }
    if (column.identity() != Identity.NONE) {
      return "it generates a key";
    }
    if (column.defaultText().isEmpty()) {
      return "";
    }
    Default expression = Default.of(context, column);
    if (expression.nature() == Default.Nature.CLOCK) {
      edits.replace(value, expression.bound().sql(), expression.bound().bindings());
    }
    return expression.nature() == Default.Nature.OPEN
        ? "the default of " + column.name() + " differs between nodes"
        : "";
  }

  private int equalsSign(Range assignment) {
    int i = assignment.from();
    while (i < assignment.to() && !text.symbol(i, "=")) {
      i++;
    }
    return i;
  }

  private Optional<Column> assignedColumn(Table table, Range assignment) {
    int equals = equalsSign(assignment);
    boolean chain = equals < assignment.to() - 1 && (equals - assignment.from()) % 2 == 1;
    for (int i = assignment.from(); i < equals; i++) {
      chain &= (i - assignment.from()) % 2 == 0 ? text.isName(i) : text.symbol(i, ".");
    }
    return chain ? table.column(context.facts().name(text, equals - 1)) : Optional.empty();
  }

  /** Every new value can be computed from the row alone. */
  private CapturePlan rowLocal(Parts parts, Assigned assigned, Scan where, boolean oneRow) {
    Table table = parts.table();
    Edits edits = new Edits(text).addAll(assigned.edits()).addAll(where.edits());
    Bound whole = edits.apply(text.all());
    CapturePlan.Closed closed =
        new CapturePlan.Closed(table.name(), whole, whole, Optional.empty());
    if (oneRow) {
      return closed;
    }
    boolean together = mustMoveTogether(parts, assigned);
    Optional<List<String>> key = Keyed.key(table);
    if (!assigned.sequences().isEmpty()) {
      return refuse(parts, "it draws from a sequence for each of several rows");
    }
    boolean canLock = !context.facts().locks().lockTable().isEmpty();
    if (canLock && where.isRowLocal() && (together || key.isEmpty())) {
      String lock = context.facts().locks().lockTable().formatted(context.quoted(table.name()));
      return new CapturePlan.Locked(lock, closed);
    }
    if (together) {
      return refuse(parts, "it must change several rows in one step, and " + reason(where));
    }
    if (key.isEmpty()) {
      return refuse(parts, "the table has no key that is never null, and " + reason(where));
    }
    return eachKey(parts, assigned, where, key.get());
  }

  private CapturePlan eachKey(Parts parts, Assigned assigned, Scan where, List<String> key) {
    Bound logged = byKey(assigned.edits().apply(parts.head()), key);
    boolean again =
        where.isRowLocal(); // What reads other rows may read those that were just changed.
    if (!again && !canHold(parts.table())) {
      return refuse(parts, "none of the table's columns can be set, and " + reason(where));
    }
    return new CapturePlan.EachKey(
        parts.table().name(),
        selectKeys(parts, where, key, " ORDER BY " + context.quoted(key)),
        again ? Optional.empty() : Optional.of(hold(parts.table(), key)),
        again ? alsoWhere(logged, where.edits().apply(parts.where())) : logged,
        logged);
  }

  private boolean canHold(Table table) {
    return context.facts().locks().touch().isEmpty() || table.settable().isPresent();
  }

  /** Holds one row; {@link #canHold}. */
  private Bound hold(Table table, List<String> key) {
    SqlFacts.Locks locks = context.facts().locks();
    if (locks.touch().isEmpty()) {
      Bound row = byKey(selectFrom(table, key), key);
      return new Bound(row.sql() + locks.forUpdate(), row.bindings());
    }
    String column = context.facts().quote(table.settable().orElseThrow());
    String touch = locks.touch().formatted(context.quoted(table.name()), column);
    return byKey(new Bound(touch, List.of()), key);
  }

  private Bound selectFrom(Table table, List<String> columns) {
    return new Bound(
        "SELECT " + context.quoted(columns) + " FROM " + context.quoted(table.name()), List.of());
  }

  private static Bound alsoWhere(Bound byKey, Bound predicate) {
    if (predicate.sql().isBlank()) {
      return byKey;
    }
    List<Binding> bindings = new ArrayList<>(byKey.bindings());
    bindings.addAll(predicate.bindings());
    return new Bound(byKey.sql() + " AND (" + predicate.sql() + ")", bindings);
  }

  /** Whether the engine checks what the statement does only when all rows are done. */
  private static boolean mustMoveTogether(Parts parts, Assigned assigned) {
    Table table = parts.table();
    return parts.assignments().isEmpty()
        ? table.selfReferencing()
        : assigned.columns().stream().anyMatch(table.uniqueColumns()::contains);
  }

  /** Some new value is known only after the statement ran. */
  private CapturePlan images(Parts parts, Assigned assigned, Scan where, boolean oneRow) {
    Table table = parts.table();
    Optional<List<String>> key = Keyed.key(table);
    if (key.isEmpty()) {
      return refuse(parts, "the table has no key that is never null, and " + assigned.open());
    }
    if (assigned.columns().stream().anyMatch(key.get()::contains)
        || (!oneRow && mustMoveTogether(parts, assigned))) {
      return refuse(
          parts, "it changes a key to a value that isn't known before: " + assigned.open());
    }
    SqlFacts.Locks locks = context.facts().locks();
    if (!where.isStable() || (where.readsRows() && locks.stableResult().isEmpty())) {
      return refuse(parts, reason(where) + ", and " + assigned.open());
    }
    Edits edits = new Edits(text).addAll(where.edits());
    List<String> read = new ArrayList<>(assigned.columns());
    read.addAll(key.get());
    return new CapturePlan.Images(
        table.name(),
        selectKeys(
            parts, where, key.get(), where.readsRows() ? locks.stableResult() : locks.forUpdate()),
        locks.touch().isEmpty() ? Optional.empty() : Optional.of(hold(table, key.get())),
        edits.apply(text.all()),
        byKey(selectFrom(table, read), key.get()),
        assigned.columns(),
        key.get(),
        assigned.sequences());
  }

  private static String reason(Scan where) {
    return where.open().isEmpty() ? "its predicate reads other rows" : where.open();
  }

  private CapturePlan refuse(Parts parts, String reason) {
    return new CapturePlan.Refuse(kind + " of " + parts.table().name(), reason, BY_KEY);
  }

  private Bound selectKeys(Parts parts, Scan where, List<String> key, String ending) {
    Bound predicate = where.edits().apply(parts.where());
    return new Bound(
        "SELECT "
            + context.quoted(key)
            + " FROM "
            + text.slice(parts.source())
            + (parts.where().isEmpty() ? "" : " WHERE " + predicate.sql())
            + ending,
        predicate.bindings());
  }

  private Bound byKey(Bound head, List<String> key) {
    List<Binding> bindings = new ArrayList<>(head.bindings());
    List<String> equations = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      equations.add(context.facts().quote(key.get(i)) + " = ?");
      bindings.add(new Binding.Fetched(i));
    }
    return new Bound(head.sql() + " WHERE " + String.join(" AND ", equations), bindings);
  }
}
