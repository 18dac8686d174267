package io.pollux.sql;

import java.sql.SQLException;
import java.util.Objects;

/**
 * Decides for a statement template what it may change and so how it is captured (DESIGN.md section
 * 4). A text that it can't decide may write: it is refused, never guessed. Stateless; any thread.
 */
public final class Classifier {
  private final SqlFacts facts;

  public Classifier(SqlFacts facts) {
    this.facts = Objects.requireNonNull(facts, "facts");
  }

  /**
   * Classifies any text; malformed text is refused. The result holds for as long as the current
   * schema and the catalogue's objects stay what they are: cache it in a {@link PlanCache}.
   *
   * @throws SQLException only what {@code catalogue} throws
   */
  public CapturePlan classify(String sql, Catalogue catalogue) throws SQLException {
    Objects.requireNonNull(sql, "sql");
    Objects.requireNonNull(catalogue, "catalogue");
    return new CapturePlan.Refuse(
        "statement",
        "its effect is not known to the rules of " + facts,
        "run it on the database directly, on each node");
  }
}
