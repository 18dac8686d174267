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
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the engine's own tables. Each query asks for CURSOR STABILITY: at the application's own
 * isolation it might keep locks on them to the end of its transaction.
 */
final class DerbyCatalogue implements Catalogue {
  private static final String FIND =
      "SELECT T.TABLEID FROM SYS.SYSTABLES T JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID"
          + " WHERE S.SCHEMANAME = ? AND T.TABLENAME = ? AND T.TABLETYPE = ? WITH CS";

  private static final String COLUMNS =
      "SELECT COLUMNNAME, COLUMNDATATYPE, COLUMNDEFAULT, AUTOINCREMENTINC FROM SYS.SYSCOLUMNS"
          + " WHERE REFERENCEID = ? ORDER BY COLUMNNUMBER WITH CS";

  private static final String INDEXES =
      "SELECT G.DESCRIPTOR, C.TYPE FROM SYS.SYSCONGLOMERATES G"
          + " LEFT JOIN SYS.SYSKEYS K ON K.CONGLOMERATEID = G.CONGLOMERATEID"
          + " LEFT JOIN SYS.SYSCONSTRAINTS C ON C.CONSTRAINTID = K.CONSTRAINTID"
          + " WHERE G.TABLEID = ? AND G.ISINDEX ORDER BY G.CONGLOMERATENUMBER WITH CS";

  private static final String REFERENCES =
      "SELECT PARENT.TABLEID, CHILD.TABLEID, F.DELETERULE FROM SYS.SYSFOREIGNKEYS F"
          + " JOIN SYS.SYSCONSTRAINTS CHILD ON CHILD.CONSTRAINTID = F.CONSTRAINTID"
          + " JOIN SYS.SYSCONSTRAINTS PARENT ON PARENT.CONSTRAINTID = F.KEYCONSTRAINTID WITH CS";

  private static final String TRIGGERS =
      "SELECT TRIGGERNAME FROM SYS.SYSTRIGGERS WHERE TABLEID = ? ORDER BY TRIGGERNAME WITH CS";

  private static final Pattern POSITION = Pattern.compile("\\d+");

  /** Types whose values a cast must not cut: written as wide as the engine has them. */
  private static final Map<String, Type> TYPES =
      Map.ofEntries(
          Map.entry("SMALLINT", new Type(Types.SMALLINT, "SMALLINT")),
          Map.entry("INTEGER", new Type(Types.INTEGER, "INTEGER")),
          Map.entry("BIGINT", new Type(Types.BIGINT, "BIGINT")),
          Map.entry("DECIMAL", new Type(Types.DECIMAL, "")),
          Map.entry("NUMERIC", new Type(Types.NUMERIC, "")),
          Map.entry("REAL", new Type(Types.REAL, "REAL")),
          Map.entry("DOUBLE", new Type(Types.DOUBLE, "DOUBLE")),
          Map.entry("CHAR", new Type(Types.CHAR, "VARCHAR(32672)")),
          Map.entry("VARCHAR", new Type(Types.VARCHAR, "VARCHAR(32672)")),
          Map.entry("LONG VARCHAR", new Type(Types.LONGVARCHAR, "LONG VARCHAR")),
          Map.entry("CLOB", new Type(Types.CLOB, "CLOB")),
          Map.entry("CHAR FOR BIT DATA", new Type(Types.BINARY, "VARCHAR(32672) FOR BIT DATA")),
          Map.entry(
              "VARCHAR FOR BIT DATA", new Type(Types.VARBINARY, "VARCHAR(32672) FOR BIT DATA")),
          Map.entry(
              "LONG VARCHAR FOR BIT DATA",
              new Type(Types.LONGVARBINARY, "LONG VARCHAR FOR BIT DATA")),
          Map.entry("BLOB", new Type(Types.BLOB, "BLOB")),
          Map.entry("DATE", new Type(Types.DATE, "DATE")),
          Map.entry("TIME", new Type(Types.TIME, "TIME")),
          Map.entry("TIMESTAMP", new Type(Types.TIMESTAMP, "TIMESTAMP")),
          Map.entry("BOOLEAN", new Type(Types.BOOLEAN, "BOOLEAN")),
          Map.entry("XML", new Type(Types.SQLXML, "XML")));

  /** {@code text} is empty where the declared one is to be used. */
  private record Type(int jdbcType, String text) {}

  private final Connection connection;

  DerbyCatalogue(Connection connection) {
    this.connection = connection;
  }

  @Override
  public String currentSchema() throws SQLException {
    return connection.getSchema();
  }

  @Override
  public boolean isView(TableName name) throws SQLException {
    return id(name, "V").isPresent();
  }

  @Override
  public Optional<Table> table(TableName name) throws SQLException {
    Optional<String> id = id(name, "T");
    return id.isEmpty() ? Optional.empty() : Optional.of(table(name, id.get()));
  }

  private Optional<String> id(TableName name, String type) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.name());
      statement.setString(3, type);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? Optional.of(result.getString(1)) : Optional.empty();
      }
    }
  }

  private Table table(TableName name, String id) throws SQLException {
    List<Column> columns = columns(id);
    List<List<String>> keys = new ArrayList<>();
    Set<String> unique = new HashSet<>();
    indexes(id, columns, keys, unique);
    References references = references();
    List<String> triggers = new ArrayList<>(triggers(id));
    for (String child : references.reached(id)) {
      if (!child.equals(id)) {
        triggers.addAll(triggers(child));
      }
    }
    return new Table(name, columns, keys, triggers, unique, references.isSelfReferencing(id));
  }

  private List<Column> columns(String id) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, id);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          Object defaultText = result.getObject(3);
          columns.add(
              column(
                  result.getString(1),
                  result.getObject(2).toString(),
                  defaultText == null ? "" : defaultText.toString(),
                  result.getLong(4) != 0));
        }
      }
    }
    return columns;
  }

  /** An identity column ALWAYS has no default here, one BY DEFAULT has a word of the engine's. */
  private static Column column(
      String name, String declared, String defaultText, boolean isIdentity) {
    boolean nullable = !declared.endsWith(" NOT NULL");
    String typeText = nullable ? declared : declared.substring(0, declared.length() - 9);
    String bare = typeText.replaceAll("\\s*\\([^)]*\\)", "");
    Type type = TYPES.getOrDefault(bare, new Type(Types.OTHER, ""));
    boolean generated = !isIdentity && defaultText.startsWith("GENERATED ALWAYS AS");
    Identity identity =
        !isIdentity ? Identity.NONE : defaultText.isEmpty() ? Identity.ALWAYS : Identity.BY_DEFAULT;
    return new Column(
        name,
        type.jdbcType(),
        type.text().isEmpty() ? typeText : type.text(),
        nullable,
        generated || isIdentity ? "" : defaultText,
        identity,
        generated);
  }

  /** A descriptor reads {@code UNIQUE BTREE (2, 1 DESC)}; other words make it less than unique. */
  private void indexes(String id, List<Column> columns, List<List<String>> keys, Set<String> unique)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INDEXES)) {
      statement.setString(1, id);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          String descriptor = result.getObject(1).toString();
          List<Column> members = members(descriptor, columns);
          List<String> names = members.stream().map(Column::name).toList();
          if (descriptor.startsWith("UNIQUE")) {
            unique.addAll(names);
          }
          boolean key =
              descriptor.startsWith("UNIQUE BTREE (")
                  && members.stream().noneMatch(Column::nullable);
          if (key && !keys.contains(names)) {
            keys.add("P".equals(result.getString(2)) ? 0 : keys.size(), names);
          }
        }
      }
    }
  }

  private static List<Column> members(String descriptor, List<Column> columns) {
    List<Column> members = new ArrayList<>();
    Matcher position = POSITION.matcher(descriptor.substring(descriptor.indexOf('(')));
    while (position.find()) {
      members.add(columns.get(Integer.parseInt(position.group()) - 1));
    }
    return members;
  }

  private References references() throws SQLException {
    List<Reference> references = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(REFERENCES);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        boolean cascades = Set.of("C", "U").contains(result.getString(3));
        references.add(new Reference(result.getString(1), result.getString(2), cascades));
      }
    }
    return new References(references);
  }

  private List<String> triggers(String id) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(TRIGGERS)) {
      statement.setString(1, id);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          names.add(result.getString(1));
        }
      }
    }
    return names;
  }
}
