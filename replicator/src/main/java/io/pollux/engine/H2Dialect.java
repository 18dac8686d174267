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
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** H2, embedded (docs/engine-h2.md). */
final class H2Dialect implements Dialect {
  private static final int DEADLOCK = 40001;

  /** Lock timeout, and a row that somebody else has changed or deleted meanwhile. */
  private static final Set<Integer> TRANSIENT = Set.of(DEADLOCK, 50200, 90131, 90143);

  /** A defect of the engine, as "Transaction 3 has status ROLLING_BACK, not OPEN" under load. */
  private static final int GENERAL_ERROR = 50000;

  /** The database, the session or the transaction is gone. */
  private static final Set<Integer> GONE =
      Set.of(DEADLOCK, GENERAL_ERROR, 90067, 90098, 90108, 90121);

  private static final String USER_TABLES =
      "SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES"
          + " WHERE TABLE_TYPE = 'BASE TABLE' AND STORAGE_TYPE <> 'TABLE LINK'"
          + " AND TABLE_SCHEMA NOT IN ('INFORMATION_SCHEMA', 'POLLUX') ORDER BY 1, 2";

  private static final String LAST_SYSTEM_TABLE =
      "SELECT 1 FROM INFORMATION_SCHEMA.TABLES"
          + " WHERE TABLE_SCHEMA = 'POLLUX' AND TABLE_NAME = 'POLLUX_PARKED'";

  /** Each changes what a statement means; what is not set is not listed. */
  private static final String SETTINGS =
      "SELECT SETTING_NAME, SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME IN"
          + " ('MODE', 'COLLATION', 'IGNORECASE', 'DATABASE_TO_UPPER', 'DATABASE_TO_LOWER',"
          + " 'CASE_INSENSITIVE_IDENTIFIERS', 'DEFAULT_NULL_ORDERING', 'TIME ZONE')";

  private static final List<String> DEFINITIONS =
      List.of(
          "SELECT 'trigger', TRIGGER_NAME, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORIENTATION,"
              + " JAVA_CLASS FROM INFORMATION_SCHEMA.TRIGGERS"
              + " WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?",
          "SELECT 'check', C.CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS C"
              + " JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS T"
              + " ON T.CONSTRAINT_SCHEMA = C.CONSTRAINT_SCHEMA"
              + " AND T.CONSTRAINT_NAME = C.CONSTRAINT_NAME"
              + " WHERE T.TABLE_SCHEMA = ? AND T.TABLE_NAME = ?");

  @Override
  public String name() {
    return "h2";
  }

  @Override
  public boolean accepts(String url) {
    return H2Files.accepts(url);
  }

  @Override
  public SqlFacts facts() {
    return H2Facts.SQL;
  }

  @Override
  public SystemTables systemTables() {
    return H2Facts.SYSTEM_TABLES;
  }

  @Override
  public boolean hasSystemTables(Connection connection) throws SQLException {
    return CatalogueTables.finds(connection, LAST_SYSTEM_TABLE);
  }

  @Override
  public Optional<Path> databaseDirectory(String url) throws PolluxException {
    return H2Files.path(url);
  }

  @Override
  public String hostedUrl(String url) {
    return H2Files.hostedUrl(url);
  }

  @Override
  public String openUrl(String url) {
    return H2Files.openUrl(url);
  }

  @Override
  public String createUrl(String url) {
    return H2Files.createUrl(url);
  }

  @Override
  public void makeDurable(Connection connection) throws SQLException {
    H2Files.makeDurable(connection);
  }

  @Override
  public boolean closesWithLastConnection() {
    return true;
  }

  @Override
  public void shutdown(String url, Properties properties) throws SQLException {
    H2Files.shutdown(url, properties);
  }

  @Override
  public Map<String, String> settings(Connection connection) throws SQLException {
    return CatalogueTables.settings(connection, SETTINGS);
  }

  @Override
  public Catalogue catalogue(Connection connection) {
    return new SchemaCatalogue(connection, H2Catalogue.QUESTIONS);
  }

  @Override
  public List<TableName> userTables(Connection connection) throws SQLException {
    return CatalogueTables.list(connection, USER_TABLES);
  }

  @Override
  public Begin begin() {
    return Begin.AUTOCOMMIT_OFF;
  }

  @Override
  public ScriptRule scriptRule() {
    return ScriptRule.ALONE;
  }

  @Override
  public boolean endsTransaction(SQLException error) {
    return GONE.contains(error.getErrorCode());
  }

  @Override
  public boolean isTransient(SQLException error) {
    return TRANSIENT.contains(error.getErrorCode());
  }

  @Override
  public boolean finishesBatches() {
    return true;
  }

  @Override
  public boolean tellsAllKeys() {
    return true;
  }

  @Override
  public SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    return H2Values.read(result, column, jdbcType);
  }

  @Override
  public void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    H2Values.bind(statement, index, value);
  }

  @Override
  public SqlValue clockNow(ClockKind kind, Instant now) {
    return H2Values.clock(kind, now);
  }

  private H2Generators generatorsOf(Connection connection) {
    return new H2Generators(connection, facts());
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

  /** The log's statements override what generates a key. */
  @Override
  public void becomeStandby(Connection connection) {}

  @Override
  public void becomeActive(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    raiseGenerators(connection, marks);
  }

  @Override
  public void raiseGenerators(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    generatorsOf(connection).raise(marks);
    connection.commit();
  }

  @Override
  public boolean definitionsCommit() {
    return true;
  }

  @Override
  public void giveWay(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCK_TIMEOUT 100");
    }
  }

  @Override
  public List<String> definitionQueries() {
    return DEFINITIONS;
  }

  @Override
  public void backup(Connection connection, Path target) throws SQLException {
    H2Files.backup(connection, target);
  }

  @Override
  public void restore(Path backup, String url, Properties properties)
      throws IOException, PolluxException, SQLException {
    Path database =
        databaseDirectory(url)
            .orElseThrow(
                () ->
                    new PolluxException(
                        PolluxException.Reason.ENGINE_UNSUPPORTED,
                        "a database in memory can't be restored: " + openUrl(url)));
    H2Files.restore(backup, database, url, properties);
  }
}
