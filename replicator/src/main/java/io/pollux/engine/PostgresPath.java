package io.pollux.engine;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The schemas in which a session looks for names, written as the setting {@code search_path}. */
final class PostgresPath {
  private static final Pattern ENTRY = Pattern.compile("\"(?:[^\"]|\"\")*\"|[^,\\s]+");
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");
  static final String SYSTEM = "pg_catalog";

  private PostgresPath() {}

  /**
   * Those that exist; the session's own schema of temporary tables is among them once it has one.
   */
  static String read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT pg_catalog.current_schemas(true)")) {
      result.next();
      Array array = result.getArray(1);
      List<String> entries = new ArrayList<>();
      for (String schema : (String[]) array.getArray()) {
        if (!schema.equals(SYSTEM)) {
          entries.add(entry(schema));
        }
      }
      return String.join(", ", entries);
    }
  }

  private static String entry(String schema) {
    return PLAIN.matcher(schema).matches() ? schema : PostgresFacts.SQL.quote(schema);
  }

  static List<String> schemas(String path) {
    List<String> schemas = new ArrayList<>();
    Matcher entry = ENTRY.matcher(path);
    while (entry.find()) {
      schemas.add(PostgresFacts.SQL.normalize(entry.group()));
    }
    return schemas;
  }

  /** Where a new table goes. */
  static String first(List<String> schemas) {
    return schemas.stream().filter(schema -> !isTemporary(schema)).findFirst().orElse("");
  }

  static boolean isTemporary(String schema) {
    return schema.startsWith(PostgresFacts.TEMPORARY);
  }

  /** Without temporary tables: they are another session's. */
  static void use(Connection connection, String path) throws SQLException {
    List<String> entries =
        schemas(path).stream().filter(s -> !isTemporary(s)).map(PostgresPath::entry).toList();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_catalog.set_config('search_path', ?, false)")) {
      statement.setString(1, String.join(", ", entries));
      statement.execute();
    }
  }
}
