package io.pollux.apply;

import io.pollux.codec.RecordCodec;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rows of a table as one number: the sum of the SHA-256 of each row, modulo 2^256, so that the
 * order in which an engine returns them does not matter and duplicates count. Exact bits of every
 * value, columns by name.
 *
 * @param rows how many there are
 * @param sum 32 bytes, big endian
 */
public record TableDigest(long rows, SqlValue.Bytes sum) {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
  private static final int FETCH_ROWS = 500;

  /**
   * Reads the whole table in the connection's transaction and isolation.
   *
   * @throws SQLException if it can't be read
   */
  public static TableDigest of(Connection connection, Dialect dialect, TableName table)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet result = statement.executeQuery("SELECT * FROM " + dialect.quote(table))) {
        return of(result, dialect);
      }
    }
  }

  private static TableDigest of(ResultSet result, Dialect dialect) throws SQLException {
    ResultSetMetaData metadata = result.getMetaData();
    Map<String, Integer> columns = new TreeMap<>();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      columns.put(metadata.getColumnName(i), i);
    }
    BigInteger sum = BigInteger.ZERO;
    long rows = 0;
    while (result.next()) {
      MessageDigest row = sha256();
      for (Map.Entry<String, Integer> column : columns.entrySet()) {
        int index = column.getValue();
        row.update(
            RecordCodec.encodeValue(dialect.read(result, index, metadata.getColumnType(index))));
      }
      sum = sum.add(new BigInteger(1, row.digest())).mod(MODULUS);
      rows++;
    }
    return new TableDigest(rows, new SqlValue.Bytes(fixed(sum)));
  }

  private static byte[] fixed(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] out = new byte[32];
    int length = Math.min(bytes.length, out.length);
    System.arraycopy(bytes, bytes.length - length, out, out.length - length, length);
    return out;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** For people. */
  public String describe() {
    return String.format(
        Locale.ROOT, "%d rows, %s", rows, java.util.HexFormat.of().formatHex(sum.value(), 0, 8));
  }
}
