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
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/** Apache Derby, embedded (docs/engine-derby.md). */
final class DerbyDialect implements Dialect {
  private static final Pattern INVENTS_NAMES =
      Pattern.compile("\\s*(CREATE|ALTER)\\s+TABLE\\b", Pattern.CASE_INSENSITIVE);

  /** Vendor codes: below it only the statement failed. */
  private static final int TRANSACTION_SEVERITY = 30_000;

  private static final String NO_SCHEMA = "42Y07";

  private static final String USER_TABLES =
      "SELECT S.SCHEMANAME, T.TABLENAME FROM SYS.SYSTABLES T"
          + " JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID"
          + " WHERE T.TABLETYPE = 'T' AND S.SCHEMANAME <> 'POLLUX'"
          + " ORDER BY S.SCHEMANAME, T.TABLENAME WITH CS";

  private static final String LAST_SYSTEM_TABLE =
      "SELECT 1 FROM SYS.SYSTABLES T JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID"
          + " WHERE S.SCHEMANAME = 'POLLUX' AND T.TABLENAME = 'POLLUX_PARKED'";

  private static final List<String> DEFINITIONS =
      List.of(
          "SELECT 'trigger', G.TRIGGERNAME, G.EVENT, G.FIRINGTIME, G.TYPE, G.STATE,"
              + " G.TRIGGERDEFINITION FROM SYS.SYSTRIGGERS G"
              + " JOIN SYS.SYSTABLES T ON T.TABLEID = G.TABLEID"
              + " JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID"
              + " WHERE S.SCHEMANAME = ? AND T.TABLENAME = ? WITH CS",
          "SELECT 'check', C.CHECKDEFINITION FROM SYS.SYSCHECKS C"
              + " JOIN SYS.SYSCONSTRAINTS N ON N.CONSTRAINTID = C.CONSTRAINTID"
              + " JOIN SYS.SYSTABLES T ON T.TABLEID = N.TABLEID"
              + " JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID"
              + " WHERE S.SCHEMANAME = ? AND T.TABLENAME = ? WITH CS");

  @Override
  public String name() {
    return "derby";
  }

  @Override
  public boolean keepsPosition() {
    return false;
  }

  /** The driver shows an alias as the column's name; such a column can't be written. */
  @Override
  public String columnName(ResultSetMetaData columns, int column) throws SQLException {
    return columns.isWritable(column) ? columns.getColumnName(column) : "";
  }

  @Override
  public boolean accepts(String url) {
    return DerbyFiles.accepts(url);
  }

  @Override
  public SqlFacts facts() {
    return DerbyFacts.SQL;
  }

  @Override
  public SystemTables systemTables() {
    return DerbyFacts.SYSTEM_TABLES;
  }

  @Override
  public boolean hasSystemTables(Connection connection) throws SQLException {
    return CatalogueTables.finds(connection, LAST_SYSTEM_TABLE);
  }

  @Override
  public Optional<Path> databaseDirectory(String url) throws PolluxException {
    return DerbyFiles.directory(url);
  }

  @Override
  public String openUrl(String url) {
    return DerbyFiles.openUrl(url);
  }

  @Override
  public String createUrl(String url) {
    return DerbyFiles.openUrl(url) + ";create=true";
  }

  @Override
  public void shutdown(String url, Properties properties) throws SQLException {
    DerbyFiles.shutdown(url);
  }

  @Override
  public Catalogue catalogue(Connection connection) {
    return new DerbyCatalogue(connection);
  }

  @Override
  public List<TableName> userTables(Connection connection) throws SQLException {
    return CatalogueTables.list(connection, USER_TABLES);
  }

  @Override
  public boolean endsTransaction(SQLException error) {
    return error.getErrorCode() >= TRANSACTION_SEVERITY;
  }

  @Override
  public boolean isTransient(SQLException error) {
    return error.getSQLState() != null && error.getSQLState().startsWith("40");
  }

  @Override
  public SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    return DerbyValues.read(result, column, jdbcType);
  }

  @Override
  public void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    DerbyValues.bind(statement, index, value);
  }

  @Override
  public SqlValue clockNow(ClockKind kind, Instant now) {
    return DerbyValues.clock(kind, now);
  }

  @Override
  public long nextValue(Connection connection, TableName sequence) throws SQLException {
    return new DerbyGenerators(connection).nextValue(sequence);
  }

  @Override
  public Optional<Long> lastValue(Connection connection, Change.GeneratorKind kind, TableName name)
      throws SQLException {
    return new DerbyGenerators(connection).lastValue(kind, name);
  }

  @Override
  public List<Change.Generator> generators(Connection connection) throws SQLException {
    return new DerbyGenerators(connection).all();
  }

  @Override
  public void becomeStandby(Connection connection) throws SQLException {
    new DerbyGenerators(connection).park();
  }

  @Override
  public void becomeActive(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    DerbyGenerators generators = new DerbyGenerators(connection);
    generators.raise(marks);
    generators.unpark();
    connection.commit();
  }

  @Override
  public void raiseGenerators(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    new DerbyGenerators(connection).raise(marks);
    connection.commit();
  }

  @Override
  public void useSchema(Connection connection, String schema) throws SQLException {
    try {
      connection.setSchema(schema);
    } catch (SQLException e) {
      if (!NO_SCHEMA.equals(e.getSQLState())) {
        throw e;
      }
      execute(connection, "CREATE SCHEMA " + quote(schema));
      connection.setSchema(schema);
    }
  }

  /**
   * A change of how keys are generated needs the columns as the application knows them; a new table
   * needs to be parked.
   */
  @Override
  public void applyDdl(Connection connection, Change.Ddl change) throws SQLException {
    DerbyGenerators generators = new DerbyGenerators(connection);
    if (change.sql().toUpperCase(Locale.ROOT).contains("GENERATED")) {
      generators.unpark();
    }
    String former = connection.getSchema();
    useSchema(connection, change.schema());
    execute(connection, change.sql());
    useSchema(connection, former);
    generators.park();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public boolean inventsNames(Change.Ddl change) {
    return INVENTS_NAMES.matcher(change.sql()).lookingAt();
  }

  @Override
  public boolean readsHoldStill(Connection connection) {
    return true;
  }

  @Override
  public List<String> definitionQueries() {
    return DEFINITIONS;
  }

  @Override
  public void backup(Connection connection, Path target) throws SQLException {
    DerbyFiles.backup(connection, target);
  }

  @Override
  public void restore(Path backup, String url, Properties properties)
      throws IOException, PolluxException {
    Path directory =
        databaseDirectory(url)
            .orElseThrow(
                () ->
                    new PolluxException(
                        PolluxException.Reason.ENGINE_UNSUPPORTED,
                        "a database in memory can't be restored: " + openUrl(url)));
    DerbyFiles.restore(backup, directory);
  }
}
