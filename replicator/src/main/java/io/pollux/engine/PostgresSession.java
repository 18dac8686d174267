package io.pollux.engine;

import io.pollux.engine.Dialect.Work;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;

/** What only the engine's own driver can tell or do. */
final class PostgresSession {
  private static final Set<String> WRITING =
      Set.of("getCopyAPI", "getLargeObjectAPI", "getFastpathAPI", "getReplicationAPI");

  private PostgresSession() {}

  static Work work(Connection connection) throws SQLException {
    return switch (connection.unwrap(PgConnection.class).getTransactionState()) {
      case IDLE -> Work.NONE;
      case OPEN -> Work.OPEN;
      case FAILED -> Work.FAILED;
    };
  }

  /** The driver's interface, but for what writes past the statements; its classes not at all. */
  static <T> T unwrapped(T real, Class<T> type) throws SQLException {
    if (!(real instanceof PGConnection connection)) {
      return real;
    }
    if (type != PGConnection.class) {
      throw refused(type.getName());
    }
    Object guarded =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (WRITING.contains(method.getName())) {
                throw refused(method.getName());
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return type.cast(guarded);
  }

  private static SQLException refused(String what) {
    return new SQLFeatureNotSupportedException(
        what
            + " is refused: what is written through it can't be captured; use INSERT in batches"
            + " instead of COPY, bytea instead of large objects, and unwrap org.postgresql.PGConnection"
            + " for notifications",
        "0A000");
  }
}
