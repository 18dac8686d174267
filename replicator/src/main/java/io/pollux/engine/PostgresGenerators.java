package io.pollux.engine;

import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.TableName;
import io.pollux.sql.SqlFacts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sequences, and the columns that draw from them by default or as identity. An explicit value moves
 * no sequence here; {@code setval} is never undone.
 */
final class PostgresGenerators {
  /** What a raised generator skips: values that lost transactions may have shown to someone. */
  static final long GAP = 100;

  private static final String SEQUENCES =
      "SELECT c.oid, n.nspname, c.relname, s.seqincrement, s.seqmax,"
          + " pg_catalog.pg_sequence_last_value(c.oid), tn.nspname, t.relname, a.attname"
          + " FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid"
          + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " LEFT JOIN (SELECT objid AS seq, refobjid AS rel, refobjsubid AS num"
          + " FROM pg_catalog.pg_depend WHERE deptype IN ('a', 'i') AND refobjsubid > 0"
          + " AND classid = 'pg_catalog.pg_class'::regclass"
          + " AND refclassid = 'pg_catalog.pg_class'::regclass"
          + " UNION SELECT d.refobjid, f.adrelid, f.adnum FROM pg_catalog.pg_depend d"
          + " JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid"
          + " WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass"
          + " AND d.refclassid = 'pg_catalog.pg_class'::regclass) u ON u.seq = c.oid"
          + " LEFT JOIN pg_catalog.pg_class t ON t.oid = u.rel"
          + " LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace"
          + " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = u.rel AND a.attnum = u.num"
          + " WHERE c.relpersistence <> 't' ORDER BY n.nspname, c.relname, tn.nspname, t.relname";

  private record Use(TableName table, String column) {}

  /** {@code last} is empty if the sequence never gave a value. */
  private record Sequence(
      long id, TableName name, long increment, long max, Optional<Long> last, List<Use> uses) {
    boolean answersTo(GeneratorKind kind, TableName wanted) {
      return kind == GeneratorKind.SEQUENCE
          ? name.equals(wanted)
          : uses.stream().anyMatch(use -> use.table().equals(wanted));
    }
  }

  private final Connection connection;
  private final SqlFacts facts = PostgresFacts.SQL;

  PostgresGenerators(Connection connection) {
    this.connection = connection;
  }

  long nextValue(TableName sequence) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_catalog.nextval(CAST(? AS regclass))")) {
      statement.setString(1, quote(sequence));
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  Optional<Long> lastValue(GeneratorKind kind, TableName name) throws SQLException {
    return sequences().stream()
        .filter(sequence -> sequence.answersTo(kind, name))
        .flatMap(sequence -> sequence.last().stream())
        .max(Long::compare);
  }

  List<Generator> all() throws SQLException {
    List<Generator> all = new ArrayList<>();
    for (Sequence sequence : sequences()) {
      sequence
          .last()
          .ifPresent(last -> all.add(new Generator(GeneratorKind.SEQUENCE, sequence.name(), last)));
    }
    return all;
  }

  /** Half of the gap is left as it is, so that not each mark sets the sequence anew. */
  void keepAbove(Generator mark) throws SQLException {
    for (Sequence sequence : sequences()) {
      if (sequence.answersTo(mark.kind(), mark.name())
          && isBelow(sequence, mark.last() + GAP / 2 * sequence.increment())) {
        set(sequence, mark.last());
      }
    }
  }

  void raise(List<Generator> marks) throws SQLException {
    for (Sequence sequence : sequences()) {
      long wanted = Long.MIN_VALUE;
      for (Generator mark : marks) {
        if (sequence.answersTo(mark.kind(), mark.name())) {
          wanted = Math.max(wanted, mark.last());
        }
      }
      for (Use use : sequence.uses()) {
        wanted = Math.max(wanted, greatest(use));
      }
      if (wanted > Long.MIN_VALUE && isBelow(sequence, wanted)) {
        set(sequence, wanted);
      }
    }
  }

  private static boolean isBelow(Sequence sequence, long value) {
    return sequence.increment() > 0
        && sequence.last().map(last -> last < Math.min(value, sequence.max())).orElse(true);
  }

  private void set(Sequence sequence, long value) throws SQLException {
    long room = sequence.max() - GAP * sequence.increment();
    long target = value >= room ? sequence.max() : value + GAP * sequence.increment();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_catalog.setval(CAST(CAST(? AS oid) AS regclass), ?)")) {
      statement.setLong(1, sequence.id());
      statement.setLong(2, target);
      statement.execute();
    }
  }

  private long greatest(Use use) throws SQLException {
    String sql = "SELECT max(" + facts.quote(use.column()) + ") FROM " + quote(use.table());
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      long greatest = result.getLong(1);
      return result.wasNull() ? Long.MIN_VALUE : greatest;
    }
  }

  private List<Sequence> sequences() throws SQLException {
    Map<Long, Sequence> sequences = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(SEQUENCES)) {
      while (result.next()) {
        long last = result.getLong(6);
        Optional<Long> known = result.wasNull() ? Optional.empty() : Optional.of(last);
        Sequence sequence =
            !sequences.containsKey(result.getLong(1))
                ? add(sequences, result, known)
                : sequences.get(result.getLong(1));
        if (result.getString(8) != null) {
          TableName table = new TableName(result.getString(7), result.getString(8));
          sequence.uses().add(new Use(table, result.getString(9)));
        }
      }
    }
    return List.copyOf(sequences.values());
  }

  private static Sequence add(Map<Long, Sequence> all, ResultSet result, Optional<Long> last)
      throws SQLException {
    Sequence sequence =
        new Sequence(
            result.getLong(1),
            new TableName(result.getString(2), result.getString(3)),
            result.getLong(4),
            result.getLong(5),
            last,
            new ArrayList<>());
    all.put(sequence.id(), sequence);
    return sequence;
  }

  private String quote(TableName name) {
    return facts.quote(name.schema()) + "." + facts.quote(name.name());
  }
}
