package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.CapturePlan.Ddl;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans schema changes. */
final class Definitions {
  private static final Set<String> NOT_A_COLUMN =
      Set.of("CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK");
  private static final Set<String> DEFAULT_ENDS =
      Set.of("NOT", "NULL", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "GENERATED");

  /** What stands behind the ON UPDATE of a foreign key. */
  private static final Set<String> REFERENTIAL = Set.of("CASCADE", "RESTRICT", "NO", "SET");

  private final Context context;
  private final SqlText text;

  private Definitions(Context context) {
    this.context = context;
    this.text = context.text();
  }

  static CapturePlan plan(Context context, String kind) throws SQLException {
    return new Definitions(context).plan(kind);
  }

  private CapturePlan plan(String kind) throws SQLException {
    Optional<CapturePlan> outside = new Reach(context, kind).outside();
    if (outside.isPresent()) {
      return outside.get();
    }
    Optional<CapturePlan> generator = generator(kind);
    if (generator.isPresent()) {
      return generator.get();
    }
    Optional<CapturePlan> obstacle = obstacle(kind);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    if (kind.startsWith("CREATE TEMP")) {
      return temporary(kind);
    }
    List<Context.Name> names = names(kind);
    int temporary = 0;
    for (Context.Name name : names) {
      temporary += isTemporary(name) ? 1 : 0;
    }
    if (temporary > 0) {
      return temporary == names.size()
          ? new CapturePlan.Session()
          : refuse(kind, "one of the tables is this session's alone", "change them one by one");
    }
    return kind.equals("ALTER TABLE") && !names.isEmpty()
        ? alter(kind, names.get(0))
        : new Ddl(kind, Optional.empty());
  }

  private Optional<CapturePlan> obstacle(String kind) throws SQLException {
    boolean view = kind.equals("CREATE VIEW") || text.words(0, "CREATE", "OR", "REPLACE", "VIEW");
    Range query = new Range(text.find(text.all(), Set.of("AS")), text.size());
    if (kind.equals("CREATE OR REPLACE") && !view) {
      return Optional.of(Context.unread(kind));
    }
    Queries queries = new Queries(context);
    if (view && (!queries.readsOnly(query) || !queries.sequences(text.all()).isEmpty())) {
      return Optional.of(
          refuse(
              kind,
              "its readers would draw from a sequence unseen",
              "draw the value in the query"));
    }
    if (kind.startsWith("CREATE ")
        && kind.endsWith(" TABLE")
        && !query.isEmpty()
        && !text.words(text.size() - 2, "NO", "DATA")) {
      return Optional.of(
          refuse(
              "CREATE TABLE … AS",
              "the rows that it stores can't be told from outside",
              "create the table with its columns, then use INSERT … SELECT"));
    }
    if (kind.equals("CREATE TABLE")
        && text.find(text.all(), Set.of("INHERITS", "PARTITION")) < text.size()) {
      return Optional.of(
          refuse(kind, "tables that share rows can't be copied", "use plain tables"));
    }
    if (touchesUnseen()) {
      return Optional.of(
          refuse(
              kind,
              "ON UPDATE sets a column unseen, to another value on each node",
              "let the statements that change a row set the column"));
    }
    if (kind.equals("CREATE TYPE") && text.find(text.all(), Set.of("ENUM")) == text.size()) {
      return Optional.of(refuse(kind, "only an ENUM can be copied", "use columns instead"));
    }
    return text.find(text.all(), Set.of("CONCURRENTLY")) < text.size()
        ? Optional.of(refuse(kind, "it can't be a part of a transaction", "leave out CONCURRENTLY"))
        : Optional.empty();
  }

  /** {@code ON UPDATE} that says neither what a foreign key does nor when a trigger fires. */
  private boolean touchesUnseen() {
    for (int i = 0; i < text.size(); i++) {
      if (text.words(i, "ON", "UPDATE") && !REFERENTIAL.contains(text.word(i + 2))) {
        return true;
      }
    }
    return false;
  }

  /** It must not hide a table: other sessions would go on writing that one. */
  private CapturePlan temporary(String kind) throws SQLException {
    Optional<Context.Name> name = context.name(behind(3, "IF", "NOT", "EXISTS"));
    Range rest = new Range(3, text.size());
    Queries queries = new Queries(context);
    if (name.isEmpty() || !queries.readsOnly(rest) || !queries.sequences(rest).isEmpty()) {
      return Context.unread(kind);
    }
    TableName table = name.get().table();
    boolean hides =
        !context.isTemporary(table.schema())
            && (context.catalogue().table(table).isPresent() || context.catalogue().isView(table));
    return hides
        ? refuse(kind, "it would hide the table " + table, "give it another name")
        : new CapturePlan.Session();
  }

  private int behind(int i, String... words) {
    return text.words(i, words) ? i + words.length : i;
  }

  /** The tables that a change is about; empty where none can be temporary. */
  private List<Context.Name> names(String kind) throws SQLException {
    int at =
        switch (kind) {
          case "DROP TABLE", "ALTER TABLE" -> behind(behind(2, "IF", "EXISTS"), "ONLY");
          case "TRUNCATE" -> behind(behind(1, "TABLE"), "ONLY");
          case "CREATE INDEX", "CREATE UNIQUE INDEX" ->
              behind(text.find(text.all(), Set.of("ON")) + 1, "ONLY");
          default -> text.size();
        };
    List<Context.Name> names = new ArrayList<>();
    Optional<Context.Name> name = context.name(at);
    while (name.isPresent()) {
      names.add(name.get());
      name =
          text.symbol(name.get().next(), ",")
              ? context.name(name.get().next() + 1)
              : Optional.empty();
    }
    return names;
  }

  private boolean isTemporary(Context.Name name) throws SQLException {
    return context.isTemporary(name.table().schema())
        && context.catalogue().table(name.table()).isEmpty();
  }

  /** High-water marks only go up. */
  private Optional<CapturePlan> generator(String kind) {
    boolean generates = kind.endsWith("SEQUENCE");
    for (int i = 0; i < text.size(); i++) {
      generates |= text.words(i, "IDENTITY") || text.words(i, "SET", "INCREMENT");
      int sign = text.words(i + 1, "BY") ? i + 2 : i + 1;
      boolean down = text.words(i, "INCREMENT") && text.symbol(sign, "-");
      boolean around = text.words(i, "CYCLE") && !text.words(i - 1, "NO");
      if (generates && (down || around)) {
        return Optional.of(
            refuse(
                kind,
                "a generator that counts down or starts again has no highest value that a backup "
                    + "could stay above",
                "let it count up, without CYCLE"));
      }
    }
    return Optional.empty();
  }

  private CapturePlan alter(String kind, Context.Name table) throws SQLException {
    List<String> filled = new ArrayList<>();
    for (Range action : text.items(new Range(table.next(), text.size()))) {
      boolean adds = text.words(action.from(), "ADD");
      int first = behind(action.from() + 1, "COLUMN");
      int column = adds ? behind(first, "IF", "NOT", "EXISTS") : first;
      boolean converts =
          text.words(action.from(), "ALTER")
              && text.find(action, Set.of("TYPE")) < action.to()
              && isConverted(table, new Range(column, action.to()));
      int value = text.find(action, Set.of("USING", "DEFAULT"));
      if (!new Queries(context).readsOnly(new Range(value, action.to()))) {
        return refuse(
            kind, "it calls a function that may change rows", "fill the column with UPDATE");
      }
      if (redefines(action, first)) {
        return refuse(
            kind,
            "it may fill rows with values that differ between nodes",
            "change the column and its rows with statements of their own");
      }
      if (adds && fillsForGood(action)) {
        return refuse(
            kind,
            "it numbers the rows that are there in an order of this node, and they can't be set to another one's",
            "add the column GENERATED BY DEFAULT");
      }
      if (adds && NOT_A_COLUMN.contains(text.word(first))) {
        continue;
      }
      if (adds && !text.isName(column)) {
        return Context.unread(kind);
      }
      if (converts || (adds && fills(new Range(column + 1, action.to())))) {
        filled.add(context.facts().name(text, column));
      }
    }
    return filled.isEmpty() ? new Ddl(kind, Optional.empty()) : filled(table, filled);
  }

  /** Whether a column that is there is declared anew with what is computed for its rows. */
  private boolean redefines(Range action, int column) throws SQLException {
    Range type = new Range(column + 1, action.to());
    boolean later =
        Set.of("SET", "DROP", "DEFAULT", "WITH", "TYPE").contains(text.word(column + 1));
    return text.words(action.from(), "ALTER")
        && !later
        && (text.find(type, Set.of("USING")) < type.to() || hasOpenDefault(type));
  }

  /** Whether a change of a type depends on more than the row, or on the session's time zone. */
  private boolean isConverted(Context.Name table, Range action) throws SQLException {
    Optional<Table> target = context.catalogue().table(table.table());
    boolean zoned =
        target
            .flatMap(t -> t.column(context.facts().name(text, action.from())))
            .filter(Returnings::isZoned)
            .isPresent();
    int using = text.find(action, Set.of("USING"));
    Range value = new Range(Math.min(using + 1, action.to()), action.to());
    Scan scan = Scanner.scan(context, new Scanner.Scope(target, Set.of()), value, Optional.empty());
    return zoned
        || !scan.isRowLocal()
        || text.find(action, Set.of("ZONE", "TIMESTAMPTZ", "TIMETZ")) < action.to();
  }

  private CapturePlan filled(Context.Name table, List<String> columns) throws SQLException {
    Optional<CapturePlan> obstacle = context.obstacle(table.table());
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Table target = context.catalogue().table(table.table()).orElseThrow();
    if (Keyed.key(target).isEmpty()) {
      return refuse(
          "ADD COLUMN to " + target.name(),
          "it fills the rows with values of this node, and without a key they can't be told apart",
          "add a primary key first");
    }
    return new Ddl("ALTER TABLE", Optional.of(new Ddl.Fill(target.name(), columns)));
  }

  /** A column that is always generated takes no other value, where no INSERT can say otherwise. */
  private boolean fillsForGood(Range action) {
    int always = text.find(action, Set.of("ALWAYS"));
    return !context.facts().explicitKey().isEmpty()
        && text.words(always, "ALWAYS", "AS", "IDENTITY");
  }

  /** Whether existing rows get values that another node would not give them. */
  private boolean fills(Range definition) throws SQLException {
    return text.find(definition, Set.of("IDENTITY")) < definition.to()
        || hasOpenDefault(definition);
  }

  private boolean hasOpenDefault(Range definition) throws SQLException {
    for (int i = definition.from(); i < definition.to(); i = text.next(i)) {
      boolean byDefault = text.words(i - 1, "BY");
      if (text.words(i, "DEFAULT") && !byDefault) {
        int end = text.find(new Range(i + 2, definition.to()), DEFAULT_ENDS);
        Range value = new Range(i + 1, Math.max(end, i + 1));
        boolean none = text.words(i + 1, "NULL");
        return !none
            && Default.of(context, value, Optional.empty()).nature() != Default.Nature.CONSTANT;
      }
    }
    return false;
  }

  private static CapturePlan refuse(String kind, String reason, String wayOut) {
    return new CapturePlan.Refuse(kind, reason, wayOut);
  }
}
