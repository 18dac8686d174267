package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.Binding;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Column;
import io.pollux.sql.Table;
import java.io.InputStream;
import java.io.Reader;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Changes through an updatable result (DETERMINISM.md J1). The row is held by its key, the real
 * driver changes it, and what it is then is logged. Only the row that a key in the result addresses
 * can be changed.
 */
final class RowChanges {
  private static final String KIND = "updatable result set";

  private final PolluxConnection connection;
  private final ResultSet rows;
  private final Shadowed shadowed;
  private final Dialect dialect;
  private final Table table;
  private final List<String> names;
  private final List<String> key;

  /** What the application set in the current row or the new one, by column. */
  private final Map<Integer, Object> set = new TreeMap<>();

  private boolean isInserting;

  /**
   * @throws SQLException if a change could not be logged
   */
  RowChanges(PolluxStatement statement, ResultSet rows) throws SQLException {
    this.connection = statement.connection();
    this.rows = rows;
    this.shadowed = new Shadowed(statement);
    this.dialect = connection.node().dialect();
    ResultSetMetaData columns = rows.getMetaData();
    this.names = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(dialect.columnName(columns, i));
    }
    this.table = connection.plans().table(tableOf(columns));
    this.key =
        table.keys().stream()
            .filter(names::containsAll)
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        "the result has no key of " + table.name() + " under its own name",
                        "select all columns of its primary key"));
    requireCapturable();
  }

  private TableName tableOf(ResultSetMetaData columns) throws SQLException {
    Optional<TableName> one = Optional.empty();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      TableName table = dialect.tableName(columns, i);
      if (!table.name().isEmpty() && one.isPresent() && !one.get().equals(table)) {
        throw refused("its columns are of several tables", "select the rows of one table");
      }
      one = table.name().isEmpty() ? one : Optional.of(table);
    }
    return one.orElseThrow(
        () -> refused("its columns are of no table", "select the columns of a table"));
  }

  /** What keeps a DELETE of one row from being captured keeps every change of it. */
  private void requireCapturable() throws SQLException {
    String delete = "DELETE FROM " + quotedTable() + byKey();
    CapturePlan plan = connection.find(delete).plan();
    if (plan instanceof CapturePlan.Refuse refusal) {
      throw Refusals.notCaptured(refusal);
    }
    if (!(plan instanceof CapturePlan.Closed)) {
      throw refused("a change of " + table.name() + " is not logged", "use INSERT, UPDATE, DELETE");
    }
  }

  private static SQLException refused(String reason, String wayOut) {
    return Refusals.notCaptured(KIND, reason, wayOut);
  }

  private String byKey() {
    return " WHERE "
        + String.join(" AND ", key.stream().map(column -> dialect.quote(column) + " = ?").toList());
  }

  /** The application sets a column; one that there is not is the real driver's to refuse. */
  void set(int column, Object value) throws SQLException {
    boolean isThere = column > 0 && column <= names.size();
    if (isThere && table.column(names.get(column - 1)).isEmpty()) {
      throw refused(
          "column "
              + column
              + " of the result is no column of "
              + table.name()
              + " by its own name",
          "select the column without another name");
    } else if (isThere && !isInserting && key.contains(names.get(column - 1))) {
      throw refused(
          "column " + names.get(column - 1) + " is the key by which the change would be logged",
          "change it with UPDATE");
    }
    set.put(column, value);
  }

  void forget() {
    set.clear();
  }

  /** The cursor goes to the new row, or comes back from it. */
  void inserting(boolean isInserting) {
    this.isInserting = isInserting;
    set.clear();
  }

  void update() throws SQLException {
    change(
        () -> {
          List<SqlValue> address = values(key);
          boolean isThere = hold(address, lockByUpdate());
          rows.updateRow();
          if (isThere) {
            learned(() -> logUpdate(address));
          }
        });
  }

  /** All columns of the result: some drivers write back also those that were not set. */
  private void logUpdate(List<SqlValue> address) throws SQLException {
    List<String> columns =
        new ArrayList<>(
            table.columns().stream()
                .filter(column -> !column.generated() && !key.contains(column.name()))
                .map(Column::name)
                .filter(names::contains)
                .toList());
    columns.addAll(key);
    List<List<SqlValue>> image = image(columns, address);
    if (columns.size() > key.size() && !image.isEmpty()) {
      log(Change.Action.UPDATE, columns, key.size(), image);
    }
  }

  void delete() throws SQLException {
    change(
        () -> {
          List<SqlValue> address = values(key);
          boolean isThere = hold(address, "DELETE FROM " + quotedTable() + " WHERE 1 = 0");
          rows.deleteRow();
          learned(
              () -> {
                if (isThere && image(key, address).isEmpty()) {
                  log(Change.Action.DELETE, key, key.size(), List.of(address));
                }
              });
        });
  }

  void insert() throws SQLException {
    Optional<List<SqlValue>> address = newAddress();
    if (address.isEmpty() || !locksRows()) {
      insertAsText();
      return;
    }
    change(
        () -> {
          rows.insertRow();
          learned(
              () -> {
                List<String> columns =
                    table.columns().stream()
                        .filter(column -> !column.generated())
                        .map(Column::name)
                        .toList();
                List<List<SqlValue>> image = image(columns, address.get());
                if (image.size() != 1) {
                  throw new SQLException("the row that was inserted is not there", "HY000");
                }
                log(Change.Action.INSERT, columns, 0, image);
              });
        });
  }

  /** The key of the new row, if the application set it. */
  private Optional<List<SqlValue>> newAddress() {
    List<SqlValue> address = new ArrayList<>();
    for (String column : key) {
      Optional<SqlValue> value =
          Optional.ofNullable(set.get(names.indexOf(column) + 1)).flatMap(JdbcValues::of);
      value.ifPresent(address::add);
    }
    return address.size() == key.size() ? Optional.of(address) : Optional.empty();
  }

  /**
   * Where the key will be the engine's, because no driver tells the key of a row that it inserted
   * through a result, and where such an insert locks too little. The result does not show the row.
   */
  private void insertAsText() throws SQLException {
    List<String> columns = new ArrayList<>();
    for (Map.Entry<Integer, Object> entry : set.entrySet()) {
      if (entry.getValue() instanceof InputStream || entry.getValue() instanceof Reader) {
        throw refused(
            "a row with a stream and without its key can't be logged", "insert it with INSERT");
      }
      columns.add(dialect.quote(names.get(entry.getKey() - 1)));
    }
    if (columns.isEmpty()) {
      throw refused("no column of the new row was set", "set a column, or use INSERT");
    }
    String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + quotedTable()
                + " ("
                + String.join(", ", columns)
                + ") VALUES ("
                + marks
                + ")")) {
      int next = 1;
      for (Object value : set.values()) {
        insert.setObject(next++, value);
      }
      insert.executeUpdate();
    }
  }

  /** Something to do on the connection. */
  private interface Work {
    void run() throws SQLException;
  }

  private void change(Work work) throws SQLException {
    if (connection.getAutoCommit() && !dialect.keepsPosition()) {
      throw refused(
          "this engine's cursor loses its row when a transaction begins",
          "call setAutoCommit(false) before the query");
    }
    connection
        .transaction()
        .write(
            () -> {
              work.run();
              return null;
            });
    set.clear();
  }

  /** The change was made. If what it did can't be learned, the transaction must not commit. */
  private void learned(Work work) throws SQLException {
    try {
      work.run();
    } catch (SQLException e) {
      connection.transaction().capture().breakOff(e.getMessage(), e);
      throw e;
    }
  }

  /** What the cursor shows. */
  private List<SqlValue> values(List<String> columns) throws SQLException {
    ResultSetMetaData metadata = rows.getMetaData();
    List<SqlValue> values = new ArrayList<>();
    for (String column : columns) {
      int i = names.indexOf(column) + 1;
      values.add(dialect.read(rows, i, metadata.getColumnType(i)));
    }
    return values;
  }

  /** Keeps others from the row until the transaction ends; whether it is there. */
  private boolean hold(List<SqlValue> address, String tableLock) throws SQLException {
    if (locksRows()) {
      String ending = dialect.facts().locks().forUpdate();
      return !shadowed.select(select(key, ending), at(address)).isEmpty();
    }
    shadowed.execute(tableLock);
    List<String> columns = names.stream().filter(name -> table.column(name).isPresent()).toList();
    if (!image(columns, address).equals(List.of(values(columns)))) {
      throw new SQLException(
          "the row was changed since the cursor read it; read it again", "24000");
    }
    return true;
  }

  /**
   * Whether a query can hold a row. Where it can't, the cursor goes astray when another statement
   * changed the row, and locks nothing but the table (docs/engine-hsqldb.md): a statement of the
   * same kind that changes no row takes the locks, or else the engine sees that the row was
   * changed.
   */
  private boolean locksRows() {
    return dialect.facts().locks().touch().isEmpty();
  }

  private String lockByUpdate() throws SQLException {
    String column =
        dialect.quote(
            table
                .settable()
                .orElseThrow(
                    () -> refused("none of the table's columns can be set", "use UPDATE")));
    return "UPDATE " + quotedTable() + " SET " + column + " = " + column + " WHERE 1 = 0";
  }

  private String quotedTable() {
    return dialect.quote(table.name());
  }

  private List<List<SqlValue>> image(List<String> columns, List<SqlValue> address)
      throws SQLException {
    return shadowed.select(select(columns, ""), at(address));
  }

  private Bound select(List<String> columns, String ending) {
    String list = String.join(", ", columns.stream().map(dialect::quote).toList());
    return new Bound("SELECT " + list + " FROM " + quotedTable() + byKey() + ending, bindings());
  }

  private List<Binding> bindings() {
    List<Binding> bindings = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      bindings.add(new Binding.Fetched(i));
    }
    return bindings;
  }

  private Evaluation at(List<SqlValue> address) {
    return Evaluation.of(connection, List.of()).at(address);
  }

  private void log(
      Change.Action action, List<String> columns, int keyColumns, List<List<SqlValue>> image) {
    connection
        .transaction()
        .capture()
        .add(new Change.Rows(table.name(), action, columns, keyColumns, image));
  }
}
