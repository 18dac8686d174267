package io.pollux.engine;

import io.pollux.core.Change;
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
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.postgresql.PGResultSetMetaData;

/** PostgreSQL, a server (docs/engine-postgresql.md). */
final class PostgresDialect implements Dialect {
  private static final String DIVISION_BY_ZERO = "22012";

  private static final String PREFIX = "jdbc:postgresql:";

  private static final String USER_TABLES =
      "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
          + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relkind = 'r' AND c.relpersistence <> 't'"
          + " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pollux')"
          + " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d"
          + " WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1, 2";

  private static final String LAST_SYSTEM_TABLE =
      "SELECT 1 WHERE pg_catalog.to_regclass('pollux.pollux_parked') IS NOT NULL";

  /** A session may set the last ones; they are what the server and the account begin with. */
  private static final String SETTINGS =
      "SELECT 'encoding', pg_encoding_to_char(encoding)::text FROM pg_database"
          + " WHERE datname = current_database() UNION ALL"
          + " SELECT 'collation', datcollate::text FROM pg_database"
          + " WHERE datname = current_database() UNION ALL"
          + " SELECT 'character classes', datctype::text FROM pg_database"
          + " WHERE datname = current_database() UNION ALL"
          + " SELECT name, setting FROM pg_settings WHERE name IN"
          + " ('default_transaction_isolation', 'standard_conforming_strings', 'DateStyle',"
          + " 'IntervalStyle', 'lc_numeric', 'lc_monetary', 'extra_float_digits', 'TimeZone')";

  /** Another transaction was in the way, or the server is busy or restarting. */
  private static final Set<String> TRANSIENT = Set.of("55P03", "57014");

  private static final String OF_TABLE =
      " JOIN pg_catalog.pg_class c ON c.oid = o.%s"
          + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.nspname = ? AND c.relname = ?";

  private static final List<String> DEFINITIONS =
      List.of(
          "SELECT 'trigger', o.tgenabled::text, pg_catalog.pg_get_triggerdef(o.oid)"
              + " FROM pg_catalog.pg_trigger o"
              + OF_TABLE.formatted("tgrelid")
              + " AND NOT o.tgisinternal",
          "SELECT 'check', pg_catalog.pg_get_constraintdef(o.oid) FROM pg_catalog.pg_constraint o"
              + OF_TABLE.formatted("conrelid")
              + " AND o.contype IN ('c', 'x')",
          "SELECT 'rule', pg_catalog.pg_get_ruledef(o.oid) FROM pg_catalog.pg_rewrite o"
              + OF_TABLE.formatted("ev_class"));

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public TableName tableName(ResultSetMetaData columns, int column) throws SQLException {
    PGResultSetMetaData origins = columns.unwrap(PGResultSetMetaData.class);
    return new TableName(origins.getBaseSchemaName(column), origins.getBaseTableName(column));
  }

  /** The driver looks for the key by alias: it would change the row of another key. */
  @Override
  public String columnName(ResultSetMetaData columns, int column) throws SQLException {
    String name = columns.unwrap(PGResultSetMetaData.class).getBaseColumnName(column);
    return name.equals(columns.getColumnLabel(column)) ? name : "";
  }

  @Override
  public boolean accepts(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public SqlFacts facts() {
    return PostgresFacts.SQL;
  }

  @Override
  public SystemTables systemTables() {
    return PostgresFacts.SYSTEM_TABLES;
  }

  @Override
  public boolean hasSystemTables(Connection connection) throws SQLException {
    return CatalogueTables.finds(connection, LAST_SYSTEM_TABLE);
  }

  @Override
  public Optional<Path> databaseDirectory(String url) {
    return Optional.empty();
  }

  /** In the working directory: the database lies on another machine. */
  @Override
  public Optional<Path> nodeDirectory(String url) {
    String database = database(url);
    String name = database.substring(database.lastIndexOf('/') + 1);
    return Optional.of(Path.of("pollux-" + name).toAbsolutePath());
  }

  @Override
  public boolean isSameDatabase(String url, String other) {
    return database(url).equals(database(other));
  }

  /** Host, port and name, without what stands behind the question mark. */
  private static String database(String url) {
    String plain = url.split("\\?", 2)[0].substring(PREFIX.length());
    return plain.startsWith("//")
        ? plain.replaceFirst("^(//[^/:]+)/", "$1:5432/")
        : "//localhost:5432/" + plain;
  }

  @Override
  public String openUrl(String url) {
    return url;
  }

  @Override
  public String createUrl(String url) {
    return url;
  }

  /** The server is not ours to close. */
  @Override
  public void shutdown(String url, Properties properties) {}

  @Override
  public Map<String, String> settings(Connection connection) throws SQLException {
    return CatalogueTables.settings(connection, SETTINGS);
  }

  @Override
  public Catalogue catalogue(Connection connection) {
    return new PostgresCatalogue(connection);
  }

  @Override
  public List<TableName> userTables(Connection connection) throws SQLException {
    return CatalogueTables.list(connection, USER_TABLES);
  }

  @Override
  public String normalize(String identifier) {
    return facts().normalize(identifier);
  }

  @Override
  public String quote(String name) {
    return facts().quote(name);
  }

  @Override
  public String currentSchema(Connection connection) throws SQLException {
    return PostgresPath.read(connection);
  }

  @Override
  public void useSchema(Connection connection, String schema) throws SQLException {
    PostgresPath.use(connection, schema);
  }

  @Override
  public Work work(Connection connection) throws SQLException {
    return PostgresSession.work(connection);
  }

  /** Above READ COMMITTED all of a transaction reads as of its first query; LOCK TABLE is none. */
  @Override
  public boolean seesWhatItLocks(Connection connection) throws SQLException {
    return work(connection) == Work.NONE
        || connection.getTransactionIsolation() <= Connection.TRANSACTION_READ_COMMITTED;
  }

  @Override
  public boolean failsAsAWhole() {
    return true;
  }

  @Override
  public boolean pipelines() {
    return true;
  }

  @Override
  public boolean commitsInOneTrip() {
    return true;
  }

  @Override
  public boolean isFenced(SQLException error) {
    return DIVISION_BY_ZERO.equals(error.getSQLState());
  }

  @Override
  public boolean mayDefer(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE condeferrable)"
                    + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_trigger WHERE tgdeferrable)")) {
      result.next();
      return result.getBoolean(1);
    }
  }

  @Override
  public void beforeStamp(Connection connection) throws SQLException {
    execute(connection, "SET CONSTRAINTS ALL IMMEDIATE");
  }

  @Override
  public <T> T unwrapped(T real, Class<T> type) throws SQLException {
    return PostgresSession.unwrapped(real, type);
  }

  /** A failed statement leaves the transaction there until it is rolled back. */
  @Override
  public Begin begin() {
    return Begin.UNSEEN;
  }

  @Override
  public ScriptRule scriptRule() {
    return ScriptRule.TOGETHER;
  }

  @Override
  public boolean endsTransaction(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  @Override
  public boolean isTransient(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    return state.startsWith("40")
        || state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57P")
        || TRANSIENT.contains(state);
  }

  @Override
  public SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    return PostgresValues.read(result, column, jdbcType);
  }

  @Override
  public void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    PostgresValues.bind(statement, index, value);
  }

  @Override
  public Optional<SqlValue> parameter(Object value, int jdbcType, ZoneId zone) throws SQLException {
    return PostgresValues.parameter(value, jdbcType, zone);
  }

  /** No plan takes the clock out of a text here: what it gave comes back with the row. */
  @Override
  public SqlValue clockNow(ClockKind kind, Instant now) {
    LocalDateTime local = LocalDateTime.ofInstant(now, ZoneId.systemDefault());
    return switch (kind) {
      case DATE -> new SqlValue.Date(local.toLocalDate());
      case TIME -> new SqlValue.Time(local.toLocalTime());
      case TIMESTAMP -> new SqlValue.Timestamp(local);
    };
  }

  @Override
  public long nextValue(Connection connection, TableName sequence) throws SQLException {
    return new PostgresGenerators(connection).nextValue(sequence);
  }

  @Override
  public Optional<Long> lastValue(Connection connection, Change.GeneratorKind kind, TableName name)
      throws SQLException {
    return new PostgresGenerators(connection).lastValue(kind, name);
  }

  @Override
  public List<Change.Generator> generators(Connection connection) throws SQLException {
    return new PostgresGenerators(connection).all();
  }

  @Override
  public void keepAbove(Connection connection, Change.Generator mark) throws SQLException {
    new PostgresGenerators(connection).keepAbove(mark);
  }

  /** Statements that bring explicit keys say so themselves. */
  @Override
  public void becomeStandby(Connection connection) {}

  @Override
  public void becomeActive(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    new PostgresGenerators(connection).raise(marks);
    connection.commit();
  }

  @Override
  public void applyDdl(Connection connection, Change.Ddl change) throws SQLException {
    String former = currentSchema(connection);
    useSchema(connection, change.schema());
    execute(connection, change.sql());
    useSchema(connection, former);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Names that the engine makes follow from the table and its columns, on each node alike. */
  @Override
  public boolean inventsNames(Change.Ddl change) {
    return false;
  }

  @Override
  public void giveWay(Connection connection) throws SQLException {
    execute(connection, "SET lock_timeout = '100ms'");
  }

  @Override
  public List<String> definitionQueries() {
    return DEFINITIONS;
  }

  @Override
  public void backup(Connection connection, Path target) throws SQLException {
    new PostgresDump(connection, target).write();
  }

  @Override
  public void restore(Path backup, String url, Properties properties)
      throws IOException, SQLException {
    PostgresLoad.load(backup, url, properties);
  }
}
