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
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/**
 * What differs between database engines; the only door through which an engine's habits come in.
 * Stateless; any thread. Connections are the engine's own and used by one thread at a time; no
 * method commits or rolls back unless it says so.
 */
public interface Dialect {
  /** Short and stable: part of what two nodes compare at pairing. */
  String name();

  /** Whether {@code url}, the real one without {@code pollux:}, is this engine's. */
  boolean accepts(String url);

  /** What the classifier must know. */
  SqlFacts facts();

  SystemTables systemTables();

  /** Whether {@link #systemTables} exist in the database. */
  boolean hasSystemTables(Connection connection) throws SQLException;

  /**
   * How many slot rows a reign begins with. None where a connection of the node's own can add one
   * while a transaction of the application's is open.
   */
  default int slotsAhead() {
    return 0;
  }

  // Where the database is.

  /** The database's files; empty if it has none that this process could open. */
  Optional<Path> databaseDirectory(String url) throws PolluxException;

  /**
   * Where a node that was set up by nobody keeps its directory; empty if there is no such place.
   */
  default Optional<Path> nodeDirectory(String url) throws PolluxException {
    return databaseDirectory(url)
        .map(path -> path.toAbsolutePath().normalize())
        .map(path -> path.resolveSibling("pollux-" + path.getFileName()));
  }

  /** Whether two URLs of this engine lead to one database. */
  default boolean isSameDatabase(String url, String other) throws PolluxException {
    return databaseDirectory(url)
        .map(path -> path.toAbsolutePath().normalize())
        .equals(databaseDirectory(other).map(path -> path.toAbsolutePath().normalize()));
  }

  /** For a process of the node's own: nobody but the node closes the database, also at the end. */
  default String hostedUrl(String url) {
    return url;
  }

  /** A URL that opens the database if it exists and never creates or restores one. */
  String openUrl(String url);

  /** A URL that opens the database and creates it if it doesn't exist. */
  String createUrl(String url);

  /**
   * Sees to it, for all sessions of the database, that what a commit returned for survives the
   * death of the process. Called when a node has opened the database.
   *
   * @throws SQLException also if the account may not set what is needed
   */
  default void makeDurable(Connection connection) throws SQLException {
    Objects.requireNonNull(connection, "connection");
  }

  /**
   * Settings of the database, by name, on which the results of statements depend and which no copy
   * brings along: the databases of a pair have the same ones.
   */
  default Map<String, String> settings(Connection connection) throws SQLException {
    Objects.requireNonNull(connection, "connection");
    return Map.of();
  }

  /** Whether the engine closes the database with the last connection, though the process lives. */
  default boolean closesWithLastConnection() {
    return false;
  }

  /**
   * Closes the database in this process; all its connections end. Not open: nothing happens.
   *
   * @param properties as for any other connection
   */
  void shutdown(String url, Properties properties) throws SQLException;

  // What is in it.

  /** Reads through {@code connection} whenever it is asked; the caller caches. */
  Catalogue catalogue(Connection connection);

  /** Base tables of the application, sorted; none of the engine's and none of Pollux's. */
  List<TableName> userTables(Connection connection) throws SQLException;

  default boolean isEmpty(Connection connection) throws SQLException {
    return userTables(connection).isEmpty();
  }

  /** An identifier as the catalogue spells it, from how it stands in SQL, quoted or not. */
  default String normalize(String identifier) {
    return facts().normalize(identifier);
  }

  /** A name of the catalogue as it may stand in any SQL. */
  default String quote(String name) {
    return facts().quote(name);
  }

  default String quote(TableName name) {
    return name.schema().isEmpty()
        ? quote(name.name())
        : quote(name.schema()) + "." + quote(name.name());
  }

  // The session.

  /** Where unqualified names resolve, as {@link #useSchema} takes it; empty without schemas. */
  default String currentSchema(Connection connection) throws SQLException {
    return Objects.requireNonNullElse(connection.getSchema(), "");
  }

  /**
   * Whether {@link #useSchema} works inside a transaction; otherwise it commits what is open, and a
   * transaction has one from its beginning to its end.
   */
  default boolean switchesInTransaction() {
    return true;
  }

  /**
   * Whether a statement behind a lock of its table sees all that was committed before the lock. It
   * doesn't where the transaction reads as of a moment that may be earlier.
   */
  default boolean seesWhatItLocks(Connection connection) throws SQLException {
    Objects.requireNonNull(connection, "connection");
    return true;
  }

  /**
   * Whether the engine takes several prepared statements, joined by semicolons, in one round trip,
   * does not go on behind one that fails, and tells the count of each.
   */
  default boolean pipelines() {
    return false;
  }

  /**
   * Whether something is checked only when the transaction commits, so that {@link #beforeStamp}
   * has to see to it.
   */
  default boolean mayDefer(Connection connection) throws SQLException {
    Objects.requireNonNull(connection, "connection");
    return false;
  }

  /**
   * Whether {@link SystemTables#writeSlotAndCommit} is one round trip of which the engine does
   * nothing, and does not commit, if a part of it fails.
   */
  default boolean commitsInOneTrip() {
    return false;
  }

  /** Whether that failed because the slot is fenced. */
  default boolean isFenced(SQLException error) {
    Objects.requireNonNull(error, "error");
    return false;
  }

  /** What BEGIN as text does. */
  enum Begin {
    /** There is none, or it changes nothing. */
    NOTHING,
    /** Autocommit is off, and on again after the end, whatever it was. */
    AUTOCOMMIT_OFF,
    /** In autocommit, a transaction of which the engine's driver does not know. */
    UNSEEN,
    /**
     * As {@link #UNSEEN}; without autocommit the driver's own idea of its transaction is wrong
     * after a COMMIT as text.
     */
    UNSEEN_IN_AUTOCOMMIT
  }

  /** How several statements in one text run that return no rows, and what their count is. */
  enum ScriptRule {
    /** Not at all, or none of them if they write. */
    NEVER,
    /** Each alone; the first one's count. */
    ALONE,
    /** Each alone, after all were read; the last one's count. */
    ALONE_IF_ALL_CAN_BE_READ,
    /** In one transaction; the counts one after the other. */
    TOGETHER,
    /** Each alone and the sum of their counts, if called as an update; otherwise only the first. */
    ALONE_AS_UPDATE
  }

  /** See {@link ScriptRule}. */
  default ScriptRule scriptRule() {
    return ScriptRule.NEVER;
  }

  /** See {@link Begin}. */
  default Begin begin() {
    return Begin.NOTHING;
  }

  /** How far a transaction is. */
  enum Work {
    NONE,
    OPEN,
    FAILED
  }

  /** What the engine's driver knows of the open transaction by itself; otherwise OPEN. */
  default Work work(Connection connection) throws SQLException {
    return Work.OPEN;
  }

  /**
   * Whether a statement that fails takes its whole transaction with it: what was done before can
   * only be rolled back, at most to a savepoint of the application's.
   */
  default boolean failsAsAWhole() {
    return false;
  }

  /** Whether an open cursor stays on its row when a transaction begins. */
  default boolean keepsPosition() {
    return true;
  }

  /** The table of a column of a result; without name if it is of none. */
  default TableName tableName(ResultSetMetaData columns, int column) throws SQLException {
    return new TableName(
        facts().names().hasSchemas() ? columns.getSchemaName(column) : "",
        columns.getTableName(column));
  }

  /**
   * The name that a column of a result has in its table; empty if the driver can't tell it from the
   * name that the query gave it.
   *
   * @param column from 1
   */
  default String columnName(ResultSetMetaData columns, int column) throws SQLException {
    return columns.getColumnName(column);
  }

  /** Whether a batch goes on behind an element that failed. */
  default boolean finishesBatches() {
    return false;
  }

  /** Whether the driver shows the generated keys of all rows of a statement or a batch. */
  default boolean tellsAllKeys() {
    return false;
  }

  /** Whether a result can be read only once, and only its own close ends it. */
  default boolean readsOnce() {
    return false;
  }

  /**
   * Where a result can be read only once: a query of {@code rows} rows of parameters, whose columns
   * have these names.
   */
  default String rowsQuery(List<String> names, int rows) {
    throw new IllegalStateException("a result of " + name() + " can be shown again");
  }

  /**
   * The query by which the driver itself shows the key that the connection generated last; empty if
   * it shows columns of the rows of the statement.
   */
  default Optional<String> keysQuery() {
    return Optional.empty();
  }

  /**
   * Does now what the engine would do in the commit, after the order of the transaction was fixed:
   * deferred checks, and what they lock. Fails as the commit would.
   */
  default void beforeStamp(Connection connection) throws SQLException {}

  /**
   * What an application that asks for the real driver's {@code type} is given.
   *
   * @throws SQLException if writes through it could not be captured
   */
  default <T> T unwrapped(T real, Class<T> type) throws SQLException {
    return real;
  }

  // Errors.

  /** Whether the error ended the transaction: what was done before in it is rolled back. */
  boolean endsTransaction(SQLException error);

  /** Whether the same transaction may succeed when tried again: deadlock, lock timeout. */
  boolean isTransient(SQLException error);

  // Values.

  /**
   * A column of the current row, to the last bit and in no time zone.
   *
   * @param jdbcType of {@link java.sql.Types}, as the catalogue or the result's metadata has it
   * @throws SQLException also for a type that can't be carried (SQLState 0A000)
   */
  SqlValue read(ResultSet result, int column, int jdbcType) throws SQLException;

  /** Binds what {@link #read} returned, so that the same bits are stored again. */
  void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException;

  /**
   * A parameter that this engine's driver sends in a way of its own, or that only it takes.
   *
   * @param jdbcType that the application gave; {@link java.sql.Types#NULL} if it gave none
   * @param zone in which a moment has the local fields that are meant
   */
  default Optional<SqlValue> parameter(Object value, int jdbcType, ZoneId zone)
      throws SQLException {
    return Optional.empty();
  }

  /** What the engine's clock function would return in this process at {@code now}. */
  SqlValue clockNow(ClockKind kind, Instant now);

  // Generators.

  /** Draws the next value of a sequence. */
  long nextValue(Connection connection, TableName sequence) throws SQLException;

  /**
   * A high-water mark: no session was given a value above it. It may be ahead by what the engine
   * has set aside. Takes no lasting lock; empty if the generator never gave a value.
   */
  Optional<Long> lastValue(Connection connection, Change.GeneratorKind kind, TableName name)
      throws SQLException;

  /** Every identity column's and sequence's {@link #lastValue} of the application's objects. */
  List<Change.Generator> generators(Connection connection) throws SQLException;

  /**
   * Raises a generator of a WARM node that isn't above {@code mark}, where that disturbs nothing.
   */
  default void keepAbove(Connection connection, Change.Generator mark) throws SQLException {}

  /**
   * Makes every identity column accept explicit values, as the log brings them. Idempotent; runs in
   * the connection's transaction.
   */
  void becomeStandby(Connection connection) throws SQLException;

  /**
   * Undoes {@link #becomeStandby} and raises every generator that is not above its column's
   * greatest value and its mark in {@code marks}; then also above what rolled-back or lost
   * transactions may have taken. Never sets one back. Runs before the first write of a reign;
   * commits, also in between, and may be repeated after a crash.
   */
  void becomeActive(Connection connection, List<Change.Generator> marks) throws SQLException;

  /**
   * Raises every generator that is not above its mark in {@code marks} or its column's greatest
   * value, where {@link #keepAbove} doesn't. Nobody else works on the database; commits.
   */
  default void raiseGenerators(Connection connection, List<Change.Generator> marks)
      throws SQLException {
    Objects.requireNonNull(connection, "connection");
  }

  /** Makes a schema the current one; creates it if the session that used it first did so unseen. */
  default void useSchema(Connection connection, String schema) throws SQLException {
    connection.setSchema(schema);
  }

  /** Whether a schema change commits, by itself, what was done before it and what it does. */
  default boolean definitionsCommit() {
    return false;
  }

  /**
   * Runs a logged schema change on a WARM node, in the connection's transaction unless {@link
   * #definitionsCommit}; afterwards all identity columns accept explicit values, also new ones. The
   * current schema is restored.
   */
  default void applyDdl(Connection connection, Change.Ddl change) throws SQLException {
    String former = connection.getSchema();
    useSchema(connection, change.schema());
    try (Statement statement = connection.createStatement()) {
      statement.execute(change.sql());
    } finally {
      useSchema(connection, former);
    }
  }

  /**
   * Whether the engine gives something a name of its own making in this change, another one on each
   * node: a constraint, the generator of an identity column. A later change may refer to it.
   */
  default boolean inventsNames(Change.Ddl change) {
    return false;
  }

  // Rows.

  /**
   * The statement for one row of {@code rows}: its parameters are the row's values in the order of
   * {@code rows.columns()}. Of an UPSERT it is the UPDATE.
   *
   * @param bringsNumber an INSERT brings the number that the table would give to the row
   */
  default String rowSql(Change.Rows rows, boolean bringsNumber) {
    return RowSql.of(this, rows, bringsNumber);
  }

  // Comparing.

  /**
   * Whether a read at SERIALIZABLE keeps still, until its transaction ends, both what it found and
   * what it did not find. Otherwise a read sees what was committed when it began, and waits for
   * nobody.
   */
  default boolean readsHoldStill(Connection connection) throws SQLException {
    return false;
  }

  /** Lets the session give up soon where it would have to wait for another one's locks. */
  default void giveWay(Connection connection) throws SQLException {
    Objects.requireNonNull(connection, "connection");
  }

  /** The query for the first rows of an ordered one. */
  default String first(String query, int rows) {
    return query + " FETCH FIRST " + rows + " ROWS ONLY";
  }

  /**
   * Queries for what JDBC does not tell of a table's definition: triggers and checks, without names
   * that the engine may have invented. Two parameters, schema and table; each row is a line.
   */
  default List<String> definitionQueries() {
    return List.of();
  }

  /** A table's definition in sorted lines, equal where the same statements made it. */
  default List<String> describe(Connection connection, TableName table) throws SQLException {
    return TableDescription.of(connection, table, definitionQueries());
  }

  // The whole database.

  /**
   * Writes a consistent copy of the database as of one moment while others go on writing.
   *
   * @param target a directory that does not exist yet
   */
  void backup(Connection connection, Path target) throws SQLException;

  /**
   * Puts a {@link #backup} in the place of the database, which is shut down. What was there before
   * is gone when it returns. After a crash midway call it again: it goes on where it stopped.
   *
   * @param properties with which the database is opened
   */
  void restore(Path backup, String url, Properties properties)
      throws IOException, SQLException, PolluxException;
}
