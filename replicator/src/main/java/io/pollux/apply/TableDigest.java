package io.pollux.apply;

import io.pollux.core.SqlValue;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Rows as one number: the sum of the SHA-256 of each row, modulo 2^256, so that the order in which
 * an engine returns them does not matter and duplicates count. Exact bits of every value, columns
 * by name.
 *
 * @param rows how many there are
 * @param sum 32 bytes, big endian
 */
public record TableDigest(long rows, SqlValue.Bytes sum) {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
  private static final int SUM_BYTES = 32;

  /** Counts and adds. */
  public static final class Sum {
    private BigInteger sum = BigInteger.ZERO;
    private long rows;

    public void add(SqlValue.Bytes row) {
      sum = sum.add(new BigInteger(1, row.value())).mod(MODULUS);
      rows++;
    }

    public TableDigest digest() {
      return new TableDigest(rows, new SqlValue.Bytes(fixed(sum)));
    }
  }

  private static byte[] fixed(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] out = new byte[SUM_BYTES];
    int length = Math.min(bytes.length, out.length);
    System.arraycopy(bytes, bytes.length - length, out, out.length - length, length);
    return out;
  }

  /** For people. */
  public String describe() {
    byte[] bytes = sum.value();
    return String.format(
        Locale.ROOT,
        "%d rows, %s",
        rows,
        HexFormat.of().formatHex(bytes, 0, Math.min(8, bytes.length)));
  }
}
