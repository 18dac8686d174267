package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.Binding.ClockKind;
import io.pollux.sql.SqlText.Range;
import io.pollux.sql.Token.Kind;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an expression token by token. Every token must be known to be harmless; the first one that
 * is not makes the expression open.
 */
final class Scanner {
  /** Names under which an expression may use the columns of a table. */
  record Scope(Optional<Table> table, Set<String> qualifiers) {
    static final Scope NOTHING = new Scope(Optional.empty(), Set.of());

    Optional<Column> column(String name) {
      return table.flatMap(t -> t.column(name));
    }
  }

  private static final Set<String> SYMBOLS =
      Set.of("+", "-", "*", "/", "||", "=", "<", ">", "<=", ">=", "<>", "!=", "(", ")", ",", "}");

  private static final Set<String> QUERY_STARTS = Set.of("SELECT", "VALUES");

  /** May stand before a bracket in a subquery. */
  private static final Set<String> QUERY_WORDS =
      Set.of(
          "SELECT",
          "VALUES",
          "FROM",
          "WHERE",
          "BY",
          "HAVING",
          "ON",
          "JOIN",
          "UNION",
          "ALL",
          "DISTINCT",
          "EXISTS",
          "INTERSECT",
          "EXCEPT",
          "ANY",
          "SOME",
          "COUNT",
          "SUM",
          "MIN",
          "MAX",
          "AVG");

  /** Two different whole numbers may compare as equal to one value of these types. */
  private static final Set<String> APPROXIMATE = Set.of("REAL", "DOUBLE", "FLOAT");

  private static final Set<String> TEXT_TYPES = Set.of("CHAR", "CHARACTER", "VARCHAR", "CLOB");

  private final Context context;
  private final SqlText text;
  private final SqlFacts.Expressions facts;
  private final Scope scope;
  private final Edits edits;
  private final List<TableName> sequences = new ArrayList<>();
  private String open = "";
  private boolean readsRows;
  private boolean approximate;
  private boolean hasText;
  private boolean hasZoned;
  private boolean keepsZone;

  private Scanner(Context context, Scope scope) {
    this.context = context;
    this.text = context.text();
    this.facts = context.facts().expressions();
    this.scope = scope;
    this.edits = new Edits(text);
  }

  /** {@code target} is the column that takes the result, if there is one. */
  static Scan scan(Context context, Scope scope, Range range, Optional<Column> target)
      throws SQLException {
    Scanner scanner = new Scanner(context, scope);
    scanner.hasZoned = target.filter(Scanner::isZoned).isPresent();
    scanner.hasText = target.filter(Scanner::isText).isPresent();
    scanner.keepsZone =
        target.filter(column -> column.jdbcType() == Types.TIMESTAMP_WITH_TIMEZONE).isPresent();
    int i = range.from();
    while (i < range.to()) {
      i = scanner.step(i);
    }
    if (scanner.hasText && scanner.hasZoned) {
      scanner.open(
          "a timestamp made of text, or turned into it, depends on the time zone of the process");
    }
    return new Scan(
        scanner.edits,
        scanner.readsRows,
        scanner.open,
        List.copyOf(scanner.sequences),
        scanner.approximate);
  }

  private static boolean isZoned(Column column) {
    return column.jdbcType() == Types.TIMESTAMP
        || column.jdbcType() == Types.TIMESTAMP_WITH_TIMEZONE;
  }

  private static boolean isText(Column column) {
    return switch (column.jdbcType()) {
      case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB -> true;
      default -> false;
    };
  }

  private void open(String reason) {
    if (open.isEmpty()) {
      open = reason;
    }
  }

  private int step(int i) throws SQLException {
    if (text.symbol(i, "{")) {
      return escape(i);
    }
    if (text.symbol(i, "(") && QUERY_STARTS.contains(text.word(i + 1))) {
      return subquery(i);
    }
    if (text.isName(i)) {
      int behind = special(i);
      return behind > i ? behind : name(i);
    }
    literal(i);
    return i + 1;
  }

  /** Takes the clock, a sequence, a word of the session; returns {@code i} if none is here. */
  private int special(int i) throws SQLException {
    if (text.words(i, "NEXT", "VALUE", "FOR")) {
      return sequence(i);
    }
    int behind = clock(i);
    if (behind == i && facts.sessionWords().contains(text.word(i))) {
      open(text.text(i) + " depends on the session");
      return i + 1;
    }
    return behind;
  }

  private void literal(int i) {
    if (text.is(i, Kind.STRING)) {
      hasText = true;
    } else if (text.is(i, Kind.NUMBER)) {
      approximate |= text.text(i).indexOf('e') >= 0 || text.text(i).indexOf('E') >= 0;
    } else if (text.is(i, Kind.SYMBOL) && !SYMBOLS.contains(text.text(i))) {
      open("the symbol " + text.text(i) + " is not known");
    }
  }

  /** Names mean anything here; what calls or reads something else still counts. */
  private int subquery(int i) throws SQLException {
    readsRows = true;
    int end = text.closing(i);
    int at = i + 1;
    while (at < end) {
      at = text.isName(at) ? nameInSubquery(at) : at + 1;
    }
    return end + 1;
  }

  private int nameInSubquery(int i) throws SQLException {
    if (text.words(i, "NEXT", "VALUE")) {
      open("a subquery draws from a sequence");
    }
    int behind = special(i);
    if (behind > i) {
      return behind;
    }
    boolean calls = text.symbol(i + 1, "(");
    if (calls && !isHarmlessCall(i) && !QUERY_WORDS.contains(text.word(i))) {
      open("the function " + text.text(i) + " is not known to be deterministic");
    }
    return i + 1;
  }

  /** The result of a call without arguments comes from somewhere else. */
  private boolean isHarmlessCall(int i) {
    String word = text.word(i);
    boolean isGivenNothing = text.symbol(i + 2, ")");
    return !facts.zonedWords().contains(word)
        && !isGivenNothing
        && !text.symbol(i - 1, ".")
        && (facts.functions().contains(word) || facts.words().contains(word));
  }

  private int clock(int i) {
    String word = text.word(i);
    ClockKind one = facts.clocks().get(word);
    ClockKind two = facts.clocks().get(word + " " + text.word(i + 1));
    if (one == null && two == null) {
      return i;
    }
    int behind = two != null ? i + 2 : i + 1;
    if (text.symbol(behind, "(") && text.symbol(behind + 1, ")")) {
      behind += 2;
    } else if (text.symbol(behind, "(")) {
      open("the clock with a precision is not known");
    }
    if (keepsZone) {
      open("the clock of a value with a time zone is not known");
    }
    takeClock(new Range(i, behind), two != null ? two : one);
    return behind;
  }

  private void takeClock(Range range, ClockKind kind) {
    edits.replace(range, "CAST(? AS " + kind + ")", List.of(new Binding.Clock(kind)));
  }

  private int sequence(int i) throws SQLException {
    Optional<Context.Name> name = context.name(i + 3);
    if (name.isEmpty()) {
      open("the name of a sequence can't be read");
      return i + 3;
    }
    TableName sequence = name.get().table();
    sequences.add(sequence);
    edits.replace(
        new Range(i, name.get().next()),
        "CAST(? AS BIGINT)",
        List.of(new Binding.NextValue(sequence)));
    return name.get().next();
  }

  private int escape(int i) {
    String word = text.word(i + 1);
    ClockKind clock = facts.escapeClocks().get(text.word(i + 2));
    if (word.equals("FN") && clock != null && text.symbol(i + 3, "(") && text.symbol(i + 4, ")")) {
      takeClock(new Range(i, text.closing(i) + 1), clock);
      return text.closing(i) + 1;
    }
    if (!Set.of("FN", "D", "T", "ESCAPE").contains(word)) {
      open("the escape {" + word + " is not known");
    }
    return i + 2;
  }

  private int name(int i) {
    int last = i;
    while (text.symbol(last + 1, ".") && text.isName(last + 2)) {
      last += 2;
    }
    boolean qualified = last > i;
    if (text.symbol(last + 1, "(") && (qualified || !isHarmlessCall(i))) {
      open("the function " + text.text(last) + " is not known to be deterministic");
    } else if (qualified) {
      qualified(i, last);
    } else if (!isColumn(i)) {
      word(i);
    }
    return last + 1;
  }

  private boolean isColumn(int i) {
    boolean typeName = text.words(i - 1, "AS");
    Optional<Column> column = scope.column(context.facts().name(text, i));
    hasZoned |= !typeName && column.filter(Scanner::isZoned).isPresent();
    return column.isPresent() && !typeName && !text.symbol(i + 1, "(");
  }

  private void qualified(int i, int last) {
    boolean known = scope.qualifiers().contains(context.facts().name(text, last - 2));
    Optional<Column> column = scope.column(context.facts().name(text, last));
    hasZoned |= column.filter(Scanner::isZoned).isPresent();
    if (!known || column.isEmpty()) {
      open(text.slice(new Range(i, last + 1)) + " is not a column of the table");
    }
  }

  private void word(int i) {
    String word = text.word(i);
    boolean parameterCast = text.words(i - 1, "AS") && text.is(i - 2, Kind.PARAMETER);
    if (facts.zonedWords().contains(word) && !parameterCast) {
      open("a conversion to " + word + " depends on the time zone of the process");
    } else if (!facts.words().contains(word) && !facts.functions().contains(word)) {
      open(text.text(i) + " is neither a column of the table nor a known word");
    }
    approximate |= APPROXIMATE.contains(word);
    hasText |= TEXT_TYPES.contains(word);
  }
}
