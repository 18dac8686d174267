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

/** Reads the information schema, which takes no locks. */
final class H2Catalogue implements Catalogue {
  private static final String KIND =
      "SELECT TABLE_TYPE, STORAGE_TYPE FROM INFORMATION_SCHEMA.TABLES"
          + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?";

  private static final String COLUMNS =
      "SELECT COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE,"
          + " COLUMN_DEFAULT, IDENTITY_GENERATION, IS_GENERATED, DEFAULT_ON_NULL, COLUMN_ON_UPDATE"
          + " FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
          + " ORDER BY ORDINAL_POSITION";

  private static final String INDEXES =
      "SELECT I.INDEX_NAME, I.INDEX_TYPE_NAME, C.COLUMN_NAME FROM INFORMATION_SCHEMA.INDEXES I"
          + " JOIN INFORMATION_SCHEMA.INDEX_COLUMNS C ON C.INDEX_SCHEMA = I.INDEX_SCHEMA"
          + " AND C.INDEX_NAME = I.INDEX_NAME AND C.TABLE_NAME = I.TABLE_NAME"
          + " WHERE I.TABLE_SCHEMA = ? AND I.TABLE_NAME = ? AND C.IS_UNIQUE"
          + " ORDER BY I.INDEX_NAME, C.ORDINAL_POSITION";

  private static final String REFERENCES =
      "SELECT P.TABLE_SCHEMA, P.TABLE_NAME, C.TABLE_SCHEMA, C.TABLE_NAME,"
          + " R.DELETE_RULE IN ('NO ACTION', 'RESTRICT') AND R.UPDATE_RULE IN ('NO ACTION', 'RESTRICT')"
          + " FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS R"
          + " JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS C ON C.CONSTRAINT_SCHEMA = R.CONSTRAINT_SCHEMA"
          + " AND C.CONSTRAINT_NAME = R.CONSTRAINT_NAME"
          + " JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS P"
          + " ON P.CONSTRAINT_SCHEMA = R.UNIQUE_CONSTRAINT_SCHEMA"
          + " AND P.CONSTRAINT_NAME = R.UNIQUE_CONSTRAINT_NAME";

  private static final String TRIGGERS =
      "SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS"
          + " WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY TRIGGER_NAME";

  /** Types whose values a cast must not cut: written as wide as the engine has them. */
  private static final Map<String, Type> TYPES =
      Map.ofEntries(
          Map.entry("TINYINT", new Type(Types.TINYINT, "TINYINT")),
          Map.entry("SMALLINT", new Type(Types.SMALLINT, "SMALLINT")),
          Map.entry("INTEGER", new Type(Types.INTEGER, "INTEGER")),
          Map.entry("BIGINT", new Type(Types.BIGINT, "BIGINT")),
          Map.entry("NUMERIC", new Type(Types.NUMERIC, "NUMERIC(%s, %s)")),
          Map.entry("DECFLOAT", new Type(Types.DECIMAL, "DECFLOAT(%s)")),
          Map.entry("REAL", new Type(Types.REAL, "REAL")),
          Map.entry("DOUBLE PRECISION", new Type(Types.DOUBLE, "DOUBLE PRECISION")),
          Map.entry("CHARACTER", new Type(Types.CHAR, "VARCHAR")),
          Map.entry("CHARACTER VARYING", new Type(Types.VARCHAR, "VARCHAR")),
          Map.entry("VARCHAR_IGNORECASE", new Type(Types.VARCHAR, "VARCHAR")),
          Map.entry("CHARACTER LARGE OBJECT", new Type(Types.CLOB, "CLOB")),
          Map.entry("BINARY", new Type(Types.BINARY, "VARBINARY")),
          Map.entry("BINARY VARYING", new Type(Types.VARBINARY, "VARBINARY")),
          Map.entry("BINARY LARGE OBJECT", new Type(Types.BLOB, "BLOB")),
          Map.entry("UUID", new Type(Types.BINARY, "UUID")),
          Map.entry("BOOLEAN", new Type(Types.BOOLEAN, "BOOLEAN")),
          Map.entry("DATE", new Type(Types.DATE, "DATE")),
          Map.entry("TIME", new Type(Types.TIME, "TIME(9)")),
          Map.entry("TIMESTAMP", new Type(Types.TIMESTAMP, "TIMESTAMP(9)")),
          Map.entry(
              "TIMESTAMP WITH TIME ZONE",
              new Type(Types.TIMESTAMP_WITH_TIMEZONE, "TIMESTAMP(9) WITH TIME ZONE")),
          Map.entry("ENUM", new Type(Types.VARCHAR, "VARCHAR")));

  private record Type(int jdbcType, String text) {}

  /** A table's columns, and what changes them behind a statement's back. */
  private record Columns(List<Column> all, List<String> hidden) {
    boolean isNeverNull(String name) {
      return all.stream().anyMatch(column -> column.name().equals(name) && !column.nullable());
    }
  }

  private final Connection connection;

  H2Catalogue(Connection connection) {
    this.connection = connection;
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

  /** A linked table's rows are elsewhere, whatever the engine calls it. */
  private String kind(TableName name) throws SQLException {
    try (PreparedStatement statement = prepare(KIND, name);
        ResultSet result = statement.executeQuery()) {
      if (!result.next()) {
        return "";
      }
      boolean linked = "TABLE LINK".equals(result.getString(2));
      return linked ? "TABLE LINK" : result.getString(1);
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
    try (PreparedStatement statement = prepare(COLUMNS, name);
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

  private static Column column(ResultSet result) throws SQLException {
    Type type = TYPES.getOrDefault(result.getString(2), new Type(Types.OTHER, "VARCHAR"));
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
    try (PreparedStatement statement = prepare(INDEXES, name);
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
        ResultSet result = statement.executeQuery(REFERENCES)) {
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
    try (PreparedStatement statement = prepare(TRIGGERS, new TableName(schema, table));
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        names.add(result.getString(1));
      }
    }
    return names;
  }
}
