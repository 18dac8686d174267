package io.pollux.engine;

import io.pollux.core.Change;
import io.pollux.core.PolluxException;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sql.Binding.ClockKind;
import io.pollux.sql.Catalogue;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.SystemTables;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** SQLite, embedded (docs/engine-sqlite.md). Of those who write, one waits for the other. */
final class SqliteDialect implements Dialect {
  private static final int BUSY = 5;
  private static final int LOCKED = 6;

  /**
   * Out of memory, interrupted, input and output, damaged, full: the engine may have rolled back.
   */
  private static final Set<Integer> GONE = Set.of(7, 9, 10, 11, 13);

  /** Enough for 32 connections that all commit faster than the log's disk. */
  private static final int SLOTS = 256;

  private static final String USER_TABLES =
      "SELECT schema, lower(name) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
          + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'pollux\\_%' ESCAPE '\\'"
          + " ORDER BY 2";

  private static final String LAST_SYSTEM_TABLE =
      "SELECT 1 FROM main.sqlite_schema WHERE name = 'pollux_parked'";

  private static final String SETTINGS =
      "SELECT 'encoding', encoding FROM pragma_encoding"
          + " UNION ALL SELECT 'recursive_triggers', recursive_triggers FROM pragma_recursive_triggers";

  /** Texts of the schema, as they were written. */
  private static final String DEFINITION =
      "SELECT type || ' ' || lower(name) || ' ' || coalesce(sql, '') FROM main.sqlite_schema"
          + " WHERE lower(tbl_name) = ? ORDER BY 1";

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public boolean accepts(String url) {
    return SqliteFiles.accepts(url);
  }

  @Override
  public SqlFacts facts() {
    return SqliteFacts.SQL;
  }

  @Override
  public SystemTables systemTables() {
    return SqliteFacts.SYSTEM_TABLES;
  }

  @Override
  public boolean hasSystemTables(Connection connection) throws SQLException {
    return CatalogueTables.finds(connection, LAST_SYSTEM_TABLE);
  }

  /** A row that another connection adds would wait for whoever writes. */
  @Override
  public int slotsAhead() {
    return SLOTS;
  }

  @Override
  public Optional<Path> databaseDirectory(String url) throws PolluxException {
    return SqliteFiles.path(url);
  }

  @Override
  public String openUrl(String url) {
    return SqliteFiles.openUrl(url);
  }

  @Override
  public String createUrl(String url) {
    return SqliteFiles.createUrl(url);
  }

  @Override
  public void makeDurable(Connection connection) throws SQLException {
    SqliteFiles.makeDurable(connection);
  }

  /** The last one takes the write-ahead log with it. */
  @Override
  public boolean closesWithLastConnection() {
    return true;
  }

  /** Nothing of it is open but its connections, and they see what is put in its place. */
  @Override
  public void shutdown(String url, Properties properties) {}

  @Override
  public Map<String, String> settings(Connection connection) throws SQLException {
    return CatalogueTables.settings(connection, SETTINGS);
  }

  @Override
  public Catalogue catalogue(Connection connection) {
    return new SqliteCatalogue(connection, facts());
  }

  @Override
  public List<TableName> userTables(Connection connection) throws SQLException {
    return CatalogueTables.list(connection, USER_TABLES);
  }

  /** Whether foreign keys are enforced belongs to a session here, and so to its statements. */
  @Override
  public String currentSchema(Connection connection) throws SQLException {
    return SqliteSession.read(connection);
  }

  @Override
  public boolean switchesInTransaction() {
    return false;
  }

  @Override
  public void useSchema(Connection connection, String schema) throws SQLException {
    SqliteSession.use(connection, schema);
  }

  @Override
  public void applyDdl(Connection connection, Change.Ddl change) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(change.sql());
    }
  }

  @Override
  public Begin begin() {
    return Begin.UNSEEN_IN_AUTOCOMMIT;
  }

  @Override
  public ScriptRule scriptRule() {
    return ScriptRule.ALONE_AS_UPDATE;
  }

  @Override
  public boolean endsTransaction(SQLException error) {
    return GONE.contains(error.getErrorCode());
  }

  @Override
  public boolean isTransient(SQLException error) {
    return error.getErrorCode() == BUSY || error.getErrorCode() == LOCKED;
  }

  @Override
  public boolean readsOnce() {
    return true;
  }

  @Override
  public String rowsQuery(List<String> names, int rows) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      columns.add("column" + (i + 1) + " AS " + quote(names.get(i)));
    }
    String row = "(" + String.join(", ", Collections.nCopies(names.size(), "?")) + ")";
    String none = row.replace("?", "NULL") + ") WHERE 0";
    return "SELECT "
        + String.join(", ", columns)
        + " FROM (VALUES "
        + (rows == 0 ? none : String.join(", ", Collections.nCopies(rows, row)) + ")");
  }

  @Override
  public Optional<String> keysQuery() {
    return Optional.of("SELECT last_insert_rowid()");
  }

  @Override
  public SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    return SqliteValues.read(result, column);
  }

  @Override
  public void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    SqliteValues.bind(statement, index, value);
  }

  @Override
  public Optional<SqlValue> parameter(Object value, int jdbcType, ZoneId zone) {
    return SqliteValues.parameter(value);
  }

  /** No plan takes the clock out of a text here: what it gave comes back with the row. */
  @Override
  public SqlValue clockNow(ClockKind kind, Instant now) {
    return new SqlValue.Text(now.toString());
  }

  @Override
  public long nextValue(Connection connection, TableName sequence) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "the engine has no sequence " + sequence + "; use a key of type INTEGER", "0A000");
  }

  @Override
  public Optional<Long> lastValue(Connection connection, Change.GeneratorKind kind, TableName name)
      throws SQLException {
    return generators(connection).stream()
        .filter(generator -> generator.kind() == kind && generator.name().equals(name))
        .map(Change.Generator::last)
        .findFirst();
  }

  @Override
  public List<Change.Generator> generators(Connection connection) throws SQLException {
    return new SqliteGenerators(connection).all();
  }

  /** The log brings every key. What is noted is that the next reign is to begin with a gap. */
  @Override
  public void becomeStandby(Connection connection) throws SQLException {
    WarmMark.set(connection, systemTables());
  }

  @Override
  public void becomeActive(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    long gap = WarmMark.isSet(connection, systemTables()) ? SqliteGenerators.GAP : 0;
    new SqliteGenerators(connection).raise(marks, gap);
    WarmMark.clear(connection, systemTables());
    connection.commit();
  }

  @Override
  public void raiseGenerators(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    new SqliteGenerators(connection).raise(marks, 0);
    connection.commit();
  }

  @Override
  public String first(String query, int rows) {
    return query + " LIMIT " + rows;
  }

  @Override
  public void giveWay(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 100");
    }
  }

  @Override
  public List<String> describe(Connection connection, TableName table) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(DEFINITION)) {
      statement.setString(1, table.name());
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          lines.add(result.getString(1));
        }
      }
    }
    return lines;
  }

  @Override
  public void backup(Connection connection, Path target) throws SQLException {
    SqliteFiles.backup(connection, target);
  }

  @Override
  public void restore(Path backup, String url, Properties properties)
      throws IOException, SQLException, PolluxException {
    SqliteFiles.restore(backup, SqliteFiles.path(url).orElseThrow(), url, properties);
  }
}
