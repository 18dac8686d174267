package io.pollux.engine;

import io.pollux.core.TableName;
import io.pollux.engine.References.Reference;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Column;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads an information schema, which takes no locks, with an engine's own questions to it. */
final class SchemaCatalogue implements Catalogue {
  /**
   * An engine's queries. All but {@code references} take a schema and a table.
   *
   * @param kind one column: {@code BASE TABLE} for a table whose rows are captured, {@code VIEW}
   * @param columns name, type, precision, scale, YES if nullable, default, ALWAYS or BY DEFAULT for
   *     an identity, ALWAYS if generated, whether NULL is replaced, what an update sets unseen
   * @param indexes of unique ones: name, {@code PRIMARY KEY} or another kind, column, in order
   * @param references parent's schema and name, child's schema and name, whether it only checks
   * @param triggers names of what changes rows unseen
   * @param types by the name of {@code columns}; another one can't be carried
   */
  record Questions(
      String kind,
      String columns,
      String indexes,
      String references,
      String triggers,
      Map<String, ColumnType> types) {}

  /**
   * A type whose values a cast must not cut.
   *
   * @param text as wide as the engine has it; precision and scale may stand in it
   */
  record ColumnType(int jdbcType, String text) {}

  /** A table's columns, and what changes them behind a statement's back. */
  private record Columns(List<Column> all, List<String> hidden) {
    boolean isNeverNull(String name) {
      return all.stream().anyMatch(column -> column.name().equals(name) && !column.nullable());
    }
  }

  private final Connection connection;
  private final Questions questions;

  SchemaCatalogue(Connection connection, Questions questions) {
    this.connection = connection;
    this.questions = questions;
  }

  @Override
  public String currentSchema() throws SQLException {
    return connection.getSchema();
  }

  @Override
  public boolean isView(TableName name) throws SQLException {
    return kind(name).equals("VIEW");
  }

  @Override
  public Optional<Table> table(TableName name) throws SQLException {
    return kind(name).equals("BASE TABLE") ? Optional.of(read(name)) : Optional.empty();
  }

  private String kind(TableName name) throws SQLException {
    try (PreparedStatement statement = prepare(questions.kind(), name);
        ResultSet result = statement.executeQuery()) {
      return result.next() ? result.getString(1) : "";
    }
  }

  private PreparedStatement prepare(String sql, TableName name) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setString(1, name.schema());
    statement.setString(2, name.name());
    return statement;
  }

  private Table read(TableName name) throws SQLException {
    Columns columns = columns(name);
    List<List<String>> keys = new ArrayList<>();
    Set<String> unique = new HashSet<>();
    indexes(name, columns, keys, unique);
    References references = references();
    List<String> triggers = new ArrayList<>(triggers(name.schema(), name.name()));
    triggers.addAll(columns.hidden());
    String id = id(name.schema(), name.name());
    for (String child : references.reached(id)) {
      if (!child.equals(id)) {
        String[] parts = child.split("\0", 2);
        triggers.addAll(triggers(parts[0], parts[1]));
      }
    }
    return new Table(name, columns.all(), keys, triggers, unique, references.isSelfReferencing(id));
  }

  private Columns columns(TableName name) throws SQLException {
    List<Column> columns = new ArrayList<>();
    List<String> hidden = new ArrayList<>();
    try (PreparedStatement statement = prepare(questions.columns(), name);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        columns.add(column(result));
        if (result.getBoolean(9)) {
          hidden.add("DEFAULT ON NULL of " + result.getString(1));
        }
        if (result.getString(10) != null) {
          hidden.add("ON UPDATE of " + result.getString(1));
        }
      }
    }
    return new Columns(columns, hidden);
  }

  private Column column(ResultSet result) throws SQLException {
    ColumnType type =
        questions.types().getOrDefault(result.getString(2), new ColumnType(Types.OTHER, "VARCHAR"));
    String text = type.text().formatted(result.getString(3), result.getString(4));
    String generation = result.getString(7);
    Identity identity =
        generation == null
            ? Identity.NONE
            : generation.equals("ALWAYS") ? Identity.ALWAYS : Identity.BY_DEFAULT;
    String defaultText = result.getString(6);
    return new Column(
        result.getString(1),
        type.jdbcType(),
        text,
        result.getString(5).equals("YES"),
        defaultText == null ? "" : defaultText,
        identity,
        result.getString(8).equals("ALWAYS"));
  }

  private void indexes(TableName name, Columns columns, List<List<String>> keys, Set<String> unique)
      throws SQLException {
    Map<String, List<String>> members = new LinkedHashMap<>();
    Set<String> ofKey = new HashSet<>();
    try (PreparedStatement statement = prepare(questions.indexes(), name);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        String index = result.getString(1);
        members.computeIfAbsent(index, none -> new ArrayList<>()).add(result.getString(3));
        unique.add(result.getString(3));
        if (result.getString(2).equals("PRIMARY KEY")) {
          ofKey.add(index);
        }
      }
    }
    members.forEach(
        (index, names) -> {
          if (names.stream().allMatch(columns::isNeverNull) && !keys.contains(names)) {
            keys.add(ofKey.contains(index) ? 0 : keys.size(), names);
          }
        });
  }

  private References references() throws SQLException {
    List<Reference> references = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(questions.references())) {
      while (result.next()) {
        references.add(
            new Reference(
                id(result.getString(1), result.getString(2)),
                id(result.getString(3), result.getString(4)),
                !result.getBoolean(5)));
      }
    }
    return new References(references);
  }

  private static String id(String schema, String table) {
    return schema + "\0" + table;
  }

  private List<String> triggers(String schema, String table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = prepare(questions.triggers(), new TableName(schema, table));
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        names.add(result.getString(1));
      }
    }
    return names;
  }
}
