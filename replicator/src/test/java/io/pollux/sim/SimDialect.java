package io.pollux.sim;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.Binding.ClockKind;
import io.pollux.sql.Catalogue;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.SystemTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;

/** The engine of simulated databases. What capture alone needs is not there. */
final class SimDialect implements Dialect {
  private final SimDatabase database;

  /** Copies that were taken, by number: the files hold only the number. */
  private final Map<Long, SortedMap<String, Object>> copies;

  SimDialect(SimDatabase database, Map<Long, SortedMap<String, Object>> copies) {
    this.database = database;
    this.copies = copies;
  }

  private static SQLException unknown() {
    return new SQLFeatureNotSupportedException("the simulated engine has no such thing");
  }

  @Override
  public String name() {
    return "sim";
  }

  @Override
  public boolean accepts(String url) {
    return url.startsWith(SimJdbc.PREFIX);
  }

  @Override
  public SqlFacts facts() {
    throw new AssertionError("nothing is captured here");
  }

  @Override
  public SystemTables systemTables() {
    return SimJdbc.TABLES;
  }

  @Override
  public boolean hasSystemTables(Connection connection) {
    return database.isMade();
  }

  @Override
  public Optional<Path> databaseDirectory(String url) {
    return Optional.empty();
  }

  @Override
  public String openUrl(String url) {
    return url;
  }

  @Override
  public String createUrl(String url) {
    return url;
  }

  @Override
  public void shutdown(String url, Properties properties) {
    database.shutDown();
  }

  @Override
  public Catalogue catalogue(Connection connection) {
    throw new AssertionError("nothing is captured here");
  }

  @Override
  public List<TableName> userTables(Connection connection) {
    return List.of();
  }

  @Override
  public String normalize(String identifier) {
    return identifier;
  }

  @Override
  public String quote(String name) {
    return name;
  }

  @Override
  public boolean endsTransaction(SQLException error) {
    return isTransient(error);
  }

  @Override
  public boolean isTransient(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    return state.startsWith("40") || state.startsWith("08");
  }

  @Override
  public SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException {
    throw unknown();
  }

  @Override
  public void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
    statement.setLong(index, ((SqlValue.Whole) value).value());
  }

  @Override
  public SqlValue clockNow(ClockKind kind, Instant now) {
    throw new AssertionError("nothing is captured here");
  }

  @Override
  public long nextValue(Connection connection, TableName sequence) throws SQLException {
    throw unknown();
  }

  @Override
  public Optional<Long> lastValue(
      Connection connection, Change.GeneratorKind kind, TableName name) {
    return Optional.empty();
  }

  @Override
  public List<Change.Generator> generators(Connection connection) {
    return List.of();
  }

  @Override
  public void raiseGenerators(Connection connection, List<Change.Generator> marks) {}

  @Override
  public void becomeStandby(Connection connection) {}

  @Override
  public void becomeActive(Connection connection, List<Change.Generator> marks) {}

  @Override
  public void useSchema(Connection connection, String schema) {}

  @Override
  public void applyDdl(Connection connection, Change.Ddl change) throws SQLException {
    throw unknown();
  }

  @Override
  public boolean inventsNames(Change.Ddl change) {
    return false;
  }

  @Override
  public String rowSql(Change.Rows rows, boolean bringsNumber) {
    throw new AssertionError("the simulated application logs statements");
  }

  @Override
  public void backup(Connection connection, Path target) throws SQLException {
    long number = copies.size() + 1L;
    copies.put(number, database.snapshot());
    try {
      Files.createDirectory(target);
      Files.writeString(target.resolve("copy"), Long.toString(number));
    } catch (IOException e) {
      throw new SQLException("the copy can't be written", e);
    }
  }

  @Override
  public void restore(Path backup, String url, Properties properties) throws IOException {
    long number = Long.parseLong(Files.readString(backup.resolve("copy")));
    database.replace(copies.get(number));
  }
}
