package io.pollux.driver;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.OptionalInt;

/** The columns of a result, without those at its end that only the log needs. */
final class PolluxColumns extends ResultSetMetaDataDelegate {
  private final OptionalInt visible;

  PolluxColumns(Scope scope, ResultSetMetaData inner, OptionalInt visible) {
    super(scope, inner);
    this.visible = visible;
  }

  @Override
  public int getColumnCount() throws SQLException {
    return visible.isPresent() ? visible.getAsInt() : inner().getColumnCount();
  }
}
