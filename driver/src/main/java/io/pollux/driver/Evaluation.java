package io.pollux.driver;

import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sql.Binding;
import io.pollux.sql.Bound;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of one execution: the clock is read once, a sequence is drawn once for each row, so
 * that what runs here and what is logged are the same.
 */
final class Evaluation {
  private final RunningNode node;
  private final Connection inner;
  private final TransactionCapture capture;
  private final List<SqlValue> parameters;
  private final List<SqlValue> fetched;
  private final Instant now;
  private final Map<TableName, SqlValue> drawn = new HashMap<>();

  private Evaluation(
      PolluxConnection connection, List<SqlValue> parameters, List<SqlValue> fetched, Instant now) {
    this.node = connection.node();
    this.inner = connection.inner();
    this.capture = connection.transaction().capture();
    this.parameters = parameters;
    this.fetched = fetched;
    this.now = now;
  }

  private Evaluation(Evaluation statement, List<SqlValue> fetched) {
    this.node = statement.node;
    this.inner = statement.inner;
    this.capture = statement.capture;
    this.parameters = statement.parameters;
    this.fetched = fetched;
    this.now = statement.now;
  }

  static Evaluation of(PolluxConnection connection, List<SqlValue> parameters) {
    return new Evaluation(connection, parameters, List.of(), connection.node().clock().now());
  }

  /** The same execution at one row of the plan's query. */
  Evaluation at(List<SqlValue> row) {
    return new Evaluation(this, row);
  }

  List<SqlValue> parameters() {
    return parameters;
  }

  List<SqlValue> values(Bound bound) throws SQLException {
    return values(bound, Optional.empty());
  }

  List<SqlValue> values(Bound bound, Optional<SqlValue> generatedKey) throws SQLException {
    List<SqlValue> values = new ArrayList<>(bound.bindings().size());
    for (Binding binding : bound.bindings()) {
      values.add(value(binding, generatedKey));
    }
    return values;
  }

  private SqlValue value(Binding binding, Optional<SqlValue> generatedKey) throws SQLException {
    if (binding instanceof Binding.Parameter parameter) {
      return parameter(parameter.index());
    }
    if (binding instanceof Binding.Fetched column) {
      return fetched.get(column.ordinal());
    }
    if (binding instanceof Binding.Clock clock) {
      return node.dialect().clockNow(clock.kind(), now);
    }
    if (binding instanceof Binding.NextValue next) {
      return draw(next.sequence());
    }
    return generatedKey.orElseThrow(
        () -> new IllegalStateException("no key was generated for " + binding));
  }

  private SqlValue parameter(int index) throws SQLException {
    SqlValue value = index <= parameters.size() ? parameters.get(index - 1) : null;
    if (value == null) {
      throw new SQLException("parameter " + index + " of the statement was not set", "07001");
    }
    return value;
  }

  private SqlValue draw(TableName sequence) throws SQLException {
    SqlValue known = drawn.get(sequence);
    if (known == null) {
      known = new SqlValue.Whole(node.dialect().nextValue(inner, sequence));
      capture.sequenceDrawn(sequence);
      drawn.put(sequence, known);
    }
    return known;
  }
}
