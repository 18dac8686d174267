package io.pollux.sql;

import io.pollux.core.TableName;
import java.sql.SQLException;
import java.util.Optional;

/** What the database says of its own objects, as one session sees it. */
public interface Catalogue {
  /** The schema in which unqualified names resolve; empty on an engine without schemas. */
  String currentSchema() throws SQLException;

  /** What an unqualified name means where {@code currentSchema} is the current one. */
  default TableName resolve(String currentSchema, String name) throws SQLException {
    return new TableName(currentSchema, name);
  }

  /**
   * Whether a function of this name, as it stands in SQL, may change rows when a query calls it.
   */
  default boolean mayWrite(String function) throws SQLException {
    return false;
  }

  /** A base table by its exact name; empty for views, synonyms and names that do not exist. */
  Optional<Table> table(TableName name) throws SQLException;

  boolean isView(TableName name) throws SQLException;
}
