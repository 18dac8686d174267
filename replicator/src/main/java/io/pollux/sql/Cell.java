package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * One value of an INSERT.
 *
 * @param nature what gives the value
 * @param local as it runs here
 * @param logged as the backup runs it
 * @param query as it may stand in a query
 * @param sequences that it draws from
 */
record Cell(
    Column column,
    Nature nature,
    Bound local,
    Bound logged,
    Bound query,
    List<TableName> sequences) {

  enum Nature {
    /** The text as the application wrote it. */
    WRITTEN,
    /** The text with the clock or a sequence taken out, or a default spelled out. */
    REWRITTEN,
    /** A default that is the same everywhere. */
    CONSTANT,
    /** Computed from other columns. */
    GENERATED,
    /** A key that the engine generates: {@code DEFAULT} is written. */
    IDENTITY,
    /** The same, and the column is not listed. */
    OMITTED_IDENTITY,
    /** Differs between nodes and can't be taken out. */
    OPEN
  }

  private static final Bound DEFAULT = new Bound("DEFAULT", List.of());

  boolean isAsWritten() {
    return nature != Nature.REWRITTEN && nature != Nature.OPEN;
  }

  boolean isOpen() {
    return nature == Nature.OPEN;
  }

  boolean isConstant() {
    return nature == Nature.CONSTANT || nature == Nature.GENERATED;
  }

  boolean isIdentity() {
    return nature == Nature.IDENTITY || nature == Nature.OMITTED_IDENTITY;
  }

  /** Whether the local statement names the column. */
  boolean isListed() {
    return nature != Nature.OMITTED_IDENTITY;
  }

  /** Whether a query can give the value. */
  boolean isQueried() {
    return !isIdentity() && nature != Nature.GENERATED;
  }

  /**
   * The value that the application wrote for {@code column}. In a query it carries the type, which
   * an assignment would have given it.
   */
  static Cell of(Context context, Column column, Range item) throws SQLException {
    SqlText text = context.text();
    if (item.size() == 1 && text.words(item.from(), "DEFAULT")) {
      return ofDefault(context, column, Nature.IDENTITY);
    }
    Scan scan = Scanner.scan(context, Scanner.Scope.NOTHING, item, Optional.of(column));
    Bound local = scan.edits().apply(item);
    Bound written = new Edits(text).apply(item);
    Bound query = scan.sequences().isEmpty() ? cast(written, column) : local;
    Nature nature =
        !scan.isRowLocal()
            ? Nature.OPEN
            : scan.edits().isEmpty() ? Nature.WRITTEN : Nature.REWRITTEN;
    return new Cell(column, nature, local, local, query, scan.sequences());
  }

  /** The value that {@code column} gets when the statement doesn't list it. */
  static Cell omitted(Context context, Column column) throws SQLException {
    return ofDefault(context, column, Nature.OMITTED_IDENTITY);
  }

  private static Cell ofDefault(Context context, Column column, Nature identity)
      throws SQLException {
    if (column.generated()) {
      return new Cell(column, Nature.GENERATED, DEFAULT, DEFAULT, DEFAULT, List.of());
    }
    if (column.identity() != Identity.NONE) {
      Bound key = new Bound("?", List.of(new Binding.GeneratedKey(column.name())));
      return new Cell(column, identity, DEFAULT, key, key, List.of());
    }
    if (column.defaultText().isEmpty()) {
      Bound none = cast(new Bound("NULL", List.of()), column);
      return new Cell(column, Nature.CONSTANT, DEFAULT, DEFAULT, none, List.of());
    }
    Default value = Default.of(context, column);
    Bound bound = value.bound();
    return switch (value.nature()) {
      case CONSTANT ->
          new Cell(column, Nature.CONSTANT, DEFAULT, DEFAULT, cast(bound, column), List.of());
      case CLOCK -> new Cell(column, Nature.REWRITTEN, bound, bound, bound, List.of());
      case OPEN -> new Cell(column, Nature.OPEN, bound, bound, cast(bound, column), List.of());
    };
  }

  static Bound cast(Bound value, Column column) {
    return new Bound("CAST(" + value.sql() + " AS " + column.typeText() + ")", value.bindings());
  }
}
