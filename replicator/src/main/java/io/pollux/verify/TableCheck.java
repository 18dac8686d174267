package io.pollux.verify;

import io.pollux.apply.TableDigest;
import io.pollux.apply.TableReader;
import io.pollux.core.KeyRange;
import io.pollux.core.LogRecord;
import io.pollux.core.LogRecord.Subject;
import io.pollux.core.RowDigest;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.verify.Questions.Answer;
import io.pollux.verify.Questions.Reading;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Compares one table, key range after key range. A range that differs is read again in small ones,
 * row by row, and each row that still differs once more at the very moment of a stamp: only what
 * differs then is a finding. On the loop.
 */
final class TableCheck {
  /** Rows of a range that is compared row by row. */
  private static final int FEW = 200;

  /** A table without a key is compared exactly only if it has no more rows. */
  private static final long MOST_WITHOUT_KEY = 20_000;

  /** A table without a key that others write is given so many chances of standing still. */
  private static final int LOOSE_ATTEMPTS = 3;

  private final ActiveNode node;
  private final Questions questions;
  private final RowCheck rows;
  private final Sweep.Pace pace;
  private final TableName table;
  private final Tally tally;
  private final CompletableFuture<Tally> done = new CompletableFuture<>();
  private ChunkSize size;

  TableCheck(
      ActiveNode node, Questions questions, Repairs repairs, Sweep.Pace pace, TableName table) {
    this.node = Objects.requireNonNull(node, "node");
    this.questions = Objects.requireNonNull(questions, "questions");
    this.pace = Objects.requireNonNull(pace, "pace");
    this.table = Objects.requireNonNull(table, "table");
    this.tally = new Tally();
    this.rows = new RowCheck(node, questions, repairs, table, tally);
    this.size = ChunkSize.FIRST;
  }

  /**
   * Completes with what was found; exceptionally if the backup does not answer any more.
   *
   * @param after the key at which a former check was interrupted; empty for the whole table
   */
  CompletableFuture<Tally> begin(List<SqlValue> after) {
    chunk(after);
    return done;
  }

  /** Runs {@code next} with the answer, or ends the check. */
  private void ask(CompletableFuture<Answer> question, Consumer<Answer> next) {
    CompletableFuture<Answer> unused =
        question.whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                next.accept(answer);
              } else {
                tally.unknown(String.valueOf(failure.getMessage()));
                finish();
              }
            });
  }

  private void chunk(List<SqlValue> after) {
    ask(
        questions.loose(range(after, size.rows())),
        answer -> {
          KeyRange range = range(answer);
          tally.compared(answer.position().index(), answer.result().getRows());
          size = size.after(answer.result().getRows(), answer.readNanos());
          if (answer.result().getEqual()) {
            beyond(range);
          } else if (range.columns().isEmpty()) {
            whole(1);
          } else {
            few(range.after(), range);
          }
        });
  }

  private static KeyRange range(Answer answer) {
    return ((LogRecord.Digest) answer.record()).range();
  }

  private void beyond(KeyRange range) {
    if (range.upTo().isEmpty()) {
      rows.end(this::finish);
    } else {
      pace.passed(table, range.upTo());
      pace.pause(() -> chunk(range.upTo()));
    }
  }

  private Reading range(List<SqlValue> after, int most) {
    return connection -> {
      TableReader reader = TableReader.open(connection, node.dialect(), table);
      KeyRange rest = after.isEmpty() ? reader.all() : reader.all().from(after);
      List<SqlValue> bound = reader.bound(rest, most);
      KeyRange range = bound.isEmpty() ? rest : rest.to(bound);
      TableDigest digest = reader.digest(range);
      return stamp ->
          new LogRecord.Digest(
              stamp, table, digest.rows(), digest.sum(), Subject.ROWS, range, List.of());
    };
  }

  /** The next few rows of a range that differs. */
  private void few(List<SqlValue> after, KeyRange whole) {
    ask(
        questions.loose(
            connection -> {
              TableReader reader = TableReader.open(connection, node.dialect(), table);
              KeyRange rest = after.isEmpty() ? whole : whole.from(after);
              List<SqlValue> bound = reader.bound(rest, FEW);
              KeyRange range = bound.isEmpty() ? rest : rest.to(bound);
              return each(table, range, reader.members(range));
            }),
        answer -> rows.check(answer, () -> beyondFew(answer, whole)));
  }

  private void beyondFew(Answer answer, KeyRange whole) {
    KeyRange range = range(answer);
    if (answer.result().getMore() && rows.mayGoOn()) {
      few(range.after(), whole); // Not all of what differs was named.
    } else if (range.upTo().equals(whole.upTo())) {
      beyond(whole);
    } else {
      few(range.upTo(), whole);
    }
  }

  static java.util.function.Function<io.pollux.core.Stamp, LogRecord> each(
      TableName table, KeyRange range, List<RowDigest> members) {
    TableDigest.Sum sum = new TableDigest.Sum();
    members.forEach(member -> sum.add(member.digest()));
    TableDigest digest = sum.digest();
    return stamp ->
        new LogRecord.Digest(
            stamp, table, digest.rows(), digest.sum(), Subject.EACH_ROW, range, members);
  }

  /** A table without a key differs as a whole, or was only written meanwhile. */
  private void whole(int attempt) {
    boolean loose = attempt <= LOOSE_ATTEMPTS;
    Reading all = range(List.of(), Integer.MAX_VALUE);
    ask(
        loose ? questions.loose(all) : questions.exact(all),
        answer -> {
          long most =
              Math.max(answer.result().getRows(), ((LogRecord.Digest) answer.record()).rows());
          if (answer.result().getEqual()) {
            rows.end(this::finish);
          } else if (loose && (attempt < LOOSE_ATTEMPTS || most <= MOST_WITHOUT_KEY)) {
            node.loop().schedule(ChunkSize.TARGET, () -> whole(attempt + 1));
          } else if (loose) {
            tally.unknown("it has no key and changes faster than its " + most + " rows are read");
            finish();
          } else {
            rows.wholeDiffers(answer, this::finish);
          }
        });
  }

  private void finish() {
    done.complete(tally);
  }
}
