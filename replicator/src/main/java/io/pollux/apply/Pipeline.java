package io.pollux.apply;

import io.pollux.core.SqlValue;
import io.pollux.engine.Dialect;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Executes statements in order, and demands of each the number of rows that it changed on the
 * active node. On an engine that takes several in one round trip they wait here until {@link
 * #flush}. Not thread-safe.
 */
final class Pipeline {
  /** Texts of several statements are prepared too: few, and those that transactions repeat. */
  private static final int MOST_STATEMENTS = 16;

  private static final int MOST_PARAMETERS = 1_000;

  /** Behind a line of its own, because a text may end with a comment. */
  private static final String SEPARATOR = "\n;";

  /** Prepares a text, or has it prepared. */
  @FunctionalInterface
  interface Statements {
    PreparedStatement prepare(String sql) throws SQLException;
  }

  /**
   * One execution.
   *
   * @param what for people: what was to be changed
   */
  record Call(String what, String sql, List<SqlValue> values, long count) {}

  private final Dialect dialect;
  private final Statements statements;
  private final List<Call> waiting = new ArrayList<>();
  private int parameters;

  Pipeline(Dialect dialect, Statements statements) {
    this.dialect = dialect;
    this.statements = statements;
  }

  void add(Call call) throws SQLException {
    waiting.add(call);
    parameters += call.values().size();
    if (!dialect.pipelines()
        || waiting.size() == MOST_STATEMENTS
        || parameters >= MOST_PARAMETERS) {
      flush();
    }
  }

  /** Forgets what waits; its transaction is rolled back. */
  void clear() {
    waiting.clear();
    parameters = 0;
  }

  /** Executes what waits. */
  void flush() throws SQLException {
    List<Call> calls = List.copyOf(waiting);
    clear();
    if (calls.size() == 1) {
      demand(calls.get(0), count(calls.get(0)));
    } else if (!calls.isEmpty()) {
      together(calls);
    }
  }

  /** Executes a call now; returns how many rows it changed. What waits is flushed before. */
  long count(Call call) throws SQLException {
    PreparedStatement statement = statements.prepare(call.sql());
    bind(statement, 1, call);
    return statement.executeLargeUpdate();
  }

  private void together(List<Call> calls) throws SQLException {
    PreparedStatement all =
        statements.prepare(calls.stream().map(Call::sql).collect(Collectors.joining(SEPARATOR)));
    int next = 1;
    for (Call call : calls) {
      next = bind(all, next, call);
    }
    boolean isRows = all.execute();
    for (Call call : calls) {
      demand(call, isRows ? -1 : all.getLargeUpdateCount());
      isRows = all.getMoreResults();
    }
  }

  private int bind(PreparedStatement statement, int first, Call call) throws SQLException {
    int next = first;
    for (SqlValue value : call.values()) {
      dialect.bind(statement, next++, value);
    }
    return next;
  }

  private static void demand(Call call, long count) throws SQLException {
    if (count != call.count()) {
      throw new Mismatch(
          call.what()
              + " changed "
              + count
              + " rows here and "
              + call.count()
              + " on the active node: "
              + call.sql());
    }
  }

  /** A statement did on this database something else than on the active node's. */
  static final class Mismatch extends SQLException {
    private static final long serialVersionUID = 1L;

    Mismatch(String message) {
      super(message, "23000");
    }
  }
}
