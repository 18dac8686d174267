package io.pollux.sql;

import io.pollux.sql.CapturePlan.Ddl;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans schema changes. */
final class Definitions {
  private static final Set<String> NOT_A_COLUMN =
      Set.of("CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK");
  private static final Set<String> DEFAULT_ENDS =
      Set.of("NOT", "NULL", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "GENERATED");

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
    if (kind.equals("CREATE VIEW") && !new Queries(context).sequences(text.all()).isEmpty()) {
      return refuse(
          kind, "its readers would draw from a sequence unseen", "draw the value in the query");
    }
    if (isFilledByQuery(kind)) {
      return refuse(
          kind,
          "it fills the table with what a query finds now",
          "create it, then INSERT … SELECT");
    }
    Optional<Context.Name> table = context.name(ifExists(2));
    if (kind.equals("DROP TABLE") && table.isPresent() && isTemporary(table.get())) {
      return new CapturePlan.Session();
    }
    return kind.equals("ALTER TABLE") && table.isPresent()
        ? alter(kind, table.get())
        : new Ddl(kind, Optional.empty());
  }

  private boolean isFilledByQuery(String kind) {
    int as = text.find(text.all(), Set.of("AS"));
    boolean empty = text.words(text.size() - 3, "WITH", "NO", "DATA");
    return kind.endsWith("TABLE") && kind.startsWith("CREATE") && as < text.size() && !empty;
  }

  /** The token behind IF EXISTS or IF NOT EXISTS, if that stands at {@code i}. */
  private int ifExists(int i) {
    int exists = text.words(i, "IF", "NOT") ? i + 2 : i + 1;
    return text.words(i, "IF") && text.words(exists, "EXISTS") ? exists + 1 : i;
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
    int at = table.next();
    if (!text.words(at, "ADD") || NOT_A_COLUMN.contains(text.word(at + 1))) {
      return changesRows(at)
          ? refuse(
              kind,
              "it may fill rows with values that differ between nodes",
              "change the column and the rows with statements of their own")
          : new Ddl(kind, Optional.empty());
    }
    int column = ifExists(text.words(at + 1, "COLUMN") ? at + 2 : at + 1);
    if (!text.isName(column)) {
      return Context.unread(kind);
    }
    if (!fills(new Range(column + 1, text.size()))) {
      return new Ddl(kind, Optional.empty());
    }
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
    String name = context.facts().name(text, column);
    return new Ddl(kind, Optional.of(new Ddl.Fill(target.name(), List.of(name))));
  }

  /** Whether a column that is there is computed anew; a default alone is for later rows. */
  private boolean changesRows(int action) throws SQLException {
    if (!text.words(action, "ALTER")) {
      return false;
    }
    int type = text.words(action + 1, "COLUMN") ? action + 3 : action + 2;
    boolean computes = text.find(text.all(), Set.of("USING")) < text.size();
    boolean later = Set.of("SET", "DROP", "DEFAULT", "WITH").contains(text.word(type));
    return computes || (!later && hasOpenDefault(new Range(type, text.size())));
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
