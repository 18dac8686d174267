package io.pollux.engine;

import io.pollux.core.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks an engine's catalogue for tables, with the engine's own query. */
final class CatalogueTables {
  private CatalogueTables() {}

  /**
   * The tables that a query returns, in its order.
   *
   * @param query whose first two columns are schema and name
   */
  static List<TableName> list(Connection connection, String query) throws SQLException {
    List<TableName> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        tables.add(new TableName(result.getString(1), result.getString(2)));
      }
    }
    return tables;
  }

  /** What a query of two columns, name and value, returns. */
  static Map<String, String> settings(Connection connection, String query) throws SQLException {
    Map<String, String> settings = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        settings.put(result.getString(1), result.getString(2));
      }
    }
    return settings;
  }

  /** Whether a query returns a row. */
  static boolean finds(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      return result.next();
    }
  }
}
