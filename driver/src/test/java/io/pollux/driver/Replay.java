package io.pollux.driver;

import io.pollux.apply.PeerGuard;
import io.pollux.commit.Draft;
import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Executes what was recorded on a second database, as far as a backup would, and counts where its
 * counts differ.
 */
final class Replay implements Change.Handler<Void, SQLException> {
  private final Connection connection;
  private final Dialect dialect;
  private final PeerGuard guard;
  private final List<String> mismatches = new ArrayList<>();

  private Replay(Connection connection, Dialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
    this.guard = new PeerGuard(dialect);
  }

  /** The executions that changed another number of rows than recorded. */
  static List<String> run(RecordingNode target, List<Draft> drafts) throws SQLException {
    try (Connection connection = target.connectBare()) {
      Replay replay = new Replay(connection, target.dialect());
      for (Draft draft : drafts) {
        for (Change change : draft.changes()) {
          replay.guard.check(connection, change);
          change.accept(replay);
        }
      }
      return replay.mismatches;
    }
  }

  private void execute(String sql, List<SqlValue> values, long count) throws SQLException {
    long changed = execute(sql, values);
    if (changed != count) {
      mismatches.add(sql + " " + values + " changed " + changed + " rows, not " + count);
    }
  }

  private long execute(String sql, List<SqlValue> values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        dialect.bind(statement, i + 1, values.get(i));
      }
      return statement.executeLargeUpdate();
    }
  }

  @Override
  public Void statement(Change.Statement change) throws SQLException {
    dialect.useSchema(connection, change.schema());
    for (Change.ParameterSet set : change.sets()) {
      execute(change.sql(), set.values(), set.count());
    }
    return null;
  }

  @Override
  public Void rows(Change.Rows change) throws SQLException {
    String sql = dialect.rowSql(change, numbers(change.table()));
    boolean mayBeNew = change.action() == Change.Action.UPSERT;
    for (List<SqlValue> row : change.rows()) {
      if (!mayBeNew) {
        execute(sql, row, 1);
      } else if (execute(sql, row) == 0) {
        rows(
            new Change.Rows(
                change.table(), Change.Action.INSERT, change.columns(), 0, List.of(row)));
      }
    }
    return null;
  }

  private boolean numbers(TableName table) throws SQLException {
    return dialect.catalogue(connection).table(table).orElseThrow().columns().stream()
        .anyMatch(column -> column.identity() != Column.Identity.NONE);
  }

  @Override
  public Void ddl(Change.Ddl change) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      dialect.useSchema(connection, change.schema());
      statement.execute(change.sql());
    }
    guard.schemaChanged();
    return null;
  }

  /** Generators do not change rows. */
  @Override
  public Void generator(Change.Generator change) {
    return null;
  }
}
