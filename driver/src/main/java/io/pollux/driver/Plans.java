package io.pollux.driver;

import io.pollux.core.TableName;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The plans of one connection's statements, out of the node's cache where they are known. */
final class Plans {
  private final NodeHandle node;
  private final SessionFacts facts;
  private final Catalogue catalogue;

  /**
   * A plan and what it rests on.
   *
   * @param sql null if the application gave none: the real driver's error to make
   * @param version of the schema, read before the plan was made
   */
  record Found(String sql, CapturePlan plan, String schema, long version) {}

  /** The session's catalogue with the schema that was the current one when a text was prepared. */
  private record In(String currentSchema, Catalogue catalogue) implements Catalogue {
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
    this.node = node;
    this.facts = facts;
    this.catalogue = node.node().dialect().catalogue(inner);
  }

  Found find(String sql) throws SQLException {
    return find(sql, facts.schema());
  }

  Found find(String sql, String schema) throws SQLException {
    long version = node.node().schemaVersion();
    if (sql == null) {
      return new Found(null, new CapturePlan.Pass(), schema, version);
    }
    Optional<CapturePlan> known = node.plans().get(sql, schema, version);
    if (known.isPresent()) {
      return new Found(sql, known.get(), schema, version);
    }
    CapturePlan plan = node.classifier().classify(sql, new In(schema, catalogue));
    node.plans().put(sql, schema, version, plan);
    return new Found(sql, plan, schema, version);
  }

  Table table(TableName name) throws SQLException {
    return catalogue
        .table(name)
        .orElseThrow(() -> new SQLException("table " + name + " is gone", "42000"));
  }

  /** The plan that holds now, the same object if nothing changed. */
  Found renew(Found found) throws SQLException {
    return node.node().schemaVersion() == found.version()
        ? found
        : find(found.sql(), found.schema());
  }
}
