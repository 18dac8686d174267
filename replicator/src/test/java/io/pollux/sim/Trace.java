package io.pollux.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What happened, a line each, for people. Costs nothing while nobody reads it. */
final class Trace {
  private final LongSupplier now;
  private final boolean on;
  private final List<Line> lines = new ArrayList<>();

  /** What somebody did or was told. */
  record Line(long nanos, String who, String what) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%12.3f ms  %-7s %s", nanos / 1e6, who, what);
    }
  }

  Trace(LongSupplier now, boolean on) {
    this.now = now;
    this.on = on;
  }

  void say(String who, Supplier<String> what) {
    if (on) {
      lines.add(new Line(now.getAsLong(), who, what.get()));
    }
  }

  List<Line> lines() {
    return lines;
  }
}
