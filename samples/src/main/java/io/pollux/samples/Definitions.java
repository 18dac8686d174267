package io.pollux.samples;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a database consists of, as lines that can be compared. Names that an engine makes up for
 * constraints and indexes are left out; equal lines are counted.
 *
 * @param tables quoted name → lines for its columns, keys and indexes
 * @param objects views, triggers, sequences, checks
 */
record Definitions(
    SortedMap<String, SortedMap<String, Integer>> tables, SortedMap<String, Integer> objects) {

  private static final Pattern SYSTEM_SCHEMA =
      Pattern.compile(
          "SYS|SYS[A-Z]+|NULLID|SQLJ|SYSTEM_LOBS|INFORMATION_SCHEMA|pg_.*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SYSTEM_TABLE = Pattern.compile("sqlite_.*");
  private static final Set<String> TABLES = Set.of("TABLE", "BASE TABLE", "PARTITIONED TABLE");

  private static final List<String> COLUMN =
      List.of(
          "ORDINAL_POSITION",
          "COLUMN_NAME",
          "TYPE_NAME",
          "COLUMN_SIZE",
          "DECIMAL_DIGITS",
          "IS_NULLABLE",
          "IS_AUTOINCREMENT",
          "IS_GENERATEDCOLUMN");

  /** Which columns of a metadata result make up a key or an index. */
  private record Key(String name, String order, List<String> shown) {}

  private static final Key PRIMARY_KEY = new Key("PK_NAME", "KEY_SEQ", List.of("COLUMN_NAME"));
  private static final Key FOREIGN_KEY =
      new Key(
          "FK_NAME",
          "KEY_SEQ",
          List.of(
              "FKCOLUMN_NAME",
              "PKTABLE_SCHEM",
              "PKTABLE_NAME",
              "PKCOLUMN_NAME",
              "UPDATE_RULE",
              "DELETE_RULE",
              "DEFERRABILITY"));
  private static final Key INDEX =
      new Key(
          "INDEX_NAME", "ORDINAL_POSITION", List.of("COLUMN_NAME", "NON_UNIQUE", "ASC_OR_DESC"));

  static Definitions read(Connection connection, Pattern ignored) throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    Definitions found = new Definitions(new TreeMap<>(), new TreeMap<>());
    try (ResultSet result = metadata.getTables(connection.getCatalog(), null, "%", null)) {
      while (result.next()) {
        String schema = result.getString("TABLE_SCHEM");
        String name = result.getString("TABLE_NAME");
        if (TABLES.contains(String.valueOf(result.getString("TABLE_TYPE")))
            && !(schema != null && SYSTEM_SCHEMA.matcher(schema).matches())
            && !SYSTEM_TABLE.matcher(name).matches()
            && !ignored.matcher(name).matches()) {
          found.tables.put(quoted(metadata, schema, name), table(connection, schema, name));
        }
      }
    }
    for (Map.Entry<String, String> query : CatalogueQueries.of(connection).entrySet()) {
      found.readObjects(connection, query.getKey(), query.getValue(), ignored);
    }
    return found;
  }

  private static String quoted(DatabaseMetaData metadata, String schema, String name)
      throws SQLException {
    String quote = metadata.getIdentifierQuoteString();
    String table = quote + name.replace(quote, quote + quote) + quote;
    return schema == null
        ? table
        : quote + schema.replace(quote, quote + quote) + quote + "." + table;
  }

  private static SortedMap<String, Integer> table(Connection connection, String schema, String name)
      throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    String catalog = connection.getCatalog();
    String escape = metadata.getSearchStringEscape();
    String pattern = name.replace("_", escape + "_").replace("%", escape + "%");
    SortedMap<String, Integer> lines = new TreeMap<>();
    try (ResultSet column = metadata.getColumns(catalog, schema, pattern, "%")) {
      while (column.next()) {
        if (!column.getString("TABLE_NAME").equals(name)) {
          continue; // Not every engine can escape the underscore, which matches any character.
        }
        count(
            lines,
            "column "
                + join(column, COLUMN)
                + " default "
                + defaultOf(column.getString("COLUMN_DEF")));
      }
    }
    groups(lines, "primary key", metadata.getPrimaryKeys(catalog, schema, name), PRIMARY_KEY);
    groups(lines, "foreign key", metadata.getImportedKeys(catalog, schema, name), FOREIGN_KEY);
    groups(lines, "index", metadata.getIndexInfo(catalog, schema, name, false, true), INDEX);
    return lines;
  }

  /** An identity column's default is a number that each database makes up for itself. */
  private static String defaultOf(String text) {
    return text == null || text.startsWith("AUTOINCREMENT") || text.startsWith("GENERATED")
        ? "-"
        : text;
  }

  /** One line for each key or index, its columns in their order. */
  private static void groups(
      SortedMap<String, Integer> lines, String kind, ResultSet result, Key key)
      throws SQLException {
    SortedMap<String, SortedMap<Integer, String>> groups = new TreeMap<>();
    try (result) {
      while (result.next()) {
        groups
            .computeIfAbsent(String.valueOf(result.getString(key.name())), name -> new TreeMap<>())
            .put(result.getInt(key.order()), join(result, key.shown()));
      }
    }
    groups.values().forEach(columns -> count(lines, kind + " " + columns.values()));
  }

  /** The first two columns of a query name the schema and the table or object. */
  private void readObjects(Connection connection, String kind, String sql, Pattern ignored)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        String schema = result.getString(1);
        String name = result.getString(2);
        StringBuilder line = new StringBuilder(kind + " " + schema + "." + name);
        for (int i = 3; i <= columns; i++) {
          line.append(" | ").append(result.getString(i));
        }
        if (!SYSTEM_SCHEMA.matcher(schema).matches() && !ignored.matcher(name).matches()) {
          count(objects, line.toString());
        }
      }
    }
  }

  private static String join(ResultSet result, List<String> labels) throws SQLException {
    StringBuilder line = new StringBuilder();
    for (String label : labels) {
      line.append(line.isEmpty() ? "" : " ").append(result.getString(label));
    }
    return line.toString();
  }

  private static void count(SortedMap<String, Integer> lines, String line) {
    lines.merge(line, 1, Integer::sum);
  }
}
