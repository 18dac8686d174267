package io.pollux.driver;

import io.pollux.core.SqlValue;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.util.Arrays;

/** What the application set for one parameter. */
sealed interface Parameter {
  /** No length was given. */
  long WHOLE = -1;

  /**
   * The value that the next execution stores.
   *
   * @param maxBytes the longest value to hold in memory; a longer one is refused
   */
  SqlValue load(int maxBytes) throws SQLException;

  /** Whether the real driver can read it but once. */
  default boolean isStream() {
    return false;
  }

  /** A value that is known when it is set. */
  record Known(SqlValue value) implements Parameter {
    @Override
    public SqlValue load(int maxBytes) {
      return value;
    }
  }

  /** Something whose stored form is not known. */
  record Unloggable(String what) implements Parameter {
    @Override
    public SqlValue load(int maxBytes) throws SQLException {
      throw Refusals.notCaptured(
          "parameter",
          "the stored form of " + what + " is not known",
          "set a string, a number, bytes, a stream, or a date or time value");
    }
  }

  /** Bytes that the real driver reads through this; loading them reads ahead of it. */
  final class ByteStream extends FilterInputStream implements Parameter {
    private final long length;
    private final boolean isText;

    ByteStream(InputStream source, long length, boolean isText) {
      super(source);
      this.length = length;
      this.isText = isText;
    }

    @Override
    public SqlValue load(int maxBytes) throws SQLException {
      try {
        byte[] all = in.readNBytes(maxBytes + 1);
        in = new ByteArrayInputStream(all);
        requireShort(all.length, maxBytes);
        byte[] stored =
            length == WHOLE || length > all.length ? all : Arrays.copyOf(all, (int) length);
        return isText
            ? new SqlValue.Text(new String(stored, StandardCharsets.ISO_8859_1))
            : new SqlValue.Bytes(stored);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    public boolean isStream() {
      return true;
    }
  }

  /** Characters that the real driver reads through this; loading them reads ahead of it. */
  final class CharacterStream extends FilterReader implements Parameter {
    private static final int CHUNK = 8192;

    private final long length;

    CharacterStream(Reader source, long length) {
      super(source);
      this.length = length;
    }

    @Override
    public SqlValue load(int maxBytes) throws SQLException {
      StringBuilder all = new StringBuilder();
      char[] chunk = new char[CHUNK];
      try {
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
          all.append(chunk, 0, n);
          requireShort(2L * all.length(), maxBytes);
        }
      } catch (IOException e) {
        throw unreadable(e);
      }
      in = new StringReader(all.toString());
      boolean isWhole = length == WHOLE || length > all.length();
      return new SqlValue.Text(isWhole ? all.toString() : all.substring(0, (int) length));
    }

    @Override
    public boolean isStream() {
      return true;
    }
  }

  /** A LOB that may still change until the execution. */
  record OfBlob(Blob blob) implements Parameter {
    @Override
    public SqlValue load(int maxBytes) throws SQLException {
      requireShort(blob.length(), maxBytes);
      return new SqlValue.Bytes(blob.getBytes(1, (int) blob.length()));
    }

    @Override
    public boolean isStream() {
      return true;
    }
  }

  /** A LOB that may still change until the execution. */
  record OfClob(Clob clob) implements Parameter {
    @Override
    public SqlValue load(int maxBytes) throws SQLException {
      requireShort(2 * clob.length(), maxBytes);
      return new SqlValue.Text(clob.getSubString(1, (int) clob.length()));
    }

    @Override
    public boolean isStream() {
      return true;
    }
  }

  private static void requireShort(long bytes, int maxBytes) throws SQLException {
    if (bytes > maxBytes) {
      throw Refusals.notCaptured(
          "LOB",
          "the streams of this transaction are longer than "
              + (TransactionCapture.MAX_STREAM_BYTES >> 20)
              + " MiB, the most that is held for the log",
          "write them in several transactions");
    }
  }

  private static SQLException unreadable(IOException cause) {
    return new SQLException(
        "reading the stream of a parameter failed: " + cause.getMessage(), "22000", cause);
  }
}
