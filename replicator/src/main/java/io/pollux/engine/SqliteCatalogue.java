package io.pollux.engine;

import io.pollux.core.TableName;
import io.pollux.engine.References.Reference;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Column;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What this engine's own functions tell of its schema; names as {@link SqlFacts} folds them. */
final class SqliteCatalogue implements Catalogue {
  private static final String KIND = "SELECT type FROM pragma_table_list(?) WHERE schema = ?";

  private static final String COLUMNS =
      "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, ?)";

  private static final String INDEXES =
      "SELECT l.name, l.origin, l.partial, i.name FROM pragma_index_list(?1, ?2) l,"
          + " pragma_index_xinfo(l.name, ?2) i WHERE l.\"unique\" AND i.key ORDER BY l.seq, i.seqno";

  private static final String TRIGGERS =
      "SELECT name FROM %s WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name";

  private static final String REFERENCES =
      "SELECT f.\"table\", m.name, f.on_update, f.on_delete FROM main.sqlite_schema m,"
          + " pragma_foreign_key_list(m.name, 'main') f WHERE m.type = 'table'";

  /** What an action that changes no other row is called. */
  private static final Set<String> HARMLESS = Set.of("NO ACTION", "RESTRICT");

  private final Connection connection;
  private final SqlFacts facts;

  SqliteCatalogue(Connection connection, SqlFacts facts) {
    this.connection = connection;
    this.facts = facts;
  }

  @Override
  public String currentSchema() throws SQLException {
    return SqliteSession.read(connection);
  }

  /** A temporary table hides one of the database. */
  @Override
  public TableName resolve(String currentSchema, String name) throws SQLException {
    String temporary = facts.names().temporarySchema();
    if (kind(new TableName(temporary, name)).isPresent()) {
      return new TableName(temporary, name);
    }
    TableName main = new TableName(SqliteSession.MAIN, name);
    boolean isEngines =
        name.startsWith("sqlite_") || (name.startsWith("pragma_") && kind(main).isEmpty());
    return isEngines ? new TableName(SqliteFacts.ENGINE_SCHEMA, name) : main;
  }

  private Optional<String> kind(TableName name) throws SQLException {
    try (PreparedStatement statement = prepare(KIND, name);
        ResultSet result = statement.executeQuery()) {
      return result.next() ? Optional.of(result.getString(1)) : Optional.empty();
    }
  }

  private PreparedStatement prepare(String sql, TableName name) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setString(1, name.name());
    statement.setString(2, name.schema());
    return statement;
  }

  @Override
  public boolean isView(TableName name) throws SQLException {
    return kind(name).filter("view"::equals).isPresent();
  }

  /** Virtual tables are none: their rows are somewhere else. */
  @Override
  public Optional<Table> table(TableName name) throws SQLException {
    boolean isBase =
        name.schema().equals(SqliteSession.MAIN)
            && !name.name().startsWith("sqlite_")
            && kind(name).filter("table"::equals).isPresent();
    return isBase ? Optional.of(read(name)) : Optional.empty();
  }

  /** A column and its place in the primary key, from 1; 0 if it is in none. */
  private record Member(Column column, int place, boolean isNeverNull) {}

  /** A unique index; {@code isWhole} if it knows all rows and each by columns alone. */
  private record Index(boolean isOfKey, boolean isWhole, List<String> columns) {}

  private Table read(TableName name) throws SQLException {
    List<Member> members = members(name);
    List<Index> indexes = indexes(name);
    TreeMap<Integer, String> key = new TreeMap<>();
    members.stream().filter(m -> m.place() > 0).forEach(m -> key.put(m.place(), m.column().name()));
    boolean isRowNumber = key.size() == 1 && indexes.stream().noneMatch(Index::isOfKey);
    Set<String> neverNull = new TreeSet<>();
    List<Column> columns = new ArrayList<>();
    for (Member member : members) {
      boolean isIdentity = isRowNumber && member.place() == 1;
      columns.add(isIdentity ? identity(member.column()) : member.column());
      if (isIdentity || member.isNeverNull()) {
        neverNull.add(member.column().name());
      }
    }
    List<List<String>> keys = new ArrayList<>();
    Set<String> unique = new TreeSet<>(key.values());
    if (!key.isEmpty()) {
      keys.add(List.copyOf(key.values())); // NULL may be in it, where nothing forbids that.
    }
    for (Index index : indexes) {
      unique.addAll(
          index.isWhole() ? index.columns() : columns.stream().map(Column::name).toList());
      if (index.isWhole()
          && neverNull.containsAll(index.columns())
          && !keys.contains(index.columns())) {
        keys.add(index.columns());
      }
    }
    References references = references();
    List<String> triggers = new ArrayList<>();
    for (String table : reached(references, name.name())) {
      triggers.addAll(triggers(table));
    }
    return new Table(
        name, columns, keys, triggers, unique, references.isSelfReferencing(name.name()));
  }

  private static Set<String> reached(References references, String table) {
    Set<String> reached = new TreeSet<>(references.reached(table));
    reached.add(table);
    return reached;
  }

  private static Column identity(Column column) {
    return new Column(
        column.name(), Types.BIGINT, "INTEGER", false, "", Identity.BY_DEFAULT, false);
  }

  private List<Member> members(TableName name) throws SQLException {
    List<Member> members = new ArrayList<>();
    try (PreparedStatement statement = prepare(COLUMNS, name);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        boolean isNeverNull = result.getBoolean(3);
        String value = result.getString(4);
        members.add(
            new Member(
                new Column(
                    facts.normalize(facts.quote(result.getString(1))),
                    Types.VARCHAR,
                    "",
                    !isNeverNull,
                    value == null ? "" : value,
                    Identity.NONE,
                    result.getInt(6) > 1),
                result.getInt(5),
                isNeverNull));
      }
    }
    return members;
  }

  private List<Index> indexes(TableName name) throws SQLException {
    Map<String, Index> indexes = new LinkedHashMap<>();
    try (PreparedStatement statement = prepare(INDEXES, name);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        String column = result.getString(4);
        String index = result.getString(1);
        Index former =
            indexes.getOrDefault(
                index,
                new Index(result.getString(2).equals("pk"), !result.getBoolean(3), List.of()));
        List<String> columns = new ArrayList<>(former.columns());
        if (column != null) {
          columns.add(facts.normalize(facts.quote(column)));
        }
        indexes.put(
            index, new Index(former.isOfKey(), former.isWhole() && column != null, columns));
      }
    }
    return List.copyOf(indexes.values());
  }

  private References references() throws SQLException {
    List<Reference> references = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(REFERENCES)) {
      while (result.next()) {
        boolean isHarmless =
            HARMLESS.contains(result.getString(3)) && HARMLESS.contains(result.getString(4));
        references.add(
            new Reference(
                facts.normalize(facts.quote(result.getString(1))),
                facts.normalize(facts.quote(result.getString(2))),
                !isHarmless));
      }
    }
    return new References(references);
  }

  /** Those of this session alone fire too. */
  private List<String> triggers(String table) throws SQLException {
    List<String> names = new ArrayList<>();
    for (String schema : List.of("main.sqlite_schema", "temp.sqlite_schema")) {
      try (PreparedStatement statement = connection.prepareStatement(TRIGGERS.formatted(schema))) {
        statement.setString(1, table);
        try (ResultSet result = statement.executeQuery()) {
          while (result.next()) {
            names.add(result.getString(1));
          }
        }
      }
    }
    return names;
  }
}
