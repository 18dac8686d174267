package io.pollux.sim;

import io.pollux.core.CommitMode;
import java.sql.SQLException;

/** Looks for what goes wrong; called through another class loader. */
public final class Hunt {
  private Hunt() {}

  /** What fails first among {@code seeds} rough schedules; null if nothing does. */
  public static String run(int seeds, String mode) {
    for (long seed = 0; seed < seeds; seed++) {
      Schedule.Result result = Schedule.playRough(seed, CommitMode.valueOf(mode));
      if (result.failure().isPresent()) {
        return mode + " " + seed + ": " + result.failure().orElseThrow().getMessage();
      }
    }
    return null;
  }

  /** What happens in a story otherwise than it says; null if nothing does. */
  public static String tell(String story) {
    try {
      String happened = Scenario.play(story);
      return happened.equals(story) ? null : happened;
    } catch (Throwable e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** These classes are not used any more. */
  public static void leave() throws SQLException {
    Baton.dismiss();
    SimJdbc.leave();
  }
}
