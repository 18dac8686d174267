package io.pollux.verify;

import io.pollux.apply.TableReader;
import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.codec.wire.Difference;
import io.pollux.codec.wire.DigestResult;
import io.pollux.core.KeyRange;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.verify.Questions.Answer;
import io.pollux.verify.Repairs.Suspect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Rows of one table that seem to differ: makes sure, and has them repaired. On the loop. */
final class RowCheck {
  /** Of one table in one pass; beyond it rows are not repaired one by one. */
  private static final int MOST_REPAIRED = 2_000;

  /** Rows that are repaired together because one by one did not work. */
  private static final int MOST_TOGETHER = 500;

  private final ActiveNode node;
  private final Questions questions;
  private final Repairs repairs;
  private final TableName table;
  private final Tally tally;

  /** Could not be repaired alone: constraints bind them to other rows. */
  private final List<Suspect> together = new ArrayList<>();

  private Optional<String> trouble = Optional.empty();

  RowCheck(ActiveNode node, Questions questions, Repairs repairs, TableName table, Tally tally) {
    this.node = Objects.requireNonNull(node, "node");
    this.questions = Objects.requireNonNull(questions, "questions");
    this.repairs = Objects.requireNonNull(repairs, "repairs");
    this.table = Objects.requireNonNull(table, "table");
    this.tally = Objects.requireNonNull(tally, "tally");
  }

  /** Whether it makes sense to find more rows. */
  boolean mayGoOn() {
    return tally.differing() < MOST_REPAIRED && trouble.isEmpty();
  }

  private void ask(CompletableFuture<Answer> question, Consumer<Answer> next, Runnable otherwise) {
    CompletableFuture<Answer> unused =
        question.whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                next.accept(answer);
              } else {
                trouble = Optional.of(String.valueOf(failure.getMessage()));
                otherwise.run();
              }
            });
  }

  /** Looks at each row that differs in a loose answer; then {@code next}. */
  void check(Answer answer, Runnable next) {
    try {
      Deque<List<SqlValue>> keys = new ArrayDeque<>();
      for (Difference difference : answer.result().getDifferencesList()) {
        keys.add(RecordCodec.values(difference.getKey()));
      }
      if (keys.isEmpty() && !answer.result().getEqual()) {
        tally.differs(answer.result().getDetail());
      }
      confirm(keys, next);
    } catch (CodecException e) {
      trouble = Optional.of("the backup's answer can't be read: " + e.getMessage());
      next.run();
    }
  }

  private void confirm(Deque<List<SqlValue>> keys, Runnable next) {
    if (keys.isEmpty() || !mayGoOn()) {
      next.run();
      return;
    }
    List<SqlValue> key = keys.remove();
    ask(
        questions.exact(
            connection -> {
              TableReader reader = TableReader.open(connection, node.dialect(), table);
              KeyRange only = KeyRange.only(reader.key(), key);
              return TableCheck.each(table, only, reader.members(only));
            }),
        answer -> {
          if (answer.result().getEqual()) {
            confirm(keys, next); // It had only moved.
          } else {
            found(answer.result(), key, () -> confirm(keys, next));
          }
        },
        next);
  }

  private void found(DigestResult result, List<SqlValue> key, Runnable next) {
    Suspect suspect;
    try {
      suspect = suspect(result, key);
    } catch (CodecException e) {
      trouble = Optional.of("the backup's answer can't be read: " + e.getMessage());
      next.run();
      return;
    }
    tally.differs(key);
    if (!result.getRepair()) {
      next.run();
    } else if (!repairs.admits(table, key)) {
      tally.alarm();
      next.run();
    } else {
      String reason = "the row differs: " + result.getDetail();
      ask(
          repairs.rows(table, List.of(suspect), reason),
          answer -> {
            if (answer.result().getEqual()) {
              tally.repaired(1);
            } else {
              tally.detail(answer.result().getDetail());
              together.add(suspect);
            }
            next.run();
          },
          next);
    }
  }

  private static Suspect suspect(DigestResult result, List<SqlValue> key) throws CodecException {
    for (Difference difference : result.getDifferencesList()) {
      if (RecordCodec.values(difference.getKey()).equals(key) && difference.hasHere()) {
        return new Suspect(key, Optional.of(RecordCodec.values(difference.getHere())));
      }
    }
    return new Suspect(key, Optional.empty());
  }

  /** The table is through: what could not be repaired row by row is repaired at a higher level. */
  void end(Runnable next) {
    if (trouble.isPresent()) {
      tally.unknown(trouble.orElseThrow());
      next.run();
    } else if (tally.differing() >= MOST_REPAIRED) {
      copy("more than " + MOST_REPAIRED + " rows of " + table + " differ", next);
    } else if (together.isEmpty()) {
      next.run();
    } else if (together.size() > MOST_TOGETHER) {
      copy(together.size() + " rows of " + table + " can't be repaired one by one", next);
    } else {
      ask(
          repairs.rows(table, together, "the rows could not be repaired one by one"),
          answer -> {
            if (answer.result().getEqual()) {
              tally.repaired(together.size());
              next.run();
            } else {
              copy(table + " can't be repaired: " + answer.result().getDetail(), next);
            }
          },
          () -> copy(table + " can't be repaired: " + trouble.orElse(""), next));
    }
  }

  /** A table without a key differs at the moment of a stamp. */
  void wholeDiffers(Answer found, Runnable next) {
    tally.differs(found.result().getDetail());
    if (!found.result().getRepair()) {
      next.run();
    } else if (!repairs.admits(table, List.of())) {
      tally.alarm();
      next.run();
    } else {
      ask(
          repairs.table(table, "the table has no key and differs: " + found.result().getDetail()),
          answer -> {
            if (answer.result().getEqual()) {
              tally.repaired(1);
              next.run();
            } else {
              copy(table + " can't be repaired: " + answer.result().getDetail(), next);
            }
          },
          () -> copy(table + " can't be repaired: " + trouble.orElse(""), next));
    }
  }

  private void copy(String reason, Runnable next) {
    if (!repairs.admits(new TableName("", ""), List.of())) {
      tally.alarm();
      tally.detail(reason);
      next.run();
      return;
    }
    ask(
        repairs.copy(reason),
        answer -> {
          tally.copyDue(reason);
          next.run();
        },
        () -> {
          tally.unknown(reason);
          next.run();
        });
  }
}
