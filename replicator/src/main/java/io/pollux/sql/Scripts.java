package io.pollux.sql;

import io.pollux.sql.CapturePlan.Control;
import java.util.List;

/** Several statements in one text. */
final class Scripts {
  private Scripts() {}

  static CapturePlan refusal() {
    return new CapturePlan.Refuse(
        "several statements", "one text has more than one statement", "execute them one by one");
  }

  /**
   * Reads may stand together, and so may what returns no rows. What is refused is judged when its
   * turn comes: it may need what stands before it.
   *
   * @param plans of the statements, as if each stood alone and now
   */
  static CapturePlan plan(List<String> texts, List<CapturePlan> plans, boolean hasParameters) {
    if (plans.stream().allMatch(Scripts::writesNothing)) {
      return plans.stream()
          .filter(CapturePlan.Session.class::isInstance)
          .findFirst()
          .orElse(plans.get(0));
    }
    boolean apart = plans.stream().allMatch(CapturePlan::returnsNoRows);
    if (hasParameters || !apart || !areControlsAtTheEnds(plans)) {
      return refusal();
    }
    return new CapturePlan.Script(texts);
  }

  private static boolean writesNothing(CapturePlan plan) {
    return plan instanceof CapturePlan.Pass || plan instanceof CapturePlan.Session;
  }

  /** What stands behind the end of a transaction is in none, or in one of its own. */
  private static boolean areControlsAtTheEnds(List<CapturePlan> plans) {
    for (int i = 0; i < plans.size(); i++) {
      boolean stands =
          !(plans.get(i) instanceof Control control)
              || switch (control.step()) {
                case BEGIN, BEGIN_WRITING -> i == 0;
                case COMMIT, ROLLBACK -> i == plans.size() - 1;
                case SAVEPOINT, ROLLBACK_TO, RELEASE -> true;
              };
      if (!stands) {
        return false;
      }
    }
    return true;
  }
}
