package io.pollux.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What goes wrong in a world, or is ordered at a bad moment. */
enum Strike {
  CRASH,
  DIE_IN_LOG,
  DIE_IN_FILES,
  CUT_PERHAPS_ONE_WAY,
  CUT,
  RESET,
  PAUSE,
  SLOW_DISK,
  SLOW_NETWORK,
  DATABASE_DOWN,
  FAILING_FORCE,
  FULL_DISK,
  LOSE_TAIL,
  CUT_AND_OPERATE,
  CRASH_AND_OPERATE,
  OPERATE;

  /** Each as often as it is to be drawn. */
  static final List<Strike> WITHOUT_OPERATOR = weighted(0);

  static final List<Strike> ALL = weighted(4);

  private static List<Strike> weighted(int operator) {
    List<Strike> all = new ArrayList<>(List.of(values()));
    all.removeAll(List.of(CRASH_AND_OPERATE, OPERATE));
    all.addAll(List.of(CRASH, CRASH, LOSE_TAIL));
    if (operator > 0) {
      all.add(CRASH_AND_OPERATE);
      all.addAll(Collections.nCopies(operator, OPERATE));
    }
    return List.copyOf(all);
  }
}
