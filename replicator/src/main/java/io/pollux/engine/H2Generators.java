package io.pollux.engine;

import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.TableName;
import io.pollux.sql.SqlFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Identity columns and sequences. An explicit key doesn't move a generator here (DETERMINISM.md
 * 3.3), so that a reign begins with raising what is behind. To raise one commits.
 */
final class H2Generators {
  /** What a raised generator skips: values that lost transactions may have shown to someone. */
  static final long GAP = 100;

  private static final String IDENTITIES =
      "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, IDENTITY_BASE, IDENTITY_START,"
          + " IDENTITY_INCREMENT, IDENTITY_MAXIMUM FROM INFORMATION_SCHEMA.COLUMNS"
          + " WHERE IS_IDENTITY = 'YES' AND TABLE_SCHEMA <> 'POLLUX' ORDER BY 1, 2";

  private static final String SEQUENCES =
      "SELECT SEQUENCE_SCHEMA, SEQUENCE_NAME, NULL, BASE_VALUE, START_VALUE, INCREMENT,"
          + " MAXIMUM_VALUE FROM INFORMATION_SCHEMA.SEQUENCES ORDER BY 1, 2";

  /**
   * A generator and how far it is.
   *
   * @param column of an identity; empty for a sequence
   * @param next what it gives next; empty when all values are given
   */
  private record Progress(
      TableName name,
      Optional<String> column,
      OptionalLong next,
      long start,
      long increment,
      long greatest) {

    GeneratorKind kind() {
      return column.isPresent() ? GeneratorKind.IDENTITY : GeneratorKind.SEQUENCE;
    }

    boolean isUsed() {
      return next.isEmpty() || next.getAsLong() != start;
    }

    Generator mark() {
      return new Generator(
          kind(), name, next.isPresent() ? next.getAsLong() - increment : greatest);
    }

    /** The value behind {@code last} and the gap, or without it where it doesn't fit. */
    OptionalLong above(long last) {
      long room = greatest - last;
      long gap = GAP * increment;
      if (room < increment) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(last + increment + (room >= increment + gap ? gap : 0));
    }
  }

  private final Connection connection;
  private final SqlFacts facts;

  H2Generators(Connection connection, SqlFacts facts) {
    this.connection = connection;
    this.facts = facts;
  }

  long nextValue(TableName sequence) throws SQLException {
    return single("VALUES NEXT VALUE FOR " + quote(sequence)).orElseThrow();
  }

  Optional<Long> lastValue(GeneratorKind kind, TableName name) throws SQLException {
    return all().stream()
        .filter(generator -> generator.kind() == kind && generator.name().equals(name))
        .map(Generator::last)
        .findFirst();
  }

  List<Generator> all() throws SQLException {
    return progress().stream().filter(Progress::isUsed).map(Progress::mark).toList();
  }

  private List<Progress> progress() throws SQLException {
    List<Progress> all = new ArrayList<>(progress(IDENTITIES));
    all.addAll(progress(SEQUENCES));
    return all;
  }

  private List<Progress> progress(String sql) throws SQLException {
    List<Progress> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        long next = result.getLong(4);
        boolean exhausted = result.wasNull();
        all.add(
            new Progress(
                new TableName(result.getString(1), result.getString(2)),
                Optional.ofNullable(result.getString(3)),
                exhausted ? OptionalLong.empty() : OptionalLong.of(next),
                result.getLong(5),
                result.getLong(6),
                result.getLong(7)));
      }
    }
    return all;
  }

  void raise(List<Generator> marks) throws SQLException {
    for (Progress generator : progress()) {
      long last = Math.max(greatest(generator), mark(marks, generator));
      if (generator.next().isPresent() && last >= generator.next().getAsLong()) {
        OptionalLong raised = generator.above(last);
        if (raised.isPresent()) {
          execute(alter(generator) + " RESTART WITH " + raised.getAsLong());
        }
      }
    }
  }

  private String alter(Progress generator) {
    String name = quote(generator.name());
    return generator
        .column()
        .map(column -> "ALTER TABLE " + name + " ALTER COLUMN " + facts.quote(column))
        .orElse("ALTER SEQUENCE " + name);
  }

  private static long mark(List<Generator> marks, Progress generator) {
    return marks.stream()
        .filter(mark -> mark.kind() == generator.kind() && mark.name().equals(generator.name()))
        .mapToLong(Generator::last)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  private long greatest(Progress generator) throws SQLException {
    if (generator.column().isEmpty()) {
      return Long.MIN_VALUE;
    }
    String column = facts.quote(generator.column().get());
    return single("SELECT MAX(" + column + ") FROM " + quote(generator.name()))
        .orElse(Long.MIN_VALUE);
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
