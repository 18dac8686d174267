package io.pollux.verify;

import io.pollux.apply.TableReader;
import io.pollux.core.Change;
import io.pollux.core.KeyRange;
import io.pollux.core.LogRecord;
import io.pollux.core.LogRecord.Scope;
import io.pollux.core.RepairedRow;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Logs what makes the backup equal, at the smallest level that is asked for. On the loop. */
final class Repairs {
  private static final System.Logger LOG = System.getLogger(Repairs.class.getName());

  private final ActiveNode node;
  private final Questions questions;
  private final Recurrence recurrence = new Recurrence();

  /** A row of the backup's that differs: its key, and what the backup has. */
  record Suspect(List<SqlValue> key, Optional<List<SqlValue>> here) {}

  Repairs(ActiveNode node, Questions questions) {
    this.node = Objects.requireNonNull(node, "node");
    this.questions = Objects.requireNonNull(questions, "questions");
  }

  /** The row differs; whether it may be repaired once more. */
  boolean admits(TableName table, List<SqlValue> key) {
    return recurrence.admits(table, key, node.loop().clock().now());
  }

  CompletableFuture<Questions.Answer> rows(TableName table, List<Suspect> suspects, String reason) {
    LOG.log(Level.WARNING, "repairing {0} rows of {1} on the backup", suspects.size(), table);
    return questions.exact(
        connection -> {
          TableReader reader = TableReader.open(connection, node.dialect(), table);
          List<RepairedRow> rows = new ArrayList<>();
          for (Suspect suspect : suspects) {
            KeyRange only = KeyRange.only(reader.key(), suspect.key());
            Optional<List<SqlValue>> own =
                reader.rows(only).stream().findFirst().map(TableReader.Read::row);
            Optional<List<SqlValue>> before =
                suspect.here().filter(row -> row.size() == reader.columns().size());
            if (own.isPresent() || before.isPresent()) {
              rows.add(new RepairedRow(before, own));
            }
          }
          return record(reader, table, Scope.ROWS, rows, reason);
        });
  }

  CompletableFuture<Questions.Answer> table(TableName table, String reason) {
    LOG.log(Level.WARNING, "replacing all rows of {0} on the backup", table);
    return questions.exact(
        connection -> {
          TableReader reader = TableReader.open(connection, node.dialect(), table);
          List<RepairedRow> rows = new ArrayList<>();
          for (TableReader.Read row : reader.rows(reader.all())) {
            rows.add(new RepairedRow(Optional.empty(), Optional.of(row.row())));
          }
          return record(reader, table, Scope.TABLE, rows, reason);
        });
  }

  private Function<Stamp, LogRecord> record(
      TableReader reader, TableName table, Scope scope, List<RepairedRow> rows, String reason) {
    List<String> columns = reader.columns();
    int keyColumns = reader.key().size();
    return stamp ->
        new LogRecord.Repair(
            stamp,
            node.id(),
            node.loop().clock().now(),
            reason,
            scope,
            table,
            columns,
            keyColumns,
            rows,
            List.of());
  }

  CompletableFuture<Questions.Answer> generators(List<Change.Generator> marks, String reason) {
    return questions.loose(connection -> bare(Scope.GENERATORS, marks, reason));
  }

  CompletableFuture<Questions.Answer> copy(String reason) {
    LOG.log(Level.WARNING, "the backup needs a full copy: {0}", reason);
    return questions.loose(connection -> bare(Scope.COPY, List.of(), reason));
  }

  private Function<Stamp, LogRecord> bare(
      Scope scope, List<Change.Generator> marks, String reason) {
    return stamp ->
        new LogRecord.Repair(
            stamp,
            node.id(),
            node.loop().clock().now(),
            reason,
            scope,
            new TableName("", ""),
            List.of(),
            0,
            List.of(),
            marks);
  }
}
