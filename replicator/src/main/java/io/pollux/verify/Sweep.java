package io.pollux.verify;

import io.pollux.codec.wire.DigestResult;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.verify.Findings.Compared;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Compares all tables with the follower's, again and again, while the application writes: one range
 * after the other, with a pause behind each, and never while the follower lags. Somebody who asks
 * gets a pass of their own without pauses. All of it on the loop.
 */
public final class Sweep {
  private static final System.Logger LOG = System.getLogger(Sweep.class.getName());

  /** Between two passes, in pauses. */
  private static final int REST_PAUSES = 60;

  private static final String GENERATORS = "generators";

  private final ActiveNode node;
  private final Settings settings;
  private final Questions questions;
  private final Repairs repairs;
  private final Findings findings = new Findings();

  /** Who waits for a whole pass. */
  private final List<CompletableFuture<List<Compared>>> asking = new ArrayList<>();

  private Optional<Pass> running = Optional.empty();

  /** Where an interrupted pass goes on. */
  private Optional<Resume> resume = Optional.empty();

  private boolean scheduled;

  /**
   * How it runs.
   *
   * @param background whether it runs unasked
   * @param pause between two ranges
   */
  public record Settings(boolean background, Duration pause) {}

  /** Tables that are left, and where in the first of them. */
  private record Resume(
      List<TableName> tables, List<SqlValue> after, Map<String, Compared> results) {}

  /** When the next range may be read. */
  interface Pace {
    /** The range up to this key is done. */
    void passed(TableName table, List<SqlValue> key);

    void pause(Runnable next);
  }

  /** One comparison of all tables. */
  private final class Pass implements Pace {
    private final List<CompletableFuture<List<Compared>>> waiting;
    private final TreeMap<String, Compared> results = new TreeMap<>();
    private final Deque<TableName> left = new ArrayDeque<>();
    private List<SqlValue> after = List.of();

    Pass(List<CompletableFuture<List<Compared>>> waiting) {
      this.waiting = waiting;
    }

    @Override
    public void passed(TableName table, List<SqlValue> key) {
      after = key;
    }

    /** Nobody waits: the follower's applying comes first. */
    @Override
    public void pause(Runnable next) {
      if (!waiting.isEmpty() || !asking.isEmpty()) {
        node.loop().execute(next);
        return;
      }
      Position end = node.end();
      node.loop()
          .schedule(
              settings.pause(),
              () -> {
                if (node.isFollowed() && node.applied().isBefore(end)) {
                  pause(next);
                } else {
                  next.run();
                }
              });
    }
  }

  public Sweep(ActiveNode node, Settings settings) {
    this.node = Objects.requireNonNull(node, "node");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.questions = new Questions(node);
    this.repairs = new Repairs(node, questions);
  }

  public Findings findings() {
    return findings;
  }

  /** A backup has begun to follow. */
  public void followed() {
    restLater();
  }

  /** The backup has another copy: what was found is of the past. */
  public void copied() {
    findings.forget();
    resume = Optional.empty();
  }

  private void restLater() {
    if (settings.background() && !scheduled) {
      scheduled = true;
      node.loop()
          .schedule(
              settings.pause().multipliedBy(REST_PAUSES),
              () -> {
                scheduled = false;
                if (node.isFollowed() && running.isEmpty()) {
                  begin(List.of());
                }
              });
    }
  }

  /** A comparison of everything, beginning now. */
  public CompletableFuture<List<Compared>> begin() {
    CompletableFuture<List<Compared>> answer = new CompletableFuture<>();
    if (!node.isFollowed()) {
      answer.completeExceptionally(
          new PolluxException(
              Reason.NOT_IN_SYNC,
              "can't compare: no backup follows this node now; see 'pollux status'"));
      return answer;
    }
    asking.add(answer);
    if (running.isEmpty()) {
      beginAsked();
    }
    return answer;
  }

  private void beginAsked() {
    List<CompletableFuture<List<Compared>>> waiting = List.copyOf(asking);
    asking.clear();
    resume = Optional.empty();
    begin(waiting);
  }

  private void begin(List<CompletableFuture<List<Compared>>> waiting) {
    Pass pass = new Pass(waiting);
    running = Optional.of(pass);
    if (resume.isPresent()) {
      pass.left.addAll(resume.orElseThrow().tables());
      pass.after = resume.orElseThrow().after();
      pass.results.putAll(resume.orElseThrow().results());
      resume = Optional.empty();
      nextTable(pass);
      return;
    }
    SchemaCheck schema = new SchemaCheck(node, questions, repairs);
    whenDone(
        pass,
        schema.tables(),
        differing -> {
          differing.forEach(
              (table, tally) -> note(pass, table.toString(), Optional.of(table), tally));
          list(pass, differing);
        });
  }

  private <T> void whenDone(Pass pass, CompletableFuture<T> work, Consumer<T> next) {
    CompletableFuture<T> unused =
        work.whenComplete(
            (result, failure) -> {
              if (running.filter(current -> current == pass).isEmpty()) {
                return; // It was abandoned.
              } else if (failure == null) {
                next.accept(result);
              } else {
                fail(pass, String.valueOf(failure.getMessage()));
              }
            });
  }

  /** Tables whose definitions differ are not read: their rows have no common form. */
  private void list(Pass pass, Map<TableName, Tally> differing) {
    CompletableFuture<List<TableName>> tables = new CompletableFuture<>();
    node.worker()
        .execute(
            () -> {
              try (Connection connection = node.connect()) {
                List<TableName> all = node.dialect().userTables(connection);
                node.loop().execute(() -> tables.complete(all));
              } catch (SQLException e) {
                node.loop().execute(() -> tables.completeExceptionally(e));
              }
            });
    whenDone(
        pass,
        tables,
        all -> {
          all.stream().filter(table -> !differing.containsKey(table)).forEach(pass.left::add);
          nextTable(pass);
        });
  }

  private void nextTable(Pass pass) {
    if (pass.left.isEmpty()) {
      generators(pass);
      return;
    }
    TableName table = pass.left.peek();
    TableCheck check = new TableCheck(node, questions, repairs, pass, table);
    whenDone(
        pass,
        check.begin(pass.after),
        tally -> {
          pass.left.remove();
          pass.after = List.of();
          note(pass, table.toString(), Optional.of(table), tally);
          pass.pause(() -> ifRunning(pass, () -> nextTable(pass)));
        });
  }

  private void ifRunning(Pass pass, Runnable next) {
    if (running.filter(current -> current == pass).isPresent()) {
      next.run();
    }
  }

  private void generators(Pass pass) {
    whenDone(
        pass,
        new SchemaCheck(node, questions, repairs).generators(),
        tally -> {
          note(pass, GENERATORS, Optional.empty(), tally);
          end(pass);
        });
  }

  private void note(Pass pass, String what, Optional<TableName> table, Tally tally) {
    Compared compared = tally.result(what, table, node.loop().clock().now());
    pass.results.put(what, compared);
    findings.note(compared);
  }

  private void end(Pass pass) {
    running = Optional.empty();
    findings.ended(new TreeSet<>(pass.results.keySet()), node.loop().clock().now());
    pass.waiting.forEach(waiting -> waiting.complete(List.copyOf(pass.results.values())));
    if (asking.isEmpty()) {
      restLater();
    } else {
      beginAsked();
    }
  }

  private void fail(Pass pass, String reason) {
    running = Optional.empty();
    LOG.log(Level.INFO, "the comparison of all tables is interrupted: {0}", reason);
    if (!pass.left.isEmpty()) {
      resume = Optional.of(new Resume(List.copyOf(pass.left), pass.after, pass.results));
    }
    PolluxException failure =
        new PolluxException(
            Reason.NOT_IN_SYNC, "the comparison has no result: " + reason + "; try again");
    pass.waiting.forEach(waiting -> waiting.completeExceptionally(failure));
    asking.forEach(waiting -> waiting.completeExceptionally(failure));
    asking.clear();
    restLater();
  }

  /** What the backup says of a record. */
  public void answered(DigestResult result) {
    questions.answered(result);
  }

  /** The follower is gone, or this node's reign is over. */
  public void abandon(String reason) {
    running.ifPresent(pass -> fail(pass, reason));
    questions.abandon(reason);
  }
}
