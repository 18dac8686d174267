package io.pollux.samples;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Types;
import java.util.Arrays;
import java.util.HexFormat;

/** One row as a text for people and a digest that is equal only for rows equal to the last bit. */
record ExactRow(String text, String digest) {
  private static final int LONGEST_SHOWN = 60;
  private static final int LONGEST_INLINE = 64;

  /** Reads the row on which the result stands. */
  static ExactRow read(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    MessageDigest digest = sha256();
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String value = exact(result, i, columns.getColumnType(i));
      digest.update((value.length() + ":" + value).getBytes(StandardCharsets.UTF_16));
      text.append(i > 1 ? ", " : "").append(columns.getColumnName(i)).append('=');
      text.append(value, 0, Math.min(value.length(), LONGEST_SHOWN));
    }
    return new ExactRow(text.toString(), HexFormat.of().formatHex(digest.digest()));
  }

  /** Dates and times as the database writes them: no time zone of this process comes between. */
  private static String exact(ResultSet result, int column, int type) throws SQLException {
    return switch (type) {
      case Types.DATE,
          Types.TIME,
          Types.TIMESTAMP,
          Types.TIME_WITH_TIMEZONE,
          Types.TIMESTAMP_WITH_TIMEZONE ->
          "time " + result.getString(column);
      default -> exact(result.getObject(column));
    };
  }

  private static String exact(Object value) throws SQLException {
    if (value == null) {
      return "NULL";
    } else if (value instanceof byte[] bytes) {
      return "bytes " + shortened(bytes);
    } else if (value instanceof Blob blob) {
      return "blob " + blob.length() + " " + digestOf(blob);
    } else if (value instanceof Clob clob) {
      return "clob " + clob.length() + " " + digestOf(clob);
    } else if (value instanceof SQLXML xml) {
      return "xml " + xml.getString();
    } else if (value instanceof Array array) {
      return "array " + Arrays.deepToString(new Object[] {array.getArray()});
    } else if (value instanceof Double number) {
      return number + " bits " + Long.toHexString(Double.doubleToRawLongBits(number));
    } else if (value instanceof Float number) {
      return number + " bits " + Integer.toHexString(Float.floatToRawIntBits(number));
    } else if (value instanceof BigDecimal number) {
      return number.unscaledValue() + "e-" + number.scale();
    }
    return value.getClass().getSimpleName() + " " + value;
  }

  private static String shortened(byte[] bytes) {
    return bytes.length <= LONGEST_INLINE
        ? HexFormat.of().formatHex(bytes)
        : bytes.length + " " + HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static String digestOf(Blob blob) throws SQLException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(blob.getBinaryStream(), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new SQLException("reading a BLOB: " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String digestOf(Clob clob) throws SQLException {
    MessageDigest digest = sha256();
    char[] buffer = new char[8192];
    try (Reader in = clob.getCharacterStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (int i = 0; i < n; i++) {
          digest.update((byte) (buffer[i] >> 8));
          digest.update((byte) buffer[i]);
        }
      }
    } catch (IOException e) {
      throw new SQLException("reading a CLOB: " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
