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
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** HSQLDB, embedded, in each of its transaction models (docs/engine-hsqldb.md). */
final class HsqldbDialect implements Dialect {
  private static final String USER_TABLES =
      "SELECT TABLE_SCHEM, TABLE_NAME FROM INFORMATION_SCHEMA.SYSTEM_TABLES"
          + " WHERE TABLE_TYPE = 'TABLE' AND HSQLDB_TYPE <> 'TEXT'"
          + " AND TABLE_SCHEM NOT IN ('INFORMATION_SCHEMA', 'SYSTEM_LOBS', 'POLLUX') ORDER BY 1, 2";

  private static final String LAST_SYSTEM_TABLE =
      "SELECT 1 FROM INFORMATION_SCHEMA.SYSTEM_TABLES"
          + " WHERE TABLE_SCHEM = 'POLLUX' AND TABLE_NAME = 'POLLUX_PARKED'";

  private static final String READS_LOCK =
      "SELECT 1 FROM INFORMATION_SCHEMA.SYSTEM_PROPERTIES"
          + " WHERE PROPERTY_NAME = 'hsqldb.tx' AND UPPER(PROPERTY_VALUE) = 'LOCKS'";

  private static final List<String> DEFINITIONS =
      List.of(
          "SELECT 'trigger', TRIGGER_NAME, ACTION_STATEMENT FROM INFORMATION_SCHEMA.TRIGGERS"
              + " WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?",
          "SELECT 'check', C.CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS C"
              + " JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS T"
              + " ON T.CONSTRAINT_SCHEMA = C.CONSTRAINT_SCHEMA"
              + " AND T.CONSTRAINT_NAME = C.CONSTRAINT_NAME"
              + " WHERE T.TABLE_SCHEMA = ? AND T.TABLE_NAME = ?");

  /** Each changes what a statement means. */
  private static final String SETTINGS =
      "SELECT PROPERTY_NAME, PROPERTY_VALUE FROM INFORMATION_SCHEMA.SYSTEM_PROPERTIES"
          + " WHERE PROPERTY_NAME LIKE 'sql.%'";

  @Override
  public String name() {
    return "hsqldb";
  }

  @Override
  public boolean accepts(String url) {
    return HsqldbFiles.accepts(url);
  }

  @Override
  public SqlFacts facts() {
    return HsqldbFacts.SQL;
  }

  @Override
  public SystemTables systemTables() {
    return HsqldbFacts.SYSTEM_TABLES;
  }

  @Override
  public boolean hasSystemTables(Connection connection) throws SQLException {
    return CatalogueTables.finds(connection, LAST_SYSTEM_TABLE);
  }

  @Override
  public Optional<Path> databaseDirectory(String url) throws PolluxException {
    return HsqldbFiles.path(url);
  }

  @Override
  public String openUrl(String url) {
    return HsqldbFiles.openUrl(url);
  }

  @Override
  public String createUrl(String url) {
    return HsqldbFiles.createUrl(url);
  }

  @Override
  public void makeDurable(Connection connection) throws SQLException {
    HsqldbFiles.makeDurable(connection);
  }

  /** If its URL says so. */
  @Override
  public boolean closesWithLastConnection() {
    return true;
  }

  @Override
  public void shutdown(String url, Properties properties) throws SQLException {
    HsqldbFiles.shutdown(url, properties);
  }

  @Override
  public Map<String, String> settings(Connection connection) throws SQLException {
    return CatalogueTables.settings(connection, SETTINGS);
  }

  @Override
  public Catalogue catalogue(Connection connection) {
    return new SchemaCatalogue(connection, HsqldbCatalogue.QUESTIONS);
  }

  @Override
  public List<TableName> userTables(Connection connection) throws SQLException {
    return CatalogueTables.list(connection, USER_TABLES);
  }

  /** Class 08: the database or the session is gone. */
  @Override
  public ScriptRule scriptRule() {
    return ScriptRule.ALONE_IF_ALL_CAN_BE_READ;
  }

  @Override
  public boolean endsTransaction(SQLException error) {
    return isTransient(error) || String.valueOf(error.getSQLState()).startsWith("08");
  }

  @Override
  public boolean isTransient(SQLException error) {
    return String.valueOf(error.getSQLState()).startsWith("40");
  }

  @Override
  public boolean tellsAllKeys() {
    return true;
  }

  @Override
  public SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    return HsqldbValues.read(result, column, jdbcType);
  }

  @Override
  public void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    HsqldbValues.bind(statement, index, value);
  }

  @Override
  public Optional<SqlValue> parameter(Object value, int jdbcType, ZoneId zone) throws SQLException {
    return HsqldbValues.parameter(value);
  }

  @Override
  public SqlValue clockNow(ClockKind kind, Instant now) {
    return HsqldbValues.clock(kind, now);
  }

  private HsqldbGenerators generatorsOf(Connection connection) {
    return new HsqldbGenerators(connection, facts());
  }

  @Override
  public long nextValue(Connection connection, TableName sequence) throws SQLException {
    return generatorsOf(connection).nextValue(sequence);
  }

  @Override
  public Optional<Long> lastValue(Connection connection, Change.GeneratorKind kind, TableName name)
      throws SQLException {
    return generatorsOf(connection).lastValue(kind, name);
  }

  @Override
  public List<Change.Generator> generators(Connection connection) throws SQLException {
    return generatorsOf(connection).all();
  }

  @Override
  public void keepAbove(Connection connection, Change.Generator mark) throws SQLException {
    generatorsOf(connection).keepAbove(mark);
  }

  /**
   * The log's statements override what generates a key. What is noted here is that the next reign
   * is to begin with a gap: how far an identity is can't be read.
   */
  @Override
  public void becomeStandby(Connection connection) throws SQLException {
    WarmMark.set(connection, systemTables());
  }

  @Override
  public void becomeActive(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    long gap = WarmMark.isSet(connection, systemTables()) ? HsqldbGenerators.GAP : 0;
    generatorsOf(connection).raise(marks, gap);
    WarmMark.clear(connection, systemTables());
    connection.commit();
  }

  @Override
  public void raiseGenerators(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    generatorsOf(connection).raise(marks, 0);
    connection.commit();
  }

  @Override
  public boolean definitionsCommit() {
    return true;
  }

  /** In that model a read locks its tables, and waits for who writes them. */
  @Override
  public boolean readsHoldStill(Connection connection) throws SQLException {
    return CatalogueTables.finds(connection, READS_LOCK);
  }

  /** In the other models a session that only reads waits for nobody. */
  @Override
  public void giveWay(Connection connection) throws SQLException {
    connection.setReadOnly(!readsHoldStill(connection));
  }

  @Override
  public List<String> definitionQueries() {
    return DEFINITIONS;
  }

  /** Waits for the transactions that are open; while it copies none begins. */
  @Override
  public void backup(Connection connection, Path target) throws SQLException {
    HsqldbFiles.backup(connection, target);
  }

  @Override
  public void restore(Path backup, String url, Properties properties)
      throws IOException, PolluxException {
    Path database =
        databaseDirectory(url)
            .orElseThrow(
                () ->
                    new PolluxException(
                        PolluxException.Reason.ENGINE_UNSUPPORTED,
                        "a database in memory can't be restored: " + openUrl(url)));
    HsqldbFiles.restore(backup, database);
  }
}
