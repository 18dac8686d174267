package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.LexerRules.Rule;
import io.pollux.sql.Token.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** One statement under classification: its text, the engine's facts and the catalogue. */
record Context(SqlFacts facts, SqlText text, Catalogue catalogue) {
  /**
   * A possibly qualified name in the text.
   *
   * @param next the token behind it
   */
  record Name(TableName table, int next) {}

  /** The table or sequence named at token {@code i}; empty if no such name stands there. */
  Optional<Name> name(int i) throws SQLException {
    if (!text.isName(i)) {
      return Optional.empty();
    }
    String first = facts.normalize(text.text(i));
    if (!text.symbol(i + 1, ".")) {
      return Optional.of(new Name(resolve(first), i + 1));
    }
    if (!text.isName(i + 2) || text.symbol(i + 3, ".")) {
      return Optional.empty();
    }
    return Optional.of(new Name(new TableName(first, facts.normalize(text.text(i + 2))), i + 3));
  }

  private TableName resolve(String name) throws SQLException {
    return catalogue.resolve(catalogue.currentSchema(), name);
  }

  /** What keeps rows of a table from being captured; empty if nothing does. */
  Optional<CapturePlan> obstacle(TableName name) throws SQLException {
    if (facts.names().isOwn(name)) {
      return refuse("write to " + name, "the table is Pollux's own", "leave it to Pollux");
    }
    Optional<Table> table = catalogue.table(name);
    if (isTemporary(name.schema())) {
      return table.isEmpty()
          ? Optional.of(temporary(name))
          : refuse(
              "write to " + name,
              "the name may mean a table of the database or a temporary one that hides it",
              "move the table out of the schema of temporary tables");
    }
    if (table.isEmpty()) {
      return catalogue.isView(name)
          ? refuse("write to view " + name, "its base rows are not known", "write to its tables")
          : refuse(
              "write to " + name,
              "the schema has no table of this name; a synonym does not count",
              "name the table itself");
    }
    return obstacle(table.get());
  }

  /** Its rows are this session's alone, but a sequence is everybody's. */
  private CapturePlan temporary(TableName name) throws SQLException {
    return new Queries(this).sequences(text.all()).isEmpty()
        ? new CapturePlan.Session()
        : new CapturePlan.Refuse(
            "write to " + name,
            "it draws from a sequence while nothing of it is logged",
            "draw the values with a query first");
  }

  private Optional<CapturePlan> obstacle(Table table) {
    if (!table.triggers().isEmpty()) {
      return refuse(
          "write to " + table.name(),
          "it fires the triggers "
              + table.triggers()
              + ", whose effects can't be seen from outside and which would fire again on the backup",
          "drop the triggers and let the application do their work");
    }
    for (Column column : table.columns()) {
      if (facts.unsupportedTypes().contains(column.jdbcType())) {
        return refuse(
            "write to " + table.name(),
            "values of column " + column.name() + " can't be carried exactly",
            "keep the value in a CLOB or BLOB column");
      }
    }
    return Optional.empty();
  }

  /** Whether a name anywhere in the text is that of Pollux's schema, or of one of its tables. */
  boolean namesOwn() {
    for (int i = 0; i < text.size(); i++) {
      boolean named =
          text.isName(i) || (text.is(i, Kind.STRING) && facts.lexer().has(Rule.STRING_NAMES));
      String name = named ? facts.normalize(text.text(i)) : "";
      if (facts.names().isOwn(name) || facts.names().isOwnName(name)) {
        return true;
      }
    }
    return false;
  }

  boolean isTemporary(String schema) {
    return !schema.isEmpty() && schema.equals(facts.names().temporarySchema());
  }

  static Optional<CapturePlan> refuse(String kind, String reason, String wayOut) {
    return Optional.of(new CapturePlan.Refuse(kind, reason, wayOut));
  }

  static CapturePlan unread(String kind) {
    return new CapturePlan.Refuse(
        kind,
        "the text is not of a form whose effect is known",
        "write it in one of the forms of docs/capture.md");
  }

  String quoted(TableName name) {
    return name.schema().isEmpty()
        ? facts.quote(name.name())
        : facts.quote(name.schema()) + "." + facts.quote(name.name());
  }

  String quoted(List<String> columns) {
    return String.join(", ", columns.stream().map(facts::quote).toList());
  }
}
