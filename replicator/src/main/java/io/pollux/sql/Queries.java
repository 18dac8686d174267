package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.SqlText.Range;
import io.pollux.sql.Token.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans queries, and the query part of INSERT … SELECT. */
final class Queries {
  private static final Set<String> ITEM_STARTS = Set.of("SELECT", "DISTINCT", "ALL");
  private static final Set<String> ITEM_ENDS = Set.of("FROM", "AS");

  private final Context context;
  private final SqlText text;

  Queries(Context context) {
    this.context = context;
    this.text = context.text();
  }

  CapturePlan plan() throws SQLException {
    if (!readsOnly(text.all())) {
      return Context.unread("a query that writes");
    }
    List<TableName> sequences = sequences(text.all());
    return sequences.isEmpty() ? new CapturePlan.Pass() : new CapturePlan.Sequence(sequences);
  }

  /** Whether a query stands at {@code i}, brackets around it or not. */
  boolean startsQuery(int i) {
    int at = i;
    while (text.symbol(at, "(")) {
      at++;
    }
    return context.facts().statements().queries().contains(text.word(at));
  }

  /** Whether nothing in the range can be a write but NEXT VALUE FOR with a name that is read. */
  boolean readsOnly(Range range) throws SQLException {
    Set<String> writing = context.facts().statements().writing();
    Set<String> known = new HashSet<>(); // The engine is asked once for each name.
    for (int i = range.from(); i < range.to(); i++) {
      boolean locks =
          text.words(i - 1, "FOR", "UPDATE") || text.words(i - 3, "FOR", "NO", "KEY", "UPDATE");
      if (writing.contains(text.word(i)) && !locks) {
        return false;
      }
      if (calls(i) && !draws(i)) {
        String function = context.facts().name(text, i);
        if (known.add(function) && context.catalogue().mayWrite(function)) {
          return false;
        }
      }
      if (draws(i) && drawn(i).isEmpty()) {
        return false;
      }
      if (text.words(i, "NEXT", "VALUE")
          && (!text.words(i + 2, "FOR") || context.name(i + 3).isEmpty())) {
        return false;
      }
    }
    return true;
  }

  private boolean calls(int i) {
    return text.isName(i) && text.symbol(i + 1, "(");
  }

  private boolean draws(int i) {
    return calls(i) && context.facts().expressions().drawing().contains(text.word(i));
  }

  /** The sequence that a literal first argument names. */
  private Optional<TableName> drawn(int i) throws SQLException {
    if (!text.is(i + 2, Kind.STRING) || !text.text(i + 2).startsWith("'")) {
      return Optional.empty();
    }
    String literal = text.text(i + 2);
    SqlText name =
        new SqlText(
            literal.substring(1, literal.length() - 1).replace("''", "'"), context.facts().lexer());
    return new Context(context.facts(), name, context.catalogue())
        .name(0)
        .filter(whole -> whole.next() == name.size())
        .map(Context.Name::table);
  }

  List<TableName> sequences(Range range) throws SQLException {
    List<TableName> sequences = new ArrayList<>();
    for (int i = range.from(); i < range.to(); i++) {
      if (text.words(i, "NEXT", "VALUE", "FOR")) {
        Optional<Context.Name> name = context.name(i + 3);
        name.map(Context.Name::table).filter(s -> !sequences.contains(s)).ifPresent(sequences::add);
      } else if (draws(i)) {
        drawn(i).filter(s -> !sequences.contains(s)).ifPresent(sequences::add);
      }
    }
    return sequences;
  }

  /**
   * Gives parameters in select lists and rows the type of the column that they fill: alone, a query
   * doesn't know it.
   */
  Edits typed(Range range, List<Column> columns) {
    Edits edits = new Edits(text);
    Range query = text.bare(range);
    int ordinal = 0;
    for (int i = query.from(); i < query.to(); i = text.next(i)) {
      if (ITEM_STARTS.contains(text.word(i))) {
        ordinal = 0;
      } else if (text.symbol(i, ",")) {
        ordinal++;
      } else if (text.word(i).equals("VALUES")) {
        typedRows(new Range(i + 1, query.to()), columns, edits);
        ordinal = columns.size();
      } else if (text.is(i, Kind.PARAMETER) && ordinal < columns.size() && isItem(i, query)) {
        cast(i, columns.get(ordinal), edits);
      }
    }
    return edits;
  }

  private boolean isItem(int i, Range query) {
    return (text.symbol(i - 1, ",") || ITEM_STARTS.contains(text.word(i - 1)))
        && (i + 1 == query.to() || text.symbol(i + 1, ",") || ITEM_ENDS.contains(text.word(i + 1)));
  }

  private void typedRows(Range rows, List<Column> columns, Edits edits) {
    for (Range row : text.items(rows)) {
      List<Range> items =
          text.symbol(row.from(), "(")
              ? text.items(new Range(row.from() + 1, text.closing(row.from())))
              : List.of(row);
      for (int k = 0; k < Math.min(items.size(), columns.size()); k++) {
        int i = items.get(k).from();
        if (items.get(k).size() == 1 && (text.is(i, Kind.PARAMETER) || text.words(i, "NULL"))) {
          cast(i, columns.get(k), edits);
        }
      }
    }
  }

  private void cast(int i, Column column, Edits edits) {
    Range item = new Range(i, i + 1);
    Bound typed = Cell.cast(new Edits(text).apply(item), column);
    edits.replace(item, typed.sql(), typed.bindings());
  }
}
