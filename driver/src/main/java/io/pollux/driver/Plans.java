package io.pollux.driver;

import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The plans of one connection's statements, out of the node's cache where they are known. */
final class Plans {
  private final Connection inner;
  private final NodeHandle node;
  private final SessionFacts facts;
  private final Catalogue catalogue;

  /**
   * A plan and what it rests on.
   *
   * @param sql null if the application gave none: the real driver's error to make
   * @param version of the schema, read before the plan was made
   */
  record Found(String sql, CapturePlan plan, String schema, long version) {
    /** Whether the plan is still the one. What a refused statement lacked may be there by now. */
    boolean holds(long current) {
      return version == current && !(plan instanceof CapturePlan.Refuse);
    }
  }

  /** The session's catalogue with the schema that was the current one when a text was prepared. */
  private record In(String currentSchema, Catalogue catalogue) implements Catalogue {
    @Override
    public TableName resolve(String schema, String name) throws SQLException {
      return catalogue.resolve(schema, name);
    }

    @Override
    public boolean mayWrite(String function) throws SQLException {
      return catalogue.mayWrite(function);
    }

    @Override
    public Optional<Table> table(TableName name) throws SQLException {
      return catalogue.table(name);
    }

    @Override
    public boolean isView(TableName name) throws SQLException {
      return catalogue.isView(name);
    }
  }

  Plans(Connection inner, NodeHandle node, SessionFacts facts) {
    this.inner = inner;
    this.node = node;
    this.facts = facts;
    this.catalogue = node.node().dialect().catalogue(inner);
  }

  Found find(String sql) throws SQLException {
    return leavingNothingOpen(() -> find(sql, facts.schema()));
  }

  /** To look something up must not begin the application's transaction. */
  private <R> R leavingNothingOpen(SqlWork<R> lookUp) throws SQLException {
    Dialect dialect = node.node().dialect();
    boolean wasIdle = dialect.work(inner) == Dialect.Work.NONE;
    try {
      return lookUp.run();
    } finally {
      if (wasIdle && dialect.work(inner) != Dialect.Work.NONE) {
        inner.rollback();
      }
    }
  }

  Found find(String sql, String schema) throws SQLException {
    long version = node.node().schemaVersion();
    if (sql == null) {
      return new Found(null, new CapturePlan.Pass(), schema, version);
    }
    if (hasTemporaryTables(schema)) {
      return new Found(sql, classify(sql, schema), schema, version); // Known to this session alone.
    }
    Optional<CapturePlan> known = node.plans().get(sql, schema, version);
    if (known.isPresent()) {
      return new Found(sql, known.get(), schema, version);
    }
    CapturePlan plan = classify(sql, schema);
    if (!(plan instanceof CapturePlan.Refuse)) {
      node.plans().put(sql, schema, version, plan);
    }
    return new Found(sql, plan, schema, version);
  }

  private CapturePlan classify(String sql, String schema) throws SQLException {
    return node.classifier().classify(sql, new In(schema, catalogue));
  }

  private boolean hasTemporaryTables(String schema) {
    String temporary = node.node().dialect().facts().names().temporarySchema();
    return !temporary.isEmpty() && schema.startsWith(temporary);
  }

  Table table(TableName name) throws SQLException {
    return catalogue
        .table(name)
        .orElseThrow(() -> new SQLException("table " + name + " is gone", "42000"));
  }

  /** The plan that holds now, the same object if nothing changed. */
  Found renew(Found found) throws SQLException {
    return found.holds(node.node().schemaVersion())
        ? found
        : leavingNothingOpen(() -> find(found.sql(), found.schema()));
  }
}
