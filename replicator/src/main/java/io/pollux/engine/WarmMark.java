package io.pollux.engine;

import io.pollux.sql.SystemTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * That a node was WARM, noted in its database: its next reign begins with a gap in the generated
 * keys, where how far a lost transaction drew can't be known.
 */
final class WarmMark {
  private WarmMark() {}

  static void set(Connection connection, SystemTables tables) throws SQLException {
    if (!isSet(connection, tables)) {
      try (PreparedStatement park = connection.prepareStatement(tables.insertParked())) {
        park.setString(1, "");
        park.setString(2, "");
        park.setString(3, "");
        park.executeUpdate();
      }
    }
  }

  static boolean isSet(Connection connection, SystemTables tables) throws SQLException {
    return CatalogueTables.finds(connection, tables.readParked());
  }

  static void clear(Connection connection, SystemTables tables) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(tables.deleteParked());
    }
  }
}
