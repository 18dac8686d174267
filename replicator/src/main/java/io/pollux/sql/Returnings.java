package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.Scanner.Scope;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Plans UPDATE and DELETE on an engine where they can return the rows that they changed. */
final class Returnings {
  private static final String BY_KEY =
      "read the keys with a query first, then change the rows one by one by key";

  /**
   * The statement's parts, each empty if it isn't there.
   *
   * @param head all that stands before FROM, USING or WHERE
   * @param others FROM or USING: other tables
   * @param shown the application's RETURNING list
   */
  private record Parts(
      Table table, Scope scope, Range head, Range others, Range where, Range shown) {
    boolean isPlain() {
      return others.isEmpty() && shown.isEmpty();
    }
  }

  /** What SET does. {@code isRowLocal}: all new values follow from the row and the parameters. */
  private record Assigned(List<Column> columns, boolean isRowLocal) {}

  private final Context context;
  private final SqlText text;
  private final String kind;

  private Returnings(Context context) {
    this.context = context;
    this.text = context.text();
    this.kind = text.word(0);
  }

  static CapturePlan plan(Context context) throws SQLException {
    String verb = context.text().word(0);
    return verb.equals("INSERT") || verb.equals("REPLACE")
        ? ReturningInserts.plan(context)
        : new Returnings(context).plan();
  }

  private boolean isUpdate() {
    return kind.equals("UPDATE");
  }

  private CapturePlan plan() throws SQLException {
    int verb = isUpdate() ? 1 : 2;
    int at = text.words(verb, "ONLY") ? verb + 1 : verb;
    Optional<Context.Name> name = context.name(at);
    boolean isOfOtherForm = isUpdate() ? text.words(1, "OR") : !text.words(0, "DELETE", "FROM");
    if (name.isEmpty() || isOfOtherForm || chooses()) {
      return Context.unread(kind);
    }
    Optional<CapturePlan> obstacle = context.obstacle(name.get().table());
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Table table = context.catalogue().table(name.get().table()).orElseThrow();
    int next = text.symbol(name.get().next(), "*") ? name.get().next() + 1 : name.get().next();
    Optional<Parts> parts = parts(table, next);
    if (parts.isEmpty() || !new Queries(context).readsOnly(new Range(next, text.size()))) {
      return Context.unread(kind);
    }
    if (text.words(parts.get().where().from(), "CURRENT", "OF")) {
      return refuse(parts.get(), "the cursor's row is known on this node only");
    }
    return plan(parts.get());
  }

  /** Whether it changes the first rows of an order only; no list of what it changed fits there. */
  private boolean chooses() {
    return text.find(text.all(), Set.of("LIMIT")) < text.size();
  }

  private Optional<Parts> parts(Table table, int next) {
    int end = text.size();
    int shown = text.find(text.all(), Set.of("RETURNING"));
    int where = text.find(new Range(next, shown), Set.of("WHERE"));
    int set = isUpdate() ? text.find(new Range(next, where), Set.of("SET")) : next;
    int others = others(new Range(set, where));
    int aliasEnd = isUpdate() ? set : others;
    int alias = text.words(next, "AS") ? next + 1 : next;
    boolean aliased = alias < aliasEnd;
    if (set >= where && isUpdate()
        || (aliased ? !text.isName(alias) || alias + 1 != aliasEnd : next != aliasEnd)) {
      return Optional.empty();
    }
    String qualifier = aliased ? context.facts().name(text, alias) : table.name().name();
    return Optional.of(
        new Parts(
            table,
            new Scope(Optional.of(table), Set.of(qualifier)),
            new Range(0, others),
            new Range(Math.min(others + 1, where), where),
            new Range(Math.min(where + 1, shown), shown),
            new Range(Math.min(shown + 1, end), end)));
  }

  /** Where FROM or USING begins; the end of the range if there is none. */
  private int others(Range range) {
    Set<String> words = Set.of(isUpdate() ? "FROM" : "USING");
    int at = text.find(range, words);
    while (at < range.to() && text.words(at - 1, "DISTINCT")) {
      at = text.find(new Range(at + 1, range.to()), words);
    }
    return at;
  }

  private CapturePlan plan(Parts parts) throws SQLException {
    Optional<Assigned> assigned = assigned(parts);
    if (assigned.isEmpty()) {
      return Context.unread(kind);
    }
    Table table = parts.table();
    List<String> columns = assigned.get().columns().stream().map(Column::name).toList();
    Scan where = Scanner.scan(context, parts.scope(), parts.where(), Optional.empty());
    boolean closed =
        parts.isPlain()
            && assigned.get().isRowLocal()
            && where.isRowLocal()
            && where.edits().isEmpty();
    boolean oneRow = closed && !where.approximate() && Keyed.byKey(context, table, parts.where());
    if (oneRow) {
      return closed(table);
    }
    Optional<List<String>> key =
        table.keys().stream().filter(k -> k.stream().noneMatch(columns::contains)).findFirst();
    boolean together =
        isUpdate()
            ? columns.stream().anyMatch(table.uniqueColumns()::contains)
            : table.selfReferencing();
    if (key.isPresent() && !together) {
      return returning(parts, assigned.get(), key.get());
    }
    if (closed) {
      String lock = context.facts().locks().lockTable().formatted(context.quoted(table.name()));
      return new CapturePlan.Locked(lock, closed(table));
    }
    return refuse(
        parts,
        together
            ? "it must change several rows in one step, and what it does depends on more than them"
            : "the table has no key that is never null and stays as it is");
  }

  private CapturePlan.Closed closed(Table table) {
    Bound whole = new Edits(text).apply(text.all());
    return new CapturePlan.Closed(table.name(), whole, whole, Optional.empty());
  }

  private Optional<Assigned> assigned(Parts parts) throws SQLException {
    List<Column> columns = new ArrayList<>();
    boolean isRowLocal = parts.others().isEmpty();
    int set = text.find(parts.head(), Set.of("SET"));
    for (Range item :
        isUpdate() ? text.items(new Range(set + 1, parts.head().to())) : List.<Range>of()) {
      int equals = item.from();
      while (equals < item.to() && !text.symbol(equals, "=")) {
        equals = text.next(equals);
      }
      boolean several = text.symbol(item.from(), "(");
      Range names = new Range(item.from(), equals);
      for (Range one : several ? text.items(text.bare(names)) : List.of(names)) {
        Optional<Column> column =
            one.size() == 1
                ? parts.table().column(context.facts().name(text, one.from()))
                : Optional.empty();
        if (column.isEmpty() || column.get().identity() == Identity.ALWAYS) {
          return Optional.empty();
        }
        columns.add(column.get());
        isRowLocal &= !several && isRowLocal(parts, column.get(), new Range(equals + 1, item.to()));
      }
    }
    return Optional.of(new Assigned(columns, isRowLocal));
  }

  private boolean isRowLocal(Parts parts, Column column, Range value) throws SQLException {
    if (value.size() == 1 && text.words(value.from(), "DEFAULT")) {
      return column.identity() == Identity.NONE
          && (column.defaultText().isEmpty()
              || Default.of(context, column).nature() == Default.Nature.CONSTANT);
    }
    Scan scan = Scanner.scan(context, parts.scope(), value, Optional.of(column));
    return scan.isRowLocal() && scan.edits().isEmpty() && !isZoned(column);
  }

  /** What is assigned to it may be converted in the time zone of the session. */
  static boolean isZoned(Column column) {
    return column.jdbcType() == Types.TIMESTAMP_WITH_TIMEZONE;
  }

  private CapturePlan returning(Parts parts, Assigned assigned, List<String> key)
      throws SQLException {
    List<String> images = new ArrayList<>();
    if (!assigned.isRowLocal()) {
      assigned.columns().stream()
          .filter(column -> !column.generated())
          .map(Column::name)
          .distinct()
          .forEach(images::add);
    }
    Edits asWritten = new Edits(text);
    String table = context.quoted(parts.table().name());
    Bound head;
    if (!isUpdate()) {
      head = new Bound("DELETE FROM " + table, List.of());
    } else if (assigned.isRowLocal()) {
      head = asWritten.apply(parts.head());
    } else {
      head = new Bound("UPDATE " + table + " SET " + equations(images, ", "), fetched(0, images));
    }
    List<Binding> bindings = new ArrayList<>(head.bindings());
    bindings.addAll(fetched(images.size(), key));
    String qualifier =
        context.facts().returning() == SqlFacts.Returning.OF_ALL_TABLES
            ? context.facts().quote(parts.scope().qualifiers().iterator().next()) + "."
            : "";
    List<String> returned = new ArrayList<>(images);
    returned.addAll(key);
    int end = parts.shown().isEmpty() ? text.size() : parts.shown().from() - 1;
    return new CapturePlan.Returning(
        parts.table().name(),
        asWritten.apply(new Range(0, end)),
        asWritten.apply(parts.shown()),
        returned.stream().map(column -> qualifier + context.facts().quote(column)).toList(),
        key.size(),
        new Bound(head.sql() + " WHERE " + equations(key, " AND "), bindings),
        OptionalInt.empty(),
        new Queries(context).sequences(text.all()));
  }

  private String equations(List<String> columns, String separator) {
    return String.join(
        separator, columns.stream().map(c -> context.facts().quote(c) + " = ?").toList());
  }

  static List<Binding> fetched(int from, List<String> columns) {
    List<Binding> bindings = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      bindings.add(new Binding.Fetched(from + i));
    }
    return bindings;
  }

  private CapturePlan refuse(Parts parts, String reason) {
    TableName table = parts.table().name();
    return new CapturePlan.Refuse(kind + " of " + table, reason, BY_KEY);
  }
}
