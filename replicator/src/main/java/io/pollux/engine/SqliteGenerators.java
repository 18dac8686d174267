package io.pollux.engine;

import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns with AUTOINCREMENT: their positions are rows of a table, moved by explicit keys and
 * undone by a rollback. A key without it is the greatest one and one more, and so needs nothing.
 */
final class SqliteGenerators {
  /** What a new reign skips: values that lost transactions may have shown to someone. */
  static final long GAP = 100;

  private static final String EXISTS =
      "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'";

  private static final String READ = "SELECT lower(name), seq FROM main.sqlite_sequence ORDER BY 1";

  private static final String RAISE =
      "UPDATE main.sqlite_sequence SET seq = max(seq, ?) + ? WHERE lower(name) = ?"
          + " AND max(seq, ?) + ? > seq";

  private final Connection connection;

  SqliteGenerators(Connection connection) {
    this.connection = connection;
  }

  List<Generator> all() throws SQLException {
    List<Generator> all = new ArrayList<>();
    if (CatalogueTables.finds(connection, EXISTS)) {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(READ)) {
        while (result.next()) {
          TableName table = new TableName(SqliteSession.MAIN, result.getString(1));
          all.add(new Generator(GeneratorKind.IDENTITY, table, result.getLong(2)));
        }
      }
    }
    return all;
  }

  /** Puts each above its mark, if it has one, and the gap. */
  void raise(List<Generator> marks, long gap) throws SQLException {
    for (Generator generator : all()) {
      long last = generator.last();
      for (Generator mark : marks) {
        boolean same = mark.name().equals(generator.name());
        last = same ? Math.max(last, mark.last()) : last;
      }
      long room = Math.min(gap, Long.MAX_VALUE - last);
      try (PreparedStatement raise = connection.prepareStatement(RAISE)) {
        raise.setLong(1, last);
        raise.setLong(2, room);
        raise.setString(3, generator.name().name());
        raise.setLong(4, last);
        raise.setLong(5, room);
        raise.executeUpdate();
      }
    }
  }
}
