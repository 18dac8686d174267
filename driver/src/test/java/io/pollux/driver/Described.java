package io.pollux.driver;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import java.util.List;

/** Changes as short lines: what a test says and a person reads. */
final class Described implements Change.Handler<String, RuntimeException> {
  private Described() {}

  static List<String> changes(List<Change> changes) {
    return changes.stream().map(change -> change.accept(new Described())).toList();
  }

  @Override
  public String statement(Change.Statement change) {
    return change.table().name()
        + " "
        + verb(change.sql())
        + change.sets().stream()
            .map(set -> " " + values(set.values()) + "=" + set.count())
            .toList();
  }

  private static String verb(String sql) {
    return sql.substring(0, sql.indexOf(" ")).toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public String rows(Change.Rows change) {
    return change.table().name()
        + " "
        + change.action()
        + change.columns()
        + "/"
        + change.keyColumns()
        + change.rows().stream().map(Described::values).toList();
  }

  @Override
  public String ddl(Change.Ddl change) {
    return change.schema() + ": " + change.sql();
  }

  @Override
  public String generator(Change.Generator change) {
    return change.kind() + " " + change.name() + " " + change.last();
  }

  private static String values(List<SqlValue> values) {
    return values.stream().map(Described::value).toList().toString();
  }

  private static String value(SqlValue value) {
    if (value instanceof SqlValue.Whole whole) {
      return Long.toString(whole.value());
    }
    if (value instanceof SqlValue.Text text) {
      return text.value();
    }
    return value instanceof SqlValue.Null ? "null" : value.toString();
  }
}
