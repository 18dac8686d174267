package io.pollux.sql;

import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.Optional;

/** What a column's default expression gives. */
record Default(Nature nature, Bound bound) {
  enum Nature {
    /** The same on every node. */
    CONSTANT,
    /** The clock, which {@code bound} takes out. */
    CLOCK,
    /** Something else; {@code bound} is its text. */
    OPEN
  }

  static Default of(Context context, Column column) throws SQLException {
    SqlText text = new SqlText(column.defaultText(), context.facts().lexer());
    return of(
        new Context(context.facts(), text, context.catalogue()), text.all(), Optional.of(column));
  }

  /** A default in the text of a schema change. */
  static Default of(Context context, Range range, Optional<Column> column) throws SQLException {
    Bound written = new Edits(context.text()).apply(range);
    Scan scan = Scanner.scan(context, Scanner.Scope.NOTHING, range, column);
    boolean readable = context.text().isReadable() && !range.isEmpty();
    if (!readable || !scan.isRowLocal() || !scan.sequences().isEmpty()) {
      return new Default(Nature.OPEN, written);
    }
    return scan.edits().isEmpty()
        ? new Default(Nature.CONSTANT, written)
        : new Default(Nature.CLOCK, scan.edits().apply(range));
  }
}
