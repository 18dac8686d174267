package io.pollux.apply;

import io.pollux.core.Change;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.engine.Dialect;
import io.pollux.env.FailPoints;
import io.pollux.sql.SystemTables;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Executes records on a real database through one connection of its own. */
public final class JdbcTarget implements Target, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(JdbcTarget.class.getName());
  private static final int PREPARED_STATEMENTS = 200;

  /** Opens connections to the database. */
  @FunctionalInterface
  public interface Connections {
    Connection open() throws SQLException;
  }

  private final Connections connections;
  private final Dialect dialect;
  private final SystemTables tables;
  private final Guard guard;
  private final Pipeline pipeline;
  private final RowTexts texts;

  private Optional<Connection> open = Optional.empty();

  /** What the database has applied; empty if a commit without answer may have moved it. */
  private Optional<Position> marker = Optional.empty();

  private String schema = "";

  /** The stamp of the schema change that was under way when the database was last closed. */
  private byte[] interrupted = new byte[0];

  /** Marks of the group under way, the highest of each generator. */
  private final Map<String, Change.Generator> raised = new TreeMap<>();

  /** The group that is executed now has a schema change. */
  private boolean defines;

  private final AtomicLong schemaChanges = new AtomicLong();
  private final AtomicLong inventedNames = new AtomicLong();

  /** Least recently used first; a statement that falls out is closed. */
  private final LinkedHashMap<String, PreparedStatement> prepared =
      new LinkedHashMap<>(64, 0.75f, true);

  public JdbcTarget(Connections connections, Dialect dialect) {
    this(connections, dialect, new PeerGuard(dialect));
  }

  public JdbcTarget(Connections connections, Dialect dialect, Guard guard) {
    this.connections = Objects.requireNonNull(connections, "connections");
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.tables = dialect.systemTables();
    this.guard = Objects.requireNonNull(guard, "guard");
    this.pipeline = new Pipeline(dialect, this::prepare);
    this.texts = new RowTexts(dialect);
  }

  /** How many schema changes were applied. Any thread. */
  public long schemaChanges() {
    return schemaChanges.get();
  }

  /** What is known of the schema does not count any more. Any thread. */
  public void schemaChanged() {
    schemaChanges.incrementAndGet();
  }

  /** How many of them made the engine invent a name. Any thread. */
  public long inventedNames() {
    return inventedNames.get();
  }

  @Override
  public void apply(List<Item> items, Position upTo) throws ApplyException {
    try {
      Connection connection = connection();
      Position applied = marker();
      if (!upTo.isAfter(applied)) {
        connection.rollback();
        return; // A commit of this group was done, though the connection broke before it said so.
      }
      FailPoints.hit("apply.beforeGroup");
      raised.clear();
      for (Item item : items) {
        if (item.position().isAfter(applied)) {
          switchSchema(connection, item);
          apply(connection, item);
        }
      }
      finish(connection, upTo);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private void finish(Connection connection, Position upTo) throws SQLException {
    marker = Optional.empty();
    raiseGenerators(connection);
    FailPoints.hit("apply.beforeCommit");
    mark(upTo);
    connection.commit();
    FailPoints.hit("apply.afterCommit");
    marker = Optional.of(upTo);
    if (defines) {
      defines = false;
      schemaChanged(); // Only now do others see it.
    }
  }

  /** Where a transaction has one schema from its beginning, what stands before it is committed. */
  private void switchSchema(Connection connection, Item item) throws SQLException {
    if (dialect.switchesInTransaction()) {
      return;
    }
    for (Change change : item.transaction().changes()) {
      String wanted = schemaOf(change);
      if (!wanted.isEmpty() && !wanted.equals(schema)) {
        finish(connection, new Position(item.position().index() - 1));
        use(connection, wanted);
      }
    }
  }

  private static String schemaOf(Change change) {
    if (change instanceof Change.Statement statement) {
      return statement.schema();
    }
    return change instanceof Change.Ddl ddl ? ddl.schema() : "";
  }

  private void use(Connection connection, String wanted) throws SQLException {
    forgetStatements();
    dialect.useSchema(connection, wanted);
    schema = wanted;
  }

  private void apply(Connection connection, Item item) throws SQLException {
    if (dialect.definitionsCommit() && isDefinition(item)) {
      marker = Optional.empty();
      define(connection, item);
    } else {
      execute(connection, item);
    }
  }

  private Position marker() throws SQLException {
    if (marker.isEmpty()) {
      int unused = prepare(tables.lockApplied()).executeUpdate();
      try (ResultSet row = prepare(tables.readApplied()).executeQuery()) {
        marker = Optional.of(row.next() ? new Position(row.getLong(1)) : Position.NONE);
      }
    }
    return marker.orElseThrow();
  }

  private void execute(Connection connection, Item item) throws SQLException {
    for (Change change : item.transaction().changes()) {
      execute(connection, change);
    }
    pipeline.flush();
  }

  private static boolean isDefinition(Item item) {
    return item.transaction().changes().stream().anyMatch(Change.Ddl.class::isInstance);
  }

  /**
   * The engine commits the change by itself, so that what stands before it is committed apart.
   * After a crash behind the mark it may have been made already: then it fails now.
   */
  private void define(Connection connection, Item item) throws SQLException {
    byte[] stamp = item.transaction().stamp().toBytes();
    boolean mayBeMade = Arrays.equals(stamp, interrupted);
    for (Change change : item.transaction().changes()) {
      guard.check(connection, change);
    }
    raiseGenerators(connection);
    markDefinition(item, stamp);
    connection.commit();
    try {
      execute(connection, item);
    } catch (SQLException e) {
      if (!mayBeMade) {
        unmarkDefinition(connection, item, e);
      }
      if (!mayBeMade || dialect.isTransient(e)) {
        throw e;
      }
      LOG.log(
          Level.INFO,
          "the schema change of transaction {0} was made before the last crash: {1}",
          item.transaction().stamp(),
          e.getMessage());
    }
    mark(item.position());
    connection.commit();
  }

  private void markDefinition(Item item, byte[] stamp) throws SQLException {
    mark(new Position(item.position().index() - 1));
    PreparedStatement mark = prepare(tables.markDefinition());
    mark.setBytes(1, stamp);
    mark.executeUpdate();
  }

  /** It failed, and must fail again when it is tried again, by the next process too. */
  private void unmarkDefinition(Connection connection, Item item, SQLException failure) {
    try {
      connection.rollback();
      markDefinition(item, new byte[0]);
      connection.commit();
    } catch (SQLException e) {
      failure.addSuppressed(e); // The connection is gone: whether it was made is not known now.
    }
  }

  private void execute(Connection connection, Change change) throws SQLException {
    guard.check(connection, change);
    change.accept(
        new Change.Handler<Void, SQLException>() {
          @Override
          public Void statement(Change.Statement statement) throws SQLException {
            run(connection, statement);
            return null;
          }

          @Override
          public Void rows(Change.Rows rows) throws SQLException {
            run(connection, rows);
            return null;
          }

          @Override
          public Void ddl(Change.Ddl ddl) throws SQLException {
            pipeline.flush();
            forgetStatements();
            schemaChanged();
            defines = true;
            inventedNames.addAndGet(dialect.inventsNames(ddl) ? 1 : 0);
            dialect.applyDdl(connection, ddl);
            guard.schemaChanged();
            texts.schemaChanged();
            return null;
          }

          @Override
          public Void generator(Change.Generator generator) {
            note(generator);
            return null;
          }
        });
  }

  private void run(Connection connection, Change.Statement change) throws SQLException {
    if (!change.schema().isEmpty() && !change.schema().equals(schema)) {
      pipeline.flush();
      use(connection, change.schema());
    }
    String what = "a statement on " + change.table();
    for (Change.ParameterSet set : change.sets()) {
      pipeline.add(new Pipeline.Call(what, change.sql(), set.values(), set.count()));
    }
  }

  private void run(Connection connection, Change.Rows change) throws SQLException {
    String what = change.action() + " of one row of " + change.table();
    String sql = texts.sql(connection, change);
    boolean mayBeNew = change.action() == Change.Action.UPSERT;
    String insertion = mayBeNew ? texts.insert(connection, change) : sql;
    if (mayBeNew) {
      pipeline.flush();
    }
    for (List<SqlValue> row : change.rows()) {
      boolean isThere = mayBeNew && pipeline.count(new Pipeline.Call(what, sql, row, 1)) > 0;
      if (!isThere) {
        pipeline.add(new Pipeline.Call(what, insertion, row, 1));
      }
    }
  }

  private void note(Change.Generator generator) {
    raised.merge(
        generator.kind() + " " + generator.name(),
        generator,
        (one, other) -> one.last() > other.last() ? one : other);
  }

  /** Each generator once in a group, however many keys were drawn from it. */
  private void raiseGenerators(Connection connection) throws SQLException {
    for (Change.Generator mark : raised.values()) {
      raise(mark);
      dialect.keepAbove(connection, mark);
    }
    raised.clear();
  }

  private void raise(Change.Generator generator) throws SQLException {
    PreparedStatement raise = prepare(tables.raiseGenerator());
    raise.setLong(1, generator.last());
    raise.setString(2, generator.kind().name());
    raise.setString(3, generator.name().schema());
    raise.setString(4, generator.name().name());
    raise.setLong(5, generator.last());
    if (raise.executeUpdate() == 0 && !isMarked(generator)) {
      PreparedStatement insert = prepare(tables.insertGenerator());
      insert.setString(1, generator.kind().name());
      insert.setString(2, generator.name().schema());
      insert.setString(3, generator.name().name());
      insert.setLong(4, generator.last());
      insert.executeUpdate();
    }
  }

  private boolean isMarked(Change.Generator generator) throws SQLException {
    PreparedStatement read = prepare(tables.readGenerator());
    read.setString(1, generator.kind().name());
    read.setString(2, generator.name().schema());
    read.setString(3, generator.name().name());
    try (ResultSet result = read.executeQuery()) {
      return result.next();
    }
  }

  private void mark(Position upTo) throws SQLException {
    PreparedStatement statement = prepare(tables.writeApplied());
    statement.setLong(1, upTo.index());
    statement.setBytes(2, new byte[0]);
    if (statement.executeUpdate() != 1) {
      throw new Pipeline.Mismatch("the table of the applied position is empty");
    }
  }

  @Override
  public Verdict compare(LogRecord.Digest digest) throws ApplyException {
    try {
      Connection connection = connection();
      boolean ofTable =
          switch (digest.subject()) {
            case ROWS, EACH_ROW -> true;
            case SCHEMA, GENERATORS -> false;
          };
      if (ofTable) {
        guard.checkRead(connection, digest.table());
      }
      Verdict verdict = new Comparison(connection, dialect).compare(digest);
      connection.commit();
      return verdict;
    } catch (SQLException e) {
      ApplyException failure = failure(e);
      if (failure.kind() == ApplyException.Kind.TRANSIENT) {
        throw failure;
      }
      return Verdict.of(false, 0, "can't be read here: " + e.getMessage());
    }
  }

  @Override
  public Verdict repair(LogRecord.Repair repair, Position at) throws ApplyException {
    try {
      Connection connection = connection();
      if (!at.isAfter(marker())) {
        connection.rollback();
        return Verdict.of(true, 0, ""); // Done, though the connection broke before it said so.
      }
      marker = Optional.empty();
      raised.clear();
      repair.generators().forEach(this::note);
      raiseGenerators(connection);
      Verdict verdict =
          repair.rows().isEmpty() && repair.scope() != LogRecord.Scope.TABLE
              ? Verdict.of(true, repair.generators().size(), "")
              : new RowRepair(connection, dialect, guard, repair).run();
      mark(at);
      connection.commit();
      marker = Optional.of(at);
      return verdict;
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private Connection connection() throws SQLException {
    if (open.isEmpty()) {
      Connection connection = connections.open();
      connection.setAutoCommit(false);
      schema = "";
      marker = Optional.empty();
      guard.schemaChanged();
      open = Optional.of(connection);
      interrupted = definitionMark();
    }
    return open.orElseThrow();
  }

  private byte[] definitionMark() throws SQLException {
    try (ResultSet row = prepare(tables.readApplied()).executeQuery()) {
      return row.next() ? row.getBytes(2) : new byte[0];
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      if (prepared.size() >= PREPARED_STATEMENTS) {
        Map.Entry<String, PreparedStatement> eldest = prepared.entrySet().iterator().next();
        prepared.remove(eldest.getKey());
        eldest.getValue().close();
      }
      statement = connection().prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }

  private void forgetStatements() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
  }

  /**
   * Rolls back; if not even that works, the connection is given up and the next group opens another
   * one.
   */
  private ApplyException failure(SQLException e) {
    boolean usable = rollback(e);
    pipeline.clear();
    guard.schemaChanged();
    boolean again = !usable || dialect.isTransient(e);
    return new ApplyException(
        again ? ApplyException.Kind.TRANSIENT : ApplyException.Kind.POISON,
        e.getMessage() + " (SQLState " + e.getSQLState() + ")",
        e);
  }

  private boolean rollback(SQLException cause) {
    if (open.isEmpty()) {
      return false;
    }
    try {
      open.orElseThrow().rollback();
      return open.orElseThrow().isValid(1);
    } catch (SQLException e) {
      cause.addSuppressed(e);
      prepared.clear();
      open = Optional.empty();
      return false;
    }
  }

  @Override
  public void close() throws SQLException {
    if (open.isPresent()) {
      forgetStatements();
      open.orElseThrow().rollback();
      open.orElseThrow().close();
      open = Optional.empty();
    }
  }
}
