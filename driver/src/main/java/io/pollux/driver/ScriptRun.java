package io.pollux.driver;

import io.pollux.engine.Dialect.ScriptRule;
import io.pollux.sql.CapturePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Several statements of one text, one by one, as the engine would run them together. */
final class ScriptRun {
  private final PolluxConnection connection;
  private final LocalTransaction transaction;
  private final Invocation call;
  private final ScriptRule rule;

  ScriptRun(PolluxConnection connection, Invocation call) {
    this.connection = connection;
    this.transaction = connection.transaction();
    this.call = call;
    this.rule = connection.node().dialect().scriptRule();
  }

  Outcome run(CapturePlan.Script plan) throws SQLException {
    boolean isCalledSo =
        !call.mustFail()
            && call.method() != CallMethod.QUERY
            && (rule != ScriptRule.ALONE_AS_UPDATE || call.method() != CallMethod.EXECUTE);
    if (rule == ScriptRule.NEVER || !isCalledSo || call.keys().asks()) {
      throw Refusals.notCaptured(
          "several statements", "they can't be run so as one call", "execute them one by one");
    }
    if (rule == ScriptRule.ALONE_IF_ALL_CAN_BE_READ) {
      read(plan.texts());
    }
    call.statement().closeRows();
    List<Long> counts = all(plan.texts());
    return switch (rule) {
      case TOGETHER -> Outcome.counts(counts);
      case ALONE_IF_ALL_CAN_BE_READ ->
          Outcome.counts(counts.subList(counts.size() - 1, counts.size()));
      case ALONE_AS_UPDATE ->
          Outcome.counts(List.of(counts.stream().mapToLong(Long::longValue).sum()));
      case ALONE, NEVER -> Outcome.counts(counts.subList(0, 1));
    };
  }

  private void read(List<String> texts) throws SQLException {
    Connection inner = connection.inner();
    for (String text : texts) {
      inner.prepareStatement(text).close();
    }
    for (String text : texts) {
      if (plan(text) instanceof CapturePlan.Refuse refusal) {
        throw Refusals.notCaptured(refusal);
      }
    }
  }

  private List<Long> all(List<String> texts) throws SQLException {
    SqlWork<List<Long>> work = () -> each(texts);
    boolean isOne =
        switch (rule) {
          case TOGETHER ->
              transaction.isEachItsOwn() && !(plan(texts.get(0)) instanceof CapturePlan.Control);
          case ALONE -> !transaction.isEachItsOwn() && leaveTheTransactionOpen(texts);
          default -> false;
        };
    if (isOne) {
      return transaction.write(() -> transaction.atomically(work));
    }
    return work.run();
  }

  private boolean leaveTheTransactionOpen(List<String> texts) throws SQLException {
    for (String text : texts) {
      CapturePlan plan = plan(text);
      if (plan instanceof CapturePlan.Control || plan instanceof CapturePlan.Ddl) {
        return false;
      }
    }
    return true;
  }

  private CapturePlan plan(String text) throws SQLException {
    return connection.find(text).plan();
  }

  private List<Long> each(List<String> texts) throws SQLException {
    List<Long> counts = new ArrayList<>();
    for (String text : texts) {
      Plans.Found found = connection.find(text);
      if (!found.plan().returnsNoRows()) {
        throw Refusals.notCaptured(
            "several statements", "one of them returns rows", "execute them one by one");
      }
      Invocation one =
          new TextInvocation(call.statement(), found, CallMethod.UPDATE, KeyRequest.NONE, false);
      counts.add(call.statement().execution().perform(one).answer().count());
    }
    return counts;
  }
}
