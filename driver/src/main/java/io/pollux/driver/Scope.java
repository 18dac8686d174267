package io.pollux.driver;

import io.pollux.runtime.Redundancy;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Wrapper;
import java.util.OptionalInt;

/**
 * Puts a delegate before each object that leaves the real driver, and takes it away from each that
 * comes back. One for a connection, a second one for what its result sets hand out.
 */
final class Scope {
  private final PolluxConnection connection;
  private final boolean lobsAreStored;

  private Scope(PolluxConnection connection, boolean lobsAreStored) {
    this.connection = connection;
    this.lobsAreStored = lobsAreStored;
  }

  static Scope ofConnection(PolluxConnection connection) {
    return new Scope(connection, false);
  }

  /** For results: a LOB from here may be the stored one, not a copy. */
  static Scope ofResults(PolluxConnection connection) {
    return new Scope(connection, true);
  }

  PolluxConnection connection() {
    return connection;
  }

  @SuppressWarnings("unused")
  Connection wrap(Connection inner) {
    return connection;
  }

  Statement wrap(Statement inner) throws SQLException {
    if (inner instanceof PreparedStatement prepared) {
      return wrap(prepared);
    }
    return inner == null ? null : PolluxStatement.foreign(connection, inner);
  }

  PreparedStatement wrap(PreparedStatement inner) throws SQLException {
    if (inner instanceof CallableStatement call) {
      return wrap(call);
    }
    return inner == null ? null : PolluxPreparedStatement.foreign(connection, inner);
  }

  CallableStatement wrap(CallableStatement inner) throws SQLException {
    return inner == null ? null : PolluxCallableStatement.foreign(connection, inner);
  }

  ResultSet wrap(ResultSet inner) {
    return inner == null ? null : PolluxResultSet.of(connection, inner);
  }

  /** A savepoint that this connection did not make has no mark in the capture: nothing to wrap. */
  Savepoint wrap(Savepoint inner) {
    return inner;
  }

  Blob wrap(Blob inner) {
    return inner == null ? null : new BlobDelegate(this, inner);
  }

  Clob wrap(Clob inner) {
    if (inner instanceof NClob national) {
      return wrap(national);
    }
    return inner == null ? null : new ClobDelegate(this, inner);
  }

  NClob wrap(NClob inner) {
    return inner == null ? null : new NClobDelegate(this, inner);
  }

  Array wrap(Array inner) {
    return inner == null ? null : new ArrayDelegate(this, inner);
  }

  SQLXML wrap(SQLXML inner) {
    return inner == null ? null : new SQLXMLDelegate(this, inner);
  }

  Ref wrap(Ref inner) {
    return inner == null ? null : new RefDelegate(this, inner);
  }

  RowId wrap(RowId inner) {
    return inner == null ? null : new RowIdDelegate(this, inner);
  }

  Struct wrap(Struct inner) {
    return inner == null ? null : new StructDelegate(this, inner);
  }

  DatabaseMetaData wrap(DatabaseMetaData inner) {
    return inner == null ? null : new DatabaseMetaDataDelegate(this, inner);
  }

  ParameterMetaData wrap(ParameterMetaData inner) {
    return inner == null ? null : new ParameterMetaDataDelegate(this, inner);
  }

  ResultSetMetaData wrap(ResultSetMetaData inner) {
    return inner == null ? null : new PolluxColumns(this, inner, OptionalInt.empty());
  }

  Object wrap(Object value) throws SQLException {
    if (value instanceof String || value instanceof Number || value == null) {
      return value;
    }
    return value instanceof Object[] elements ? wrap(elements) : wrapJdbc(value);
  }

  Object[] wrap(Object[] elements) throws SQLException {
    if (elements != null && elements.getClass() == Object[].class) {
      for (int i = 0; i < elements.length; i++) {
        elements[i] = wrap(elements[i]);
      }
    }
    return elements;
  }

  private Object wrapJdbc(Object value) throws SQLException {
    if (value instanceof Blob blob) {
      return wrap(blob);
    }
    if (value instanceof Clob clob) {
      return wrap(clob);
    }
    if (value instanceof ResultSet rows) {
      return wrap(rows);
    }
    if (value instanceof Array array) {
      return wrap(array);
    }
    if (value instanceof SQLXML xml) {
      return wrap(xml);
    }
    if (value instanceof Struct struct) {
      return wrap(struct);
    }
    if (value instanceof Ref ref) {
      return wrap(ref);
    }
    if (value instanceof RowId rowId) {
      return wrap(rowId);
    }
    return value instanceof Statement statement ? wrap(statement) : value;
  }

  /** A value asked for by its class: the driver's own class is an explicit {@code unwrap}. */
  <T> T wrap(T value, Class<T> type) throws SQLException {
    Object wrapped = wrap((Object) value);
    if (wrapped != value && !type.isInstance(wrapped)) {
      connection.markUnobserved(type);
      return value;
    }
    return wrapped == value ? value : type.cast(wrapped);
  }

  /** The real driver's object behind a delegate; anything else as it is. */
  @SuppressWarnings("unchecked")
  static <T> T bare(T value) {
    return value instanceof Delegate delegate ? (T) delegate.inner() : value;
  }

  static Object[] bare(Object[] values) {
    if (values == null) {
      return null;
    }
    Object[] bare = values.clone();
    if (bare.getClass() == Object[].class || !(bare instanceof Wrapper[])) {
      for (int i = 0; i < bare.length; i++) {
        bare[i] = bare(bare[i]);
      }
    }
    return bare;
  }

  /**
   * JDBC 4.3 §4.8: ours and {@code java.sql} types are answered by the delegate, and what the node
   * offers to the application by the node. A class of the real driver gives the real object: what
   * is done with it is not captured.
   */
  <T> T unwrap(Delegate delegate, Class<T> type) throws SQLException {
    if (type != null && type.isInstance(delegate)) {
      return type.cast(delegate);
    }
    if (type == Redundancy.class) {
      return type.cast(connection.node().redundancy());
    }
    T real = ((Wrapper) delegate.inner()).unwrap(type);
    T given = connection.node().dialect().unwrapped(real, type);
    if (given == real) {
      connection.markUnobserved(type);
    }
    return given;
  }

  boolean isWrapperFor(Delegate delegate, Class<?> type) throws SQLException {
    boolean isOurs = type != null && (type == Redundancy.class || type.isInstance(delegate));
    return isOurs || ((Wrapper) delegate.inner()).isWrapperFor(type);
  }

  /** A LOB that the engine lends out would change a row without any statement. */
  void beforeLobChange() throws SQLException {
    if (lobsAreStored && !connection.inner().getMetaData().locatorsUpdateCopy()) {
      throw Refusals.notCaptured(
          "LOB",
          "this database changes the stored value through the object that a result set returned",
          "write the new value with UPDATE … SET column = ? instead");
    }
  }
}
