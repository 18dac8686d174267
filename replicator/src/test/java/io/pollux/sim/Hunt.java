package io.pollux.sim;

import io.pollux.core.CommitMode;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** Looks for what goes wrong; called through another class loader. */
public final class Hunt {
  private Hunt() {}

  /**
   * What fails first among {@code seeds} rough schedules; null if nothing does.
   *
   * @param strikes names of the only ones; empty for any
   */
  public static String run(int seeds, String mode, String[] strikes) {
    List<Strike> only = Stream.of(strikes).map(Strike::valueOf).toList();
    for (long seed = 0; seed < seeds; seed++) {
      Schedule.Result result = Schedule.playRough(seed, CommitMode.valueOf(mode), only);
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
