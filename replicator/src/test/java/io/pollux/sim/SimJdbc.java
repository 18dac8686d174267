package io.pollux.sim;

import io.pollux.sim.SimDatabase.Session;
import io.pollux.sql.SystemTables;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** The driver of simulated databases: {@code jdbc:sim:NUMBER}. Knows the SQL of Pollux's tables. */
public final class SimJdbc implements Driver {
  static final String PREFIX = "jdbc:sim:";
  static final String CREATE = "CREATE POLLUX";
  static final SystemTables TABLES = new SystemTables("", "", List.of(CREATE), 200);

  private static final Map<String, SimDatabase> DATABASES = new ConcurrentHashMap<>();

  private static final SimJdbc REGISTERED = new SimJdbc();

  static {
    try {
      DriverManager.registerDriver(REGISTERED);
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The classes of this loader are not used any more. */
  static void leave() throws SQLException {
    DriverManager.deregisterDriver(REGISTERED);
  }

  static void add(String url, SimDatabase database) {
    DATABASES.put(url, database);
  }

  static void remove(String url) {
    DATABASES.remove(url);
  }

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null; // As JDBC demands for the URL of another driver.
    }
    return connection(DATABASES.get(url).connect(false));
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("no logger");
  }

  static Connection connection(Session session) {
    return proxy(Connection.class, new ConnectionCalls(session));
  }

  private static <T> T proxy(Class<T> type, Calls calls) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
  }

  /** Calls by name. */
  private interface Calls extends InvocationHandler {
    Object call(String name, Object[] arguments) throws SQLException;

    @Override
    default Object invoke(Object proxy, Method method, Object[] arguments) throws SQLException {
      return call(method.getName(), arguments);
    }
  }

  private record ConnectionCalls(Session session) implements Calls {
    @Override
    public Object call(String name, Object[] arguments) throws SQLException {
      switch (name) {
        case "prepareStatement" -> {
          return proxy(PreparedStatement.class, new StatementCalls(session, (String) arguments[0]));
        }
        case "createStatement" -> {
          return proxy(Statement.class, new StatementCalls(session, ""));
        }
        case "commit" -> session.commit();
        case "rollback" -> session.rollback();
        case "close" -> session.close();
        case "isValid" -> {
          return !session.isDead();
        }
        case "getMetaData" -> {
          return proxy(DatabaseMetaData.class, (call, none) -> "1.0");
        }
        case "setAutoCommit", "setSchema" -> {}
        case "toString" -> {
          return "simulated connection";
        }
        default -> throw new SQLFeatureNotSupportedException("Connection." + name);
      }
      return null;
    }
  }

  private static final class StatementCalls implements Calls {
    private final Session session;
    private final String prepared;
    private final Object[] values = new Object[8];

    StatementCalls(Session session, String prepared) {
      this.session = session;
      this.prepared = prepared;
    }

    @Override
    public Object call(String name, Object[] arguments) throws SQLException {
      String sql = prepared.isEmpty() && arguments != null ? arguments[0].toString() : prepared;
      return switch (name) {
        case "setLong", "setInt", "setString", "setBytes", "setObject" -> {
          values[(int) arguments[0]] = arguments[1];
          yield null;
        }
        case "executeUpdate" -> SimSql.update(session, sql, values);
        case "executeLargeUpdate" -> (long) SimSql.update(session, sql, values);
        case "execute" -> SimSql.update(session, sql, values) < 0;
        case "executeQuery" ->
            proxy(ResultSet.class, new ResultCalls(SimSql.query(session, sql, values).iterator()));
        case "close" -> null;
        default -> throw new SQLFeatureNotSupportedException("Statement." + name);
      };
    }
  }

  private static final class ResultCalls implements Calls {
    private final Iterator<Object[]> rows;
    private Object[] row = new Object[0];

    ResultCalls(Iterator<Object[]> rows) {
      this.rows = rows;
    }

    @Override
    public Object call(String name, Object[] arguments) throws SQLException {
      switch (name) {
        case "next" -> {
          boolean has = rows.hasNext();
          row = has ? rows.next() : row;
          return has;
        }
        case "close" -> {
          return null;
        }
        case "getInt" -> {
          return ((Number) row[(int) arguments[0] - 1]).intValue();
        }
        case "getLong" -> {
          return ((Number) row[(int) arguments[0] - 1]).longValue();
        }
        case "getString", "getBytes" -> {
          return Optional.ofNullable(row[(int) arguments[0] - 1]).orElse(null);
        }
        default -> throw new SQLFeatureNotSupportedException("ResultSet." + name);
      }
    }
  }
}
