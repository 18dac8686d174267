package io.pollux.driver;

import java.sql.BatchUpdateException;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What JDBC calls answered, one line each. */
final class Trace {
  private final List<String> lines = new ArrayList<>();

  List<String> lines() {
    return lines;
  }

  /** Lines of two traces, of the same length, that do not say the same. */
  static List<String> differences(List<String> bare, List<String> ours) {
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < bare.size(); i++) {
      if (!comparable(bare.get(i)).equals(comparable(ours.get(i)))) {
        differences.add(i + ": " + bare.get(i) + "\n  but  " + ours.get(i) + "\n");
      }
    }
    return differences;
  }

  /**
   * This engine's vendor code is how much it rolled back: in autocommit the transaction (30000). In
   * the transaction that a captured write gets it is the statement (20000), and Pollux the rest.
   * Savepoints without a name are counted, those of Pollux as well. Some messages end with the text
   * that ran.
   */
  private static String comparable(String line) {
    return line.replace(" 30000 ", " 20000 ")
        .replaceAll(
            "(SQLITE_)?SAVEP(OIN)?T_?[0-9]+|Savepoint@[0-9a-f]+|sp[0-9]+: id=[0-9]+|SYSTEM_SAVEPOINT_[0-9]+",
            "SAVEPT")
        .replaceAll("test_[0-9]+", "test")
        .replace("org.h2.jdbc.JdbcBatchUpdateException", "java.sql.BatchUpdateException")
        .replaceAll("ENGINE[0-9]+", "ENGINE")
        .replaceAll("(?s)SQL statement:.*", "SQL statement:")
        .replaceAll("[\\w.]+Statement@[0-9a-f]+", "statement")
        .replaceAll(" in statement \\[[^]]*]", "")
        .replaceAll("(BatchUpdateException .*) of java.sql.SQL\\w+", "$1");
  }

  void call(String name, SqlWork<?> call) {
    try {
      lines.add(name + " -> " + show(call.run()));
    } catch (SQLException e) {
      lines.add(name + " !! " + show(e));
    } catch (NullPointerException | IndexOutOfBoundsException | IllegalStateException e) {
      lines.add(name + " !! a defect of the driver");
    }
  }

  /** A call that answers nothing. */
  interface Action {
    void run() throws SQLException;
  }

  void act(String name, Action action) {
    call(
        name,
        () -> {
          action.run();
          return "done";
        });
  }

  private static String show(SQLException e) {
    String counts =
        e instanceof BatchUpdateException batch ? Arrays.toString(batch.getUpdateCounts()) : "";
    String cause = e.getCause() == null ? "" : " of " + e.getCause().getClass().getName();
    return e.getClass().getName()
        + " "
        + e.getSQLState()
        + " "
        + e.getErrorCode()
        + " "
        + e.getMessage()
        + counts
        + cause;
  }

  private static String show(Object value) throws SQLException {
    if (value instanceof ResultSet rows) {
      return show(rows);
    }
    if (value instanceof int[] counts) {
      return Arrays.toString(counts);
    }
    if (value instanceof long[] counts) {
      return Arrays.toString(counts);
    }
    if (value instanceof byte[] bytes) {
      return Arrays.toString(bytes);
    }
    if (value instanceof java.sql.Array array) {
      return "array " + Arrays.toString((Object[]) array.getArray());
    }
    if (value instanceof Blob blob) {
      return "blob " + Arrays.toString(blob.getBytes(1, (int) blob.length()));
    }
    return value instanceof Clob clob
        ? "clob " + clob.getSubString(1, (int) clob.length())
        : String.valueOf(value);
  }

  private static String show(ResultSet rows) throws SQLException {
    List<String> shown = new ArrayList<>();
    int columns = rows.getMetaData().getColumnCount();
    for (int i = 1; i <= columns; i++) {
      shown.add(rows.getMetaData().getColumnLabel(i) + " " + rows.getMetaData().getColumnType(i));
    }
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        row.add(show(rows.getObject(i)));
      }
      shown.add(row.toString());
    }
    rows.close();
    return shown.toString();
  }
}
