package io.pollux.driver;

import io.pollux.sql.CapturePlan;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;

/** What the application is told when Pollux will not run a call (docs/errors.md). */
final class Refusals {
  private Refusals() {}

  /** SQLState 0A000: what it was, why it can't be captured, and the way out. */
  static SQLException notCaptured(String kind, String reason, String wayOut) {
    return new SQLFeatureNotSupportedException(kind + ": " + reason + "; " + wayOut, "0A000");
  }

  static SQLException notCaptured(CapturePlan.Refuse plan) {
    return notCaptured(plan.kind(), plan.reason(), plan.wayOut());
  }

  /** SQLState 40000: effects of the transaction are unknown to the capture, so it can't commit. */
  static SQLException mustRollBack(String reason, Throwable cause) {
    return new SQLException(
        "the transaction was rolled back because a part of it could not be captured: "
            + reason
            + "; run it again",
        "40000",
        cause);
  }

  /** SQLState 40001: the same transaction may succeed when tried again. */
  static SQLException retry(String what) {
    return new SQLException(what + "; run the transaction again", "40001");
  }
}
