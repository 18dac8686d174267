package io.pollux.engine;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** What a node in schema APP logs for a plan, each value a null. */
final class PlanLog implements CapturePlan.Handler<List<Change>, RuntimeException> {
  private static final String SCHEMA = "APP";

  private final String sql;

  private PlanLog(String sql) {
    this.sql = sql;
  }

  static List<Change> of(String sql, CapturePlan plan) {
    return plan.accept(new PlanLog(sql));
  }

  private static List<SqlValue> nulls(int count) {
    return java.util.Collections.nCopies(count, new SqlValue.Null(Types.NULL));
  }

  private static List<Change> statement(TableName table, Bound logged) {
    Change.ParameterSet set = new Change.ParameterSet(nulls(logged.bindings().size()), 1);
    return List.of(new Change.Statement(SCHEMA, table, logged.sql(), List.of(set)));
  }

  @Override
  public List<Change> pass(CapturePlan.Pass plan) {
    return List.of();
  }

  @Override
  public List<Change> closed(CapturePlan.Closed plan) {
    return statement(plan.table(), plan.logged());
  }

  @Override
  public List<Change> locked(CapturePlan.Locked plan) {
    return closed(plan.statement());
  }

  @Override
  public List<Change> split(CapturePlan.Split plan) {
    return plan.parts().stream().flatMap(part -> closed(part).stream()).toList();
  }

  @Override
  public List<Change> eachKey(CapturePlan.EachKey plan) {
    return statement(plan.table(), plan.logged());
  }

  @Override
  public List<Change> images(CapturePlan.Images plan) {
    List<String> columns = new ArrayList<>(plan.setColumns());
    columns.addAll(plan.keyColumns());
    return List.of(
        new Change.Rows(
            plan.table(),
            Change.Action.UPDATE,
            columns,
            plan.keyColumns().size(),
            List.of(nulls(columns.size()))));
  }

  @Override
  public List<Change> merge(CapturePlan.Merge plan) {
    return List.of(
        new Change.Rows(
            plan.table(),
            Change.Action.UPSERT,
            plan.columns(),
            plan.keyColumns(),
            List.of(nulls(plan.columns().size()))));
  }

  @Override
  public List<Change> returning(CapturePlan.Returning plan) {
    return statement(plan.table(), plan.logged());
  }

  @Override
  public List<Change> insertSelect(CapturePlan.InsertSelect plan) {
    return closed(plan.insert());
  }

  @Override
  public List<Change> sequence(CapturePlan.Sequence plan) {
    return List.of();
  }

  @Override
  public List<Change> ddl(CapturePlan.Ddl plan) {
    return List.of(new Change.Ddl(SCHEMA, sql));
  }

  @Override
  public List<Change> session(CapturePlan.Session plan) {
    return List.of();
  }

  @Override
  public List<Change> control(CapturePlan.Control plan) {
    return List.of();
  }

  @Override
  public List<Change> script(CapturePlan.Script plan) {
    return List.of();
  }

  @Override
  public List<Change> refuse(CapturePlan.Refuse plan) {
    return List.of();
  }
}
