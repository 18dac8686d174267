package io.pollux.verify;

import io.pollux.apply.Comparison;
import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.codec.wire.Difference;
import io.pollux.core.Change;
import io.pollux.core.KeyRange;
import io.pollux.core.LogRecord;
import io.pollux.core.LogRecord.Subject;
import io.pollux.core.RowDigest;
import io.pollux.core.SqlValue;
import io.pollux.core.Stamp;
import io.pollux.core.TableName;
import io.pollux.verify.Questions.Answer;
import io.pollux.verify.Questions.Reading;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares definitions and generators. Neither can be held still, so a difference counts when it is
 * found again, unchanged on both sides: a change on its way would have arrived. On the loop.
 */
final class SchemaCheck {
  private static final TableName NONE = new TableName("", "");
  private static final int TIMES = 3;
  private static final Duration BETWEEN = Duration.ofMillis(500);

  private final ActiveNode node;
  private final Questions questions;
  private final Repairs repairs;

  /** As last read; set by the worker, and looked at when its answer is there. */
  private volatile Map<TableName, List<String>> definitions = Map.of();

  /** What a question found: each member that differs, as both sides have it. */
  private record Seen(List<SqlValue> key, Optional<SqlValue.Bytes> there, List<SqlValue> here) {}

  SchemaCheck(ActiveNode node, Questions questions, Repairs repairs) {
    this.node = Objects.requireNonNull(node, "node");
    this.questions = Objects.requireNonNull(questions, "questions");
    this.repairs = Objects.requireNonNull(repairs, "repairs");
  }

  /** Tables whose definitions differ, with what is to be said of them. */
  CompletableFuture<Map<TableName, Tally>> tables() {
    CompletableFuture<Map<TableName, Tally>> done = new CompletableFuture<>();
    Reading schema =
        connection -> {
          definitions = new Comparison(connection, node.dialect()).schema();
          List<RowDigest> tables = new ArrayList<>();
          definitions.forEach((table, lines) -> tables.add(Comparison.member(table, lines)));
          return record(Subject.SCHEMA, tables);
        };
    again(schema, Optional.empty(), 1, done, this::judgeTables);
    return done;
  }

  /** All generators as one. */
  CompletableFuture<Tally> generators() {
    CompletableFuture<Tally> done = new CompletableFuture<>();
    Reading marks =
        connection -> {
          List<RowDigest> members = new ArrayList<>();
          for (Change.Generator generator : node.dialect().generators(connection)) {
            members.add(member(generator));
          }
          return record(Subject.GENERATORS, members);
        };
    again(marks, Optional.empty(), 1, done, this::judgeGenerators);
    return done;
  }

  private static RowDigest member(Change.Generator generator) {
    return new RowDigest(
        List.of(
            new SqlValue.Text(generator.kind().name()),
            new SqlValue.Text(generator.name().schema()),
            new SqlValue.Text(generator.name().name())),
        new SqlValue.Bytes(ByteBuffer.allocate(Long.BYTES).putLong(generator.last()).array()));
  }

  private static Function<Stamp, LogRecord> record(Subject subject, List<RowDigest> members) {
    return stamp ->
        new LogRecord.Digest(
            stamp,
            NONE,
            members.size(),
            new SqlValue.Bytes(new byte[0]),
            subject,
            KeyRange.ALL,
            members);
  }

  /** Says what a lasting difference means; with none, that all is well. */
  @FunctionalInterface
  private interface Judge<T> {
    void judge(Answer answer, Set<Seen> lasting, CompletableFuture<T> done);
  }

  private <T> void again(
      Reading reading,
      Optional<Set<Seen>> before,
      int time,
      CompletableFuture<T> done,
      Judge<T> judge) {
    CompletableFuture<Answer> unused =
        questions
            .loose(reading)
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null) {
                    done.completeExceptionally(failure);
                    return;
                  }
                  try {
                    Set<Seen> lasting = seen(answer);
                    before.ifPresent(lasting::retainAll);
                    if (lasting.isEmpty() || time == TIMES) {
                      judge.judge(answer, lasting, done);
                    } else {
                      node.loop()
                          .schedule(
                              BETWEEN,
                              () -> again(reading, Optional.of(lasting), time + 1, done, judge));
                    }
                  } catch (CodecException e) {
                    done.completeExceptionally(e);
                  }
                });
  }

  private static Set<Seen> seen(Answer answer) throws CodecException {
    Map<List<SqlValue>, SqlValue.Bytes> there =
        ((LogRecord.Digest) answer.record())
            .members().stream().collect(Collectors.toMap(RowDigest::key, RowDigest::digest));
    boolean generators = ((LogRecord.Digest) answer.record()).subject() == Subject.GENERATORS;
    Set<Seen> seen = new HashSet<>();
    for (Difference difference : answer.result().getDifferencesList()) {
      List<SqlValue> key = RecordCodec.values(difference.getKey());
      // A generator goes on: only that the backup's mark does not move says something.
      Optional<SqlValue.Bytes> own =
          generators ? Optional.empty() : Optional.ofNullable(there.get(key));
      seen.add(new Seen(key, own, RecordCodec.values(difference.getHere())));
    }
    return seen;
  }

  private void judgeTables(
      Answer answer, Set<Seen> lasting, CompletableFuture<Map<TableName, Tally>> done) {
    Map<TableName, Tally> tables = new TreeMap<>();
    for (Seen difference : lasting) {
      Tally tally = new Tally();
      tally.compared(answer.position().index(), 0);
      TableName table = name(difference.key(), 0);
      tally.differs(what(difference, definitions.getOrDefault(table, List.of())));
      tables.put(table, tally);
    }
    if (tables.isEmpty() || !answer.result().getRepair()) {
      done.complete(tables);
      return;
    }
    String reason = "definitions differ: " + tables.keySet();
    if (!repairs.admits(NONE, List.of())) {
      tables.values().forEach(Tally::alarm);
      done.complete(tables);
      return;
    }
    CompletableFuture<Answer> unused =
        repairs
            .copy(reason)
            .whenComplete(
                (asked, failure) -> {
                  if (failure == null) {
                    tables.values().forEach(tally -> tally.copyDue("a full copy was asked for"));
                  }
                  done.complete(tables);
                });
  }

  private static String what(Seen difference, List<String> active) {
    if (difference.there().isEmpty()) {
      return "only the backup has this table";
    } else if (difference.here().isEmpty()) {
      return "the backup does not have this table";
    }
    List<String> backup = new ArrayList<>();
    for (int i = 0; i < difference.here().size(); i++) {
      backup.add(text(difference.here(), i));
    }
    List<String> lacks = new ArrayList<>(active);
    backup.forEach(lacks::remove);
    List<String> has = new ArrayList<>(backup);
    active.forEach(has::remove);
    return "the backup has " + has + " and lacks " + lacks;
  }

  private static TableName name(List<SqlValue> key, int from) {
    return new TableName(text(key, from), text(key, from + 1));
  }

  private static String text(List<SqlValue> key, int at) {
    return key.size() > at && key.get(at) instanceof SqlValue.Text text ? text.value() : "?";
  }

  /** To raise a mark never harms, so it is no difference of the nodes. */
  private void judgeGenerators(Answer answer, Set<Seen> lasting, CompletableFuture<Tally> done) {
    Tally tally = new Tally();
    tally.compared(answer.position().index(), 0);
    List<Change.Generator> marks = new ArrayList<>();
    for (RowDigest member : ((LogRecord.Digest) answer.record()).members()) {
      if (lasting.stream().anyMatch(seen -> seen.key().equals(member.key()))) {
        marks.add(
            new Change.Generator(
                Change.GeneratorKind.valueOf(text(member.key(), 0)),
                name(member.key(), 1),
                ByteBuffer.wrap(member.digest().value()).getLong()));
      }
    }
    if (marks.isEmpty() || !answer.result().getRepair()) {
      marks.forEach(mark -> tally.differs("generator " + mark.name() + " is behind"));
      done.complete(tally);
      return;
    }
    CompletableFuture<Answer> unused =
        repairs
            .generators(marks, "generators are behind the active node's")
            .whenComplete(
                (raised, failure) -> {
                  if (failure == null) {
                    tally.detail("raised: " + marks.stream().map(Change.Generator::name).toList());
                  } else {
                    tally.unknown(String.valueOf(failure.getMessage()));
                  }
                  done.complete(tally);
                });
  }
}
