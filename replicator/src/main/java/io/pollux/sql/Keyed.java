package io.pollux.sql;

import io.pollux.sql.SqlText.Range;
import io.pollux.sql.Token.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out whether a predicate names one row by a key: a conjunction of {@code column = value}.
 */
final class Keyed {
  private static final int MAX_DEPTH = 32;

  /** May stand in a value that is the same for all rows. */
  private static final Set<String> VALUE_WORDS =
      Set.of(
          "CAST",
          "AS",
          "TRUE",
          "FALSE",
          "DATE",
          "TIME",
          "CHAR",
          "VARCHAR",
          "INT",
          "INTEGER",
          "SMALLINT",
          "BIGINT",
          "DECIMAL",
          "NUMERIC",
          "D",
          "T");

  private static final Set<String> VALUE_SYMBOLS = Set.of("(", ")", ",", "-", "+", "{", "}");

  private final Context context;
  private final SqlText text;
  private final Table table;
  private final Set<String> equated = new HashSet<>();

  private Keyed(Context context, Table table) {
    this.context = context;
    this.text = context.text();
    this.table = table;
  }

  /** {@code where} is row-local: every name in it is a column of the table or a harmless word. */
  static boolean byKey(Context context, Table table, Range where) {
    Keyed keyed = new Keyed(context, table);
    keyed.conjunction(where, 0);
    return table.keys().stream().anyMatch(keyed.equated::containsAll);
  }

  private void conjunction(Range range, int depth) {
    Range inner = text.bare(range);
    boolean branches = text.find(inner, Set.of("OR", "CASE")) < inner.to();
    if (branches || depth > MAX_DEPTH) {
      return;
    }
    int from = inner.from();
    boolean between = false;
    for (int i = from; i < inner.to(); i = text.next(i)) {
      between |= text.words(i, "BETWEEN");
      if (text.words(i, "AND") && between) {
        between = false;
      } else if (text.words(i, "AND")) {
        term(new Range(from, i), depth);
        from = i + 1;
      }
    }
    term(new Range(from, inner.to()), depth);
  }

  private void term(Range term, int depth) {
    if (text.symbol(term.from(), "(") && text.closing(term.from()) == term.to() - 1) {
      conjunction(term, depth + 1);
      return;
    }
    for (int i = term.from(); i < term.to(); i = text.next(i)) {
      if (text.symbol(i, "=")) {
        equation(new Range(term.from(), i), new Range(i + 1, term.to()));
        return;
      }
    }
  }

  private void equation(Range left, Range right) {
    if (isValue(right)) {
      column(left).ifPresent(equated::add);
    } else if (isValue(left)) {
      column(right).ifPresent(equated::add);
    }
  }

  private Optional<String> column(Range range) {
    boolean chain = range.size() % 2 == 1;
    for (int i = range.from(); i < range.to(); i++) {
      chain &= (i - range.from()) % 2 == 0 ? text.isName(i) : text.symbol(i, ".");
    }
    return chain
        ? table.column(context.facts().name(text, range.to() - 1)).map(Column::name)
        : Optional.empty();
  }

  private boolean isValue(Range range) {
    for (int i = range.from(); i < range.to(); i++) {
      boolean plain =
          text.is(i, Kind.PARAMETER)
              || text.is(i, Kind.STRING)
              || text.is(i, Kind.NUMBER)
              || (text.is(i, Kind.SYMBOL) && VALUE_SYMBOLS.contains(text.text(i)))
              || isValueWord(i);
      if (!plain) {
        return false;
      }
    }
    return !range.isEmpty();
  }

  private boolean isValueWord(int i) {
    boolean column = table.column(context.facts().name(text, i)).isPresent();
    return VALUE_WORDS.contains(text.word(i)) && !column;
  }

  /** The columns that address a row. */
  static Optional<List<String>> key(Table table) {
    return table.keys().stream().findFirst();
  }
}
