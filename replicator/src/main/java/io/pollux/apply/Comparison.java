package io.pollux.apply;

import io.pollux.apply.Target.Difference;
import io.pollux.apply.Target.Verdict;
import io.pollux.core.KeyRange;
import io.pollux.core.LogRecord;
import io.pollux.core.RowDigest;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.SystemTables;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Compares what one connection sees with a digest of the active node's. */
public final class Comparison {
  /** Of one answer. */
  private static final int MOST_DIFFERENCES = 200;

  /** Values of rows in one answer. */
  private static final int MOST_VALUES = 20_000;

  private static final int LONGEST_VALUE = 4_000;

  private final Connection connection;
  private final Dialect dialect;

  public Comparison(Connection connection, Dialect dialect) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.dialect = Objects.requireNonNull(dialect, "dialect");
  }

  /** Each table of the application's and the lines of its definition. */
  public Map<TableName, List<String>> schema() throws SQLException {
    Map<TableName, List<String>> tables = new TreeMap<>();
    for (TableName table : dialect.userTables(connection)) {
      tables.put(table, dialect.describe(connection, table));
    }
    return tables;
  }

  /** A table and the digest of its definition. */
  public static RowDigest member(TableName table, List<String> lines) {
    return new RowDigest(
        List.of(new SqlValue.Text(table.schema()), new SqlValue.Text(table.name())),
        digest(String.join("\n", lines)));
  }

  private static SqlValue.Bytes digest(String text) {
    return new SqlValue.Bytes(TableReader.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static TableName name(List<SqlValue> key, int from) throws SQLException {
    if (key.size() == from + 2
        && key.get(from) instanceof SqlValue.Text schema
        && key.get(from + 1) instanceof SqlValue.Text name) {
      return new TableName(schema.value(), name.value());
    }
    throw new SQLException("a digest with a name that is none: " + key, "22000");
  }

  Verdict compare(LogRecord.Digest theirs) throws SQLException {
    return switch (theirs.subject()) {
      case ROWS -> rows(theirs);
      case EACH_ROW -> eachRow(theirs);
      case SCHEMA -> schema(theirs);
      case GENERATORS -> generators(theirs);
    };
  }

  private Verdict rows(LogRecord.Digest theirs) throws SQLException {
    TableDigest own = TableReader.open(connection, dialect, theirs.table()).digest(theirs.range());
    boolean equal = own.rows() == theirs.rows() && own.sum().equals(theirs.digest());
    String there = new TableDigest(theirs.rows(), theirs.digest()).describe();
    return Verdict.of(
        equal, own.rows(), equal ? "" : "active node " + there + ", here " + own.describe());
  }

  private Verdict eachRow(LogRecord.Digest theirs) throws SQLException {
    Map<List<SqlValue>, SqlValue.Bytes> left = byKey(theirs);
    TableReader reader = TableReader.open(connection, dialect, theirs.table());
    List<RowDigest> own = reader.members(theirs.range());
    Answer answer = new Answer();
    for (RowDigest row : own) {
      if (!row.digest().equals(left.remove(row.key()))) {
        answer.add(row.key(), answer.hasRoom() ? here(reader, row.key()) : Optional.empty());
      }
    }
    for (List<SqlValue> missing : left.keySet()) {
      answer.add(missing, Optional.empty());
    }
    return answer.verdict(own.size(), answer.count + " rows differ");
  }

  private static Map<List<SqlValue>, SqlValue.Bytes> byKey(LogRecord.Digest theirs) {
    Map<List<SqlValue>, SqlValue.Bytes> members = new LinkedHashMap<>();
    theirs.members().forEach(member -> members.put(member.key(), member.digest()));
    return members;
  }

  private static Optional<List<SqlValue>> here(TableReader reader, List<SqlValue> key)
      throws SQLException {
    return reader.rows(KeyRange.only(reader.key(), key)).stream()
        .findFirst()
        .map(row -> row.row().stream().map(Comparison::shortened).toList());
  }

  private static SqlValue shortened(SqlValue value) {
    if (value instanceof SqlValue.Text text && text.value().length() > LONGEST_VALUE) {
      return shortened("characters", text.value().length(), digest(text.value()));
    } else if (value instanceof SqlValue.Bytes bytes && bytes.value().length > LONGEST_VALUE) {
      byte[] digest = TableReader.sha256().digest(bytes.value());
      return shortened("bytes", bytes.value().length, new SqlValue.Bytes(digest));
    } else if (value instanceof SqlValue.Native own && own.text().length() > LONGEST_VALUE) {
      return shortened("characters", own.text().length(), digest(own.text()));
    }
    return value;
  }

  private static SqlValue shortened(String unit, int length, SqlValue.Bytes digest) {
    return new SqlValue.Native(
        "shortened", length + " " + unit + ", SHA-256 " + HexFormat.of().formatHex(digest.value()));
  }

  private Verdict schema(LogRecord.Digest theirs) throws SQLException {
    Map<List<SqlValue>, SqlValue.Bytes> left = byKey(theirs);
    Answer answer = new Answer();
    Map<TableName, List<String>> own = schema();
    for (Map.Entry<TableName, List<String>> table : own.entrySet()) {
      RowDigest member = member(table.getKey(), table.getValue());
      if (!member.digest().equals(left.remove(member.key()))) {
        answer.add(
            member.key(),
            Optional.of(table.getValue().stream().<SqlValue>map(SqlValue.Text::new).toList()));
      }
    }
    for (List<SqlValue> missing : left.keySet()) {
      answer.add(missing, Optional.empty());
    }
    return answer.verdict(own.size(), answer.count + " tables have another definition");
  }

  /** A node that follows has the marks, and makes its generators follow them when it reigns. */
  private Verdict generators(LogRecord.Digest theirs) throws SQLException {
    Answer answer = new Answer();
    for (RowDigest generator : theirs.members()) {
      if (generator.digest().value().length != Long.BYTES) {
        throw new SQLException("a mark of " + generator.digest(), "22000");
      }
      long there = ByteBuffer.wrap(generator.digest().value()).getLong();
      Optional<Long> here = mark(generator.key());
      if (here.isEmpty() || here.orElseThrow() < there) {
        answer.add(generator.key(), here.map(mark -> List.of(new SqlValue.Whole(mark))));
      }
    }
    return answer.verdict(theirs.members().size(), answer.count + " generators are behind");
  }

  private Optional<Long> mark(List<SqlValue> key) throws SQLException {
    SystemTables tables = dialect.systemTables();
    TableName name = name(key, 1);
    if (!(key.get(0) instanceof SqlValue.Text kind)) {
      throw new SQLException("a generator of no kind: " + key, "22000");
    }
    try (PreparedStatement read = connection.prepareStatement(tables.readGenerator())) {
      read.setString(1, kind.value());
      read.setString(2, name.schema());
      read.setString(3, name.name());
      try (ResultSet row = read.executeQuery()) {
        return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
      }
    }
  }

  /** Differences, as many as one answer takes. */
  private static final class Answer {
    private final List<Difference> named = new ArrayList<>();
    private int values;
    private long count;

    boolean hasRoom() {
      return named.size() < MOST_DIFFERENCES && values < MOST_VALUES;
    }

    void add(List<SqlValue> key, Optional<List<SqlValue>> here) {
      count++;
      if (hasRoom()) {
        values += key.size() + here.map(List::size).orElse(0);
        named.add(new Difference(key, here));
      }
    }

    Verdict verdict(long rows, String otherwise) {
      return new Verdict(
          count == 0, rows, count == 0 ? "" : otherwise, named, named.size() < count);
    }
  }
}
