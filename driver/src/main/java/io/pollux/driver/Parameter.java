package io.pollux.driver;

import io.pollux.core.SqlValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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

  /**
   * Bytes that the real driver reads through this: when they are set, which some drivers do, or in
   * the execution; loading reads ahead of it.
   */
  final class ByteStream extends FilterInputStream implements Parameter {
    private final long length;
    private final boolean isText;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private boolean isLoaded;

    ByteStream(InputStream source, long length, boolean isText) {
      super(source);
      this.length = length;
      this.isText = isText;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int most) throws IOException {
      int count = in.read(into, offset, most);
      if (count > 0 && !isLoaded && taken.size() <= TransactionCapture.MAX_STREAM_BYTES) {
        taken.write(into, offset, count);
      }
      return count;
    }

    @Override
    public long skip(long bytes) throws IOException {
      return in.skip(isLoaded ? bytes : 0); // What is skipped would be missing in the log.
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public SqlValue load(int maxBytes) throws SQLException {
      try {
        isLoaded = true;
        byte[] rest = in.readNBytes(maxBytes + 1);
        in = new ByteArrayInputStream(rest);
        requireShort((long) taken.size() + rest.length, maxBytes);
        byte[] all = Arrays.copyOf(taken.toByteArray(), taken.size() + rest.length);
        System.arraycopy(rest, 0, all, taken.size(), rest.length);
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

  /** Characters, as {@link ByteStream}. */
  final class CharacterStream extends FilterReader implements Parameter {
    private static final int CHUNK = 8192;

    private final long length;
    private final StringBuilder taken = new StringBuilder();
    private boolean isLoaded;

    CharacterStream(Reader source, long length) {
      super(source);
      this.length = length;
    }

    @Override
    public int read() throws IOException {
      char[] one = new char[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] into, int offset, int most) throws IOException {
      int count = in.read(into, offset, most);
      if (count > 0 && !isLoaded && taken.length() <= TransactionCapture.MAX_STREAM_BYTES) {
        taken.append(into, offset, count);
      }
      return count;
    }

    @Override
    public long skip(long characters) throws IOException {
      return in.skip(isLoaded ? characters : 0);
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public SqlValue load(int maxBytes) throws SQLException {
      isLoaded = true;
      StringBuilder all = new StringBuilder(taken);
      char[] chunk = new char[CHUNK];
      try {
        requireShort(2L * all.length(), maxBytes);
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
          all.append(chunk, 0, n);
          requireShort(2L * all.length(), maxBytes);
        }
      } catch (IOException e) {
        throw unreadable(e);
      }
      in = new StringReader(all.substring(taken.length()));
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
