package io.pollux.driver;

import io.pollux.core.SqlValue;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.ZoneId;
import java.util.Calendar;
import java.util.Optional;

/** Forwards each parameter to the real statement and, once that accepted it, remembers it. */
abstract class ParameterSetters extends PreparedStatementDelegate {
  private final Parameters parameters = new Parameters();

  ParameterSetters(Origin origin, PreparedStatement inner) {
    super(origin, inner);
  }

  final Parameters parameters() {
    return parameters;
  }

  private void set(int index, SqlValue value) {
    parameters.set(index, new Parameter.Known(value));
  }

  private void set(int index, Parameter parameter) {
    parameters.set(index, parameter);
  }

  private static Parameter ascii(InputStream value, long length) {
    return value == null
        ? new Parameter.Known(new SqlValue.Null(Types.LONGVARCHAR))
        : new Parameter.ByteStream(value, length, true);
  }

  private static Parameter binary(InputStream value, long length) {
    return value == null
        ? new Parameter.Known(new SqlValue.Null(Types.LONGVARBINARY))
        : new Parameter.ByteStream(value, length, false);
  }

  private static Parameter characters(Reader value, long length) {
    return value == null
        ? new Parameter.Known(new SqlValue.Null(Types.LONGVARCHAR))
        : new Parameter.CharacterStream(value, length);
  }

  /** As the engine's driver sends it, where that has a way of its own. */
  private Optional<SqlValue> own(Object value, int type, Calendar zone) throws SQLException {
    ZoneId at = zone == null ? ZoneId.systemDefault() : zone.getTimeZone().toZoneId();
    return connection().node().dialect().parameter(Scope.bare(value), type, at);
  }

  private static InputStream stream(Parameter parameter) {
    return parameter instanceof Parameter.ByteStream stream ? stream : null;
  }

  private static Reader reader(Parameter parameter) {
    return parameter instanceof Parameter.CharacterStream reader ? reader : null;
  }

  private static Parameter blob(Blob value) {
    return value == null
        ? new Parameter.Known(new SqlValue.Null(Types.BLOB))
        : new Parameter.OfBlob(value);
  }

  private static Parameter clob(Clob value) {
    return value == null
        ? new Parameter.Known(new SqlValue.Null(Types.CLOB))
        : new Parameter.OfClob(value);
  }

  private static Parameter unloggable(Object value, int type) {
    return value == null
        ? new Parameter.Known(new SqlValue.Null(type))
        : new Parameter.Unloggable(value.getClass().getName());
  }

  private Parameter object(Object value) throws SQLException {
    if (value instanceof Blob blob) {
      return blob(blob);
    }
    if (value instanceof Clob clob) {
      return clob(clob);
    }
    return own(value, Types.NULL, null)
        .or(() -> JdbcValues.of(value))
        .<Parameter>map(Parameter.Known::new)
        .orElseGet(() -> new Parameter.Unloggable(value.getClass().getName()));
  }

  private Parameter typed(Object value, int type, int scale) throws SQLException {
    if (value instanceof Blob || value instanceof Clob) {
      return object(value);
    }
    return own(value, type, null)
        .or(() -> TypedValues.of(value, type, scale))
        .<Parameter>map(Parameter.Known::new)
        .orElseGet(() -> new Parameter.Unloggable(TypedValues.describe(value, type)));
  }

  @Override
  public void clearParameters() throws SQLException {
    inner().clearParameters();
    parameters.clear();
  }

  @Override
  public void setBoolean(int index, boolean value) throws SQLException {
    inner().setBoolean(index, value);
    set(index, new SqlValue.Bool(value));
  }

  @Override
  public void setByte(int index, byte value) throws SQLException {
    inner().setByte(index, value);
    set(index, new SqlValue.Whole(value));
  }

  @Override
  public void setShort(int index, short value) throws SQLException {
    inner().setShort(index, value);
    set(index, new SqlValue.Whole(value));
  }

  @Override
  public void setInt(int index, int value) throws SQLException {
    inner().setInt(index, value);
    set(index, new SqlValue.Whole(value));
  }

  @Override
  public void setLong(int index, long value) throws SQLException {
    inner().setLong(index, value);
    set(index, own(value, Types.BIGINT, null).orElseGet(() -> new SqlValue.Whole(value)));
  }

  @Override
  public void setFloat(int index, float value) throws SQLException {
    inner().setFloat(index, value);
    set(index, new SqlValue.Float32(value));
  }

  @Override
  public void setDouble(int index, double value) throws SQLException {
    inner().setDouble(index, value);
    set(index, new SqlValue.Float64(value));
  }

  @Override
  public void setBigDecimal(int index, BigDecimal value) throws SQLException {
    inner().setBigDecimal(index, value);
    set(index, JdbcValues.exact(value));
  }

  @Override
  public void setString(int index, String value) throws SQLException {
    inner().setString(index, value);
    set(index, JdbcValues.text(value));
  }

  @Override
  public void setNString(int index, String value) throws SQLException {
    inner().setNString(index, value);
    set(index, JdbcValues.text(value));
  }

  @Override
  public void setBytes(int index, byte[] value) throws SQLException {
    inner().setBytes(index, value);
    set(index, JdbcValues.bytes(value));
  }

  @Override
  public void setDate(int index, Date value) throws SQLException {
    inner().setDate(index, value);
    set(index, JdbcValues.date(value));
  }

  @Override
  public void setTime(int index, Time value) throws SQLException {
    inner().setTime(index, value);
    set(index, own(value, Types.TIME, null).orElseGet(() -> JdbcValues.time(value)));
  }

  @Override
  public void setTimestamp(int index, Timestamp value) throws SQLException {
    inner().setTimestamp(index, value);
    set(index, own(value, Types.TIMESTAMP, null).orElseGet(() -> JdbcValues.timestamp(value)));
  }

  @Override
  public void setDate(int index, Date value, Calendar zone) throws SQLException {
    inner().setDate(index, value, zone);
    set(index, JdbcValues.date(value, zone));
  }

  @Override
  public void setTime(int index, Time value, Calendar zone) throws SQLException {
    inner().setTime(index, value, zone);
    set(index, own(value, Types.TIME, zone).orElseGet(() -> JdbcValues.time(value, zone)));
  }

  @Override
  public void setTimestamp(int index, Timestamp value, Calendar zone) throws SQLException {
    inner().setTimestamp(index, value, zone);
    set(
        index,
        own(value, Types.TIMESTAMP, zone).orElseGet(() -> JdbcValues.timestamp(value, zone)));
  }

  @Override
  public void setNull(int index, int type) throws SQLException {
    inner().setNull(index, type);
    set(index, new SqlValue.Null(type));
  }

  @Override
  public void setNull(int index, int type, String typeName) throws SQLException {
    inner().setNull(index, type, typeName);
    set(index, new SqlValue.Null(type));
  }

  @Override
  public void setAsciiStream(int index, InputStream value) throws SQLException {
    Parameter parameter = ascii(value, Parameter.WHOLE);
    inner().setAsciiStream(index, stream(parameter));
    set(index, parameter);
  }

  @Override
  public void setAsciiStream(int index, InputStream value, long length) throws SQLException {
    Parameter parameter = ascii(value, length);
    inner().setAsciiStream(index, stream(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setAsciiStream(int index, InputStream value, int length) throws SQLException {
    Parameter parameter = ascii(value, length);
    inner().setAsciiStream(index, stream(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setBinaryStream(int index, InputStream value) throws SQLException {
    Parameter parameter = binary(value, Parameter.WHOLE);
    inner().setBinaryStream(index, stream(parameter));
    set(index, parameter);
  }

  @Override
  public void setBinaryStream(int index, InputStream value, long length) throws SQLException {
    Parameter parameter = binary(value, length);
    inner().setBinaryStream(index, stream(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setBinaryStream(int index, InputStream value, int length) throws SQLException {
    Parameter parameter = binary(value, length);
    inner().setBinaryStream(index, stream(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setBlob(int index, InputStream value) throws SQLException {
    Parameter parameter = binary(value, Parameter.WHOLE);
    inner().setBlob(index, stream(parameter));
    set(index, parameter);
  }

  @Override
  public void setBlob(int index, InputStream value, long length) throws SQLException {
    Parameter parameter = binary(value, length);
    inner().setBlob(index, stream(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setCharacterStream(int index, Reader value) throws SQLException {
    Parameter parameter = characters(value, Parameter.WHOLE);
    inner().setCharacterStream(index, reader(parameter));
    set(index, parameter);
  }

  @Override
  public void setCharacterStream(int index, Reader value, long length) throws SQLException {
    Parameter parameter = characters(value, length);
    inner().setCharacterStream(index, reader(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setCharacterStream(int index, Reader value, int length) throws SQLException {
    Parameter parameter = characters(value, length);
    inner().setCharacterStream(index, reader(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setNCharacterStream(int index, Reader value) throws SQLException {
    Parameter parameter = characters(value, Parameter.WHOLE);
    inner().setNCharacterStream(index, reader(parameter));
    set(index, parameter);
  }

  @Override
  public void setNCharacterStream(int index, Reader value, long length) throws SQLException {
    Parameter parameter = characters(value, length);
    inner().setNCharacterStream(index, reader(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setClob(int index, Reader value) throws SQLException {
    Parameter parameter = characters(value, Parameter.WHOLE);
    inner().setClob(index, reader(parameter));
    set(index, parameter);
  }

  @Override
  public void setClob(int index, Reader value, long length) throws SQLException {
    Parameter parameter = characters(value, length);
    inner().setClob(index, reader(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setNClob(int index, Reader value) throws SQLException {
    Parameter parameter = characters(value, Parameter.WHOLE);
    inner().setNClob(index, reader(parameter));
    set(index, parameter);
  }

  @Override
  public void setNClob(int index, Reader value, long length) throws SQLException {
    Parameter parameter = characters(value, length);
    inner().setNClob(index, reader(parameter), length);
    set(index, parameter);
  }

  @Override
  public void setBlob(int index, Blob value) throws SQLException {
    inner().setBlob(index, Scope.bare(value));
    set(index, blob(value));
  }

  @Override
  public void setClob(int index, Clob value) throws SQLException {
    inner().setClob(index, Scope.bare(value));
    set(index, clob(value));
  }

  @Override
  public void setNClob(int index, NClob value) throws SQLException {
    inner().setNClob(index, Scope.bare(value));
    set(index, clob(value));
  }

  @Override
  public void setArray(int index, Array value) throws SQLException {
    inner().setArray(index, Scope.bare(value));
    set(
        index,
        own(value, Types.ARRAY, null)
            .<Parameter>map(Parameter.Known::new)
            .orElseGet(() -> unloggable(value, Types.ARRAY)));
  }

  @Override
  public void setRef(int index, Ref value) throws SQLException {
    inner().setRef(index, Scope.bare(value));
    set(index, unloggable(value, Types.REF));
  }

  @Override
  public void setRowId(int index, RowId value) throws SQLException {
    inner().setRowId(index, Scope.bare(value));
    set(index, unloggable(value, Types.ROWID));
  }

  @Override
  public void setSQLXML(int index, SQLXML value) throws SQLException {
    inner().setSQLXML(index, Scope.bare(value));
    set(index, unloggable(value, Types.SQLXML));
  }

  @Override
  public void setURL(int index, URL value) throws SQLException {
    inner().setURL(index, value);
    set(index, unloggable(value, Types.DATALINK));
  }

  @Override
  @Deprecated
  public void setUnicodeStream(int index, InputStream value, int length) throws SQLException {
    inner().setUnicodeStream(index, value, length);
    set(index, new Parameter.Unloggable("a Unicode stream"));
  }

  @Override
  public void setObject(int index, Object value) throws SQLException {
    inner().setObject(index, Scope.bare(value));
    set(index, object(value));
  }

  @Override
  public void setObject(int index, Object value, int type) throws SQLException {
    inner().setObject(index, Scope.bare(value), type);
    set(index, typed(value, type, TypedValues.ANY_SCALE));
  }

  @Override
  public void setObject(int index, Object value, int type, int scale) throws SQLException {
    inner().setObject(index, Scope.bare(value), type, scale);
    set(index, typed(value, type, scale));
  }

  @Override
  public void setObject(int index, Object value, SQLType type) throws SQLException {
    inner().setObject(index, Scope.bare(value), type);
    set(index, typed(value, type.getVendorTypeNumber(), TypedValues.ANY_SCALE));
  }

  @Override
  public void setObject(int index, Object value, SQLType type, int scale) throws SQLException {
    inner().setObject(index, Scope.bare(value), type, scale);
    set(index, typed(value, type.getVendorTypeNumber(), scale));
  }
}
