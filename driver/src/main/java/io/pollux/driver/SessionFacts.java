package io.pollux.driver;

import io.pollux.core.Client;
import io.pollux.engine.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/** What the real connection says of its session, asked once and again after a change. */
final class SessionFacts {
  private final Connection inner;
  private final Dialect dialect;
  private volatile String schema;
  private volatile String user;
  private volatile String application;
  private long deferringAsOf = -1;
  private boolean mayDefer;

  SessionFacts(Connection inner, Dialect dialect) {
    this.inner = inner;
    this.dialect = dialect;
  }

  /** The schema in which unqualified names resolve; empty on an engine without schemas. */
  String schema() throws SQLException {
    String known = schema;
    if (known == null) {
      known = dialect.currentSchema(inner);
      schema = known;
    }
    return known;
  }

  /** Who works on this connection now, for the audit. */
  Client client() throws SQLException {
    if (user == null) {
      user = Objects.requireNonNullElse(inner.getMetaData().getUserName(), "");
    }
    if (application == null) {
      application = Objects.requireNonNullElse(inner.getClientInfo("ApplicationName"), "");
    }
    return new Client(user, application, Thread.currentThread().getName());
  }

  /**
   * Whether the database may check something only in the commit.
   *
   * @param schemaVersion what is known of another one does not count
   */
  boolean mayDefer(long schemaVersion) throws SQLException {
    if (deferringAsOf != schemaVersion) {
      mayDefer = dialect.mayDefer(inner);
      deferringAsOf = schemaVersion;
    }
    return mayDefer;
  }

  /** Something may have changed the current schema. */
  void drop() {
    schema = null;
  }

  void clientInfoChanged() {
    application = null;
  }
}
