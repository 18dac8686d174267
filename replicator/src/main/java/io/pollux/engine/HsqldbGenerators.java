package io.pollux.engine;

import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.TableName;
import io.pollux.sql.SqlFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Identity columns and sequences. An explicit key moves an identity, but nobody can read how far it
 * is; a sequence can be read, and is moved by drawing: to restart it is a schema change that waits
 * for everybody (docs/engine-hsqldb.md).
 */
final class HsqldbGenerators {
  /** What a new reign skips: values that lost transactions may have shown to someone. */
  static final long GAP = 100;

  /** So many values are drawn by one query. */
  static final int DRAWN_AT_ONCE = 10_000;

  /** Beyond it a sequence is restarted. */
  private static final int MOST_DRAWN = 1_000_000;

  private static final String IDENTITIES =
      "SELECT C.TABLE_SCHEMA, C.TABLE_NAME, C.COLUMN_NAME, C.IDENTITY_INCREMENT,"
          + " C.IDENTITY_MAXIMUM FROM INFORMATION_SCHEMA.COLUMNS C"
          + " JOIN INFORMATION_SCHEMA.SYSTEM_TABLES T ON T.TABLE_SCHEM = C.TABLE_SCHEMA"
          + " AND T.TABLE_NAME = C.TABLE_NAME"
          + " WHERE C.IS_IDENTITY = 'YES' AND T.TABLE_TYPE = 'TABLE' AND T.HSQLDB_TYPE <> 'TEXT'"
          + " AND NOT T.READ_ONLY AND C.TABLE_SCHEMA <> 'POLLUX' ORDER BY 1, 2";

  private static final String SEQUENCES =
      "SELECT SEQUENCE_SCHEMA, SEQUENCE_NAME, NEXT_VALUE, START_WITH, INCREMENT, MAXIMUM_VALUE"
          + " FROM INFORMATION_SCHEMA.SYSTEM_SEQUENCES WHERE SEQUENCE_SCHEMA <> 'SYSTEM_LOBS'"
          + " ORDER BY 1, 2";

  /** Columns that a sequence of the application's fills; an explicit key doesn't move it. */
  private static final String FILLED =
      "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, SEQUENCE_SCHEMA, SEQUENCE_NAME"
          + " FROM INFORMATION_SCHEMA.SYSTEM_COLUMN_SEQUENCE_USAGE ORDER BY 1, 2, 3";

  private record Identity(TableName table, String column, long increment, long maximum) {}

  private record Filled(TableName table, String column, TableName sequence) {}

  /** A sequence and how far it is. */
  private record Progress(TableName name, long next, long start, long increment, long maximum) {
    boolean isExhausted() {
      return next < start || next > maximum;
    }

    boolean isUsed() {
      return next != start;
    }

    Generator mark() {
      return new Generator(
          GeneratorKind.SEQUENCE, name, isExhausted() ? maximum : next - increment);
    }

    /** How often it must be drawn from until it gives only values above {@code last}. */
    long behind(long last) {
      return isExhausted() || last < next ? 0 : (Math.min(last, maximum) - next) / increment + 1;
    }

    boolean countsUp() {
      return increment > 0;
    }
  }

  private final Connection connection;
  private final SqlFacts facts;

  HsqldbGenerators(Connection connection, SqlFacts facts) {
    this.connection = connection;
    this.facts = facts;
  }

  /** A VALUES behind a CALL would be given the same value once more. */
  long nextValue(TableName sequence) throws SQLException {
    long value = single("CALL NEXT VALUE FOR " + quote(sequence)).orElseThrow();
    execute("CALL 0");
    return value;
  }

  Optional<Long> lastValue(GeneratorKind kind, TableName name) throws SQLException {
    return all().stream()
        .filter(generator -> generator.kind() == kind && generator.name().equals(name))
        .map(Generator::last)
        .findFirst();
  }

  /** Of an identity the greatest key that is there. */
  List<Generator> all() throws SQLException {
    List<Generator> all = new ArrayList<>();
    for (Identity identity : identities()) {
      OptionalLong greatest = greatest(identity.table(), identity.column());
      greatest.ifPresent(
          last -> all.add(new Generator(GeneratorKind.IDENTITY, identity.table(), last)));
    }
    sequences().stream().filter(Progress::isUsed).map(Progress::mark).forEach(all::add);
    return all;
  }

  /** Only a short way: the rest is left to {@link #raise}. */
  void keepAbove(Generator mark) throws SQLException {
    for (Progress sequence : sequences()) {
      boolean meant = mark.kind() == GeneratorKind.SEQUENCE && mark.name().equals(sequence.name());
      long behind = meant && sequence.countsUp() ? sequence.behind(mark.last()) : 0;
      if (behind <= DRAWN_AT_ONCE) {
        draw(sequence, behind);
      }
    }
  }

  /**
   * Raises what is not above its marks, and goes {@code gap} values beyond.
   *
   * @param gap of every generator that has given a value
   */
  void raise(List<Generator> marks, long gap) throws SQLException {
    List<Filled> filled = filled();
    for (Identity identity : identities()) {
      boolean own = filled.stream().noneMatch(f -> f.table().equals(identity.table()));
      OptionalLong last = last(marks, identity.table(), identity.column());
      if (own && last.isPresent() && identity.increment() > 0) {
        push(identity, last.getAsLong(), gap);
      }
    }
    for (Progress sequence : sequences()) {
      if (sequence.countsUp() && !sequence.isExhausted()) {
        raise(sequence, marks, filled, gap);
      }
    }
  }

  private void raise(Progress sequence, List<Generator> marks, List<Filled> filled, long gap)
      throws SQLException {
    long last = mark(marks, GeneratorKind.SEQUENCE, sequence.name());
    for (Filled column : filled) {
      if (column.sequence().equals(sequence.name())) {
        last = Math.max(last, last(marks, column.table(), column.column()).orElse(last));
      }
    }
    if (sequence.isUsed()) {
      last = Math.max(last, sequence.mark().last());
    }
    if (last != Long.MIN_VALUE) {
      draw(sequence, sequence.behind(beyond(last, sequence.increment(), sequence.maximum(), gap)));
    }
  }

  private static long beyond(long last, long increment, long maximum, long gap) {
    return maximum - last < increment * (gap + 1) ? last : last + increment * gap;
  }

  private OptionalLong last(List<Generator> marks, TableName table, String column)
      throws SQLException {
    long greatest = greatest(table, column).orElse(Long.MIN_VALUE);
    long last = Math.max(greatest, mark(marks, GeneratorKind.IDENTITY, table));
    return last == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(last);
  }

  private static long mark(List<Generator> marks, GeneratorKind kind, TableName name) {
    return marks.stream()
        .filter(mark -> mark.kind() == kind && mark.name().equals(name))
        .mapToLong(Generator::last)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  /**
   * A row with an explicit key moves the generator above it, and never back; also a row that is
   * refused for its other columns, or rolled back.
   */
  private void push(Identity identity, long last, long gap) throws SQLException {
    long key = beyond(last, identity.increment(), identity.maximum(), gap);
    Savepoint before = connection.setSavepoint();
    try {
      execute(
          "INSERT INTO "
              + quote(identity.table())
              + " ("
              + facts.quote(identity.column())
              + ") OVERRIDING SYSTEM VALUE VALUES ("
              + key
              + ")");
    } catch (SQLException e) {
      if (!String.valueOf(e.getSQLState()).startsWith("23")) {
        throw e;
      }
    }
    connection.rollback(before);
  }

  private void draw(Progress sequence, long values) throws SQLException {
    if (values > MOST_DRAWN) {
      long restart = sequence.next() + values * sequence.increment();
      execute("ALTER SEQUENCE " + quote(sequence.name()) + " RESTART WITH " + restart);
      return;
    }
    for (long left = values; left > 0; left -= DRAWN_AT_ONCE) {
      execute(
          "SELECT NEXT VALUE FOR "
              + quote(sequence.name())
              + " FROM UNNEST(SEQUENCE_ARRAY(1, "
              + Math.min(left, DRAWN_AT_ONCE)
              + ", 1))");
    }
  }

  private List<Identity> identities() throws SQLException {
    List<Identity> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(IDENTITIES)) {
      while (result.next()) {
        all.add(
            new Identity(
                new TableName(result.getString(1), result.getString(2)),
                result.getString(3),
                result.getLong(4),
                result.getLong(5)));
      }
    }
    return all;
  }

  private List<Progress> sequences() throws SQLException {
    List<Progress> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(SEQUENCES)) {
      while (result.next()) {
        all.add(
            new Progress(
                new TableName(result.getString(1), result.getString(2)),
                result.getLong(3),
                result.getLong(4),
                result.getLong(5),
                result.getLong(6)));
      }
    }
    return all;
  }

  private List<Filled> filled() throws SQLException {
    List<Filled> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(FILLED)) {
      while (result.next()) {
        all.add(
            new Filled(
                new TableName(result.getString(1), result.getString(2)),
                result.getString(3),
                new TableName(result.getString(4), result.getString(5))));
      }
    }
    return all;
  }

  private OptionalLong greatest(TableName table, String column) throws SQLException {
    return single("SELECT MAX(" + facts.quote(column) + ") FROM " + quote(table));
  }

  private OptionalLong single(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      long value = result.getLong(1);
      return result.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String quote(TableName name) {
    return facts.quote(name.schema()) + "." + facts.quote(name.name());
  }
}
