package io.pollux.core;

import java.util.List;
import java.util.Objects;

/** One effective statement: deterministic and row-local, as DESIGN.md section 4 demands. */
public sealed interface Change {

  /** One method per shape, so that a new shape breaks the compile of everyone who must know it. */
  interface Handler<R, X extends Exception> {
    R statement(Statement change) throws X;

    R rows(Rows change) throws X;

    R ddl(Ddl change) throws X;

    R generator(Generator change) throws X;
  }

  <R, X extends Exception> R accept(Handler<R, X> handler) throws X;

  /** Values of one execution and the number of rows that it changed on the active node. */
  record ParameterSet(List<SqlValue> values, long count) {
    public ParameterSet {
      values = List.copyOf(values);
      if (count < 0) {
        throw new IllegalArgumentException("a count of rows is not negative: " + count);
      }
    }
  }

  /**
   * A closed statement (REPLAY, REWRITE) or a key-addressed one (KEYS), run once for each set of
   * values. Unqualified names in {@code sql} resolve in {@code schema}.
   */
  record Statement(String schema, TableName table, String sql, List<ParameterSet> sets)
      implements Change {
    public Statement {
      Objects.requireNonNull(schema, "schema");
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(sql, "sql");
      sets = List.copyOf(sets);
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.statement(this);
    }
  }

  enum Action {
    INSERT,
    UPDATE,
    DELETE,
    /** An UPDATE by the key, or an INSERT if there is no such row. */
    UPSERT
  }

  /**
   * Row images (ROWS). {@code columns} names the values of each row: first those that are set, last
   * the {@code keyColumns} that address the row. An INSERT has no key columns, a DELETE nothing
   * else, an UPSERT maybe nothing else.
   */
  record Rows(
      TableName table,
      Action action,
      List<String> columns,
      int keyColumns,
      List<List<SqlValue>> rows)
      implements Change {
    public Rows {
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(action, "action");
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
      if (keyColumns < 0 || keyColumns > columns.size()) {
        throw new IllegalArgumentException(keyColumns + " key columns of " + columns.size());
      }
      for (List<SqlValue> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(row.size() + " values for " + columns);
        }
      }
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.rows(this);
    }
  }

  /** A schema change, run as the application wrote it with {@code schema} as the current one. */
  record Ddl(String schema, String sql) implements Change {
    public Ddl {
      Objects.requireNonNull(schema, "schema");
      Objects.requireNonNull(sql, "sql");
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.ddl(this);
    }
  }

  enum GeneratorKind {
    IDENTITY,
    SEQUENCE
  }

  /**
   * High-water mark: the last value that a generator of the active node handed out. Never set a
   * generator back by it.
   */
  record Generator(GeneratorKind kind, TableName name, long last) implements Change {
    public Generator {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(name, "name");
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.generator(this);
    }
  }
}
