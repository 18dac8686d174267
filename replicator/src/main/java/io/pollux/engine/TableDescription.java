package io.pollux.engine;

import io.pollux.core.TableName;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * A table's definition in lines that are equal on two nodes where the same statements made it: no
 * names that an engine may have invented, nothing that differs between a node that takes writes and
 * one that follows.
 */
final class TableDescription {
  private final Connection connection;
  private final DatabaseMetaData metadata;
  private final TableName table;
  private final String schema;
  private final List<String> lines = new ArrayList<>();

  private TableDescription(Connection connection, TableName table) throws SQLException {
    this.connection = connection;
    this.metadata = connection.getMetaData();
    this.table = table;
    this.schema = table.schema().isEmpty() ? null : table.schema();
  }

  /**
   * The sorted lines.
   *
   * @param queries of the engine's own, for what JDBC does not tell: two parameters, schema and
   *     table; each row is a line
   */
  static List<String> of(Connection connection, TableName table, List<String> queries)
      throws SQLException {
    TableDescription description = new TableDescription(connection, table);
    description.columns();
    description.keys();
    description.indexes();
    description.references();
    for (String query : queries) {
      description.more(query);
    }
    description.lines.sort(null);
    return List.copyOf(description.lines);
  }

  /** Names are patterns in this call, so that it may return other tables too. */
  private void columns() throws SQLException {
    try (ResultSet column = metadata.getColumns(null, schema, table.name(), null)) {
      while (column.next()) {
        if (table.name().equals(column.getString("TABLE_NAME"))
            && (schema == null || schema.equals(column.getString("TABLE_SCHEM")))) {
          boolean counts = "YES".equals(column.getString("IS_AUTOINCREMENT"));
          String defaultText = column.getString("COLUMN_DEF");
          lines.add(
              "column "
                  + column.getString("COLUMN_NAME")
                  + " "
                  + column.getString("TYPE_NAME")
                  + "("
                  + column.getInt("COLUMN_SIZE")
                  + ", "
                  + column.getInt("DECIMAL_DIGITS")
                  + ")"
                  + ("NO".equals(column.getString("IS_NULLABLE")) ? " NOT NULL" : "")
                  + (counts ? " counts" : defaultText == null ? "" : " DEFAULT " + defaultText));
        }
      }
    }
  }

  private void keys() throws SQLException {
    Map<Integer, String> columns = new TreeMap<>();
    try (ResultSet key = metadata.getPrimaryKeys(null, schema, table.name())) {
      while (key.next()) {
        columns.put(key.getInt("KEY_SEQ"), key.getString("COLUMN_NAME"));
      }
    }
    lines.add("key " + columns.values());
  }

  private void indexes() throws SQLException {
    Map<String, StringJoiner> indexes = new TreeMap<>();
    try (ResultSet index = metadata.getIndexInfo(null, schema, table.name(), false, true)) {
      while (index.next()) {
        String name = index.getString("INDEX_NAME");
        if (name != null && index.getShort("TYPE") != DatabaseMetaData.tableIndexStatistic) {
          String kind = index.getBoolean("NON_UNIQUE") ? "index (" : "unique index (";
          indexes
              .computeIfAbsent(name, first -> new StringJoiner(", ", kind, ")"))
              .add(
                  index.getString("COLUMN_NAME")
                      + ("D".equals(index.getString("ASC_OR_DESC")) ? " DESC" : ""));
        }
      }
    }
    indexes.values().forEach(index -> lines.add(index.toString()));
  }

  private void references() throws SQLException {
    Map<String, StringJoiner> references = new TreeMap<>();
    try (ResultSet key = metadata.getImportedKeys(null, schema, table.name())) {
      while (key.next()) {
        String parent = key.getString("PKTABLE_SCHEM") + "." + key.getString("PKTABLE_NAME");
        String rules =
            ") delete " + key.getShort("DELETE_RULE") + " update " + key.getShort("UPDATE_RULE");
        references
            .computeIfAbsent(
                String.valueOf(key.getString("FK_NAME")),
                first -> new StringJoiner(", ", "references " + parent + " (", rules))
            .add(key.getString("FKCOLUMN_NAME") + " = " + key.getString("PKCOLUMN_NAME"));
      }
    }
    references.values().forEach(reference -> lines.add(reference.toString()));
  }

  private void more(String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        int columns = row.getMetaData().getColumnCount();
        while (row.next()) {
          StringJoiner line = new StringJoiner(" ");
          for (int i = 1; i <= columns; i++) {
            line.add(row.getString(i));
          }
          lines.add(line.toString());
        }
      }
    }
  }
}
