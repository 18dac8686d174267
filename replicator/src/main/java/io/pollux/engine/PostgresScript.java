package io.pollux.engine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** A copy of a database: a list of steps in one file, and a file of rows for each table. */
final class PostgresScript {
  static final int LONGEST_STATEMENT = 16 << 20;

  /** What a step asks for. */
  enum Kind {
    /** Run the statement. */
    RUN('R'),
    /** Run it, or later if something that it needs isn't there yet. */
    TRY('T'),
    /** Run all that was put off. */
    SETTLE('S'),
    /** Run the statement with the next file of rows. */
    FILL('F');

    private final int code;

    Kind(char code) {
      this.code = code;
    }

    private static Kind of(int code) throws IOException {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IOException("the copy's script has a step of an unknown kind " + code);
    }
  }

  record Step(Kind kind, String sql) {
    void write(DataOutputStream out) throws IOException {
      byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
      out.writeByte(kind.code);
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    /** Empty at the end. */
    static Optional<Step> read(DataInputStream in) throws IOException {
      int kind = in.read();
      if (kind < 0) {
        return Optional.empty();
      }
      int length = in.readInt();
      if (length < 0 || length > LONGEST_STATEMENT) {
        throw new IOException("the copy's script has a step of length " + length);
      }
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException("the copy's script ends in the middle of a step");
      }
      return Optional.of(new Step(Kind.of(kind), new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  private PostgresScript() {}

  static Path steps(Path directory) {
    return directory.resolve("steps");
  }

  static Path rows(Path directory, int number) {
    return directory.resolve("rows-" + number);
  }
}
