package io.pollux.verify;

import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.verify.Findings.Compared;
import io.pollux.verify.Findings.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts what the comparison of one table finds. */
final class Tally {
  private static final int MOST_NAMED = 20;
  private static final int LONGEST_KEY = 100;

  private final List<String> named = new ArrayList<>();
  private final List<String> details = new ArrayList<>();
  private long position = Long.MAX_VALUE;
  private long rows;
  private long differing;
  private long repaired;
  private boolean alarm;
  private boolean copyDue;
  private Optional<String> unknown = Optional.empty();

  void compared(long at, long count) {
    position = Math.min(position, at);
    rows += count;
  }

  void differs(List<SqlValue> key) {
    differing++;
    if (named.size() < MOST_NAMED) {
      named.add(text(key));
    }
  }

  /** Something other than single rows differs. */
  void differs(String what) {
    differing++;
    details.add(what);
  }

  void repaired(long count) {
    repaired += count;
  }

  /** A row differs once too often. */
  void alarm() {
    alarm = true;
  }

  void copyDue(String why) {
    copyDue = true;
    details.add(why);
  }

  void detail(String text) {
    details.add(text);
  }

  void unknown(String why) {
    unknown = Optional.of(why);
  }

  long differing() {
    return differing;
  }

  Compared result(String what, Optional<TableName> name, Instant now) {
    Standing standing =
        copyDue
            ? Standing.COPY_DUE
            : alarm
                ? Standing.ALARM
                : differing > repaired
                    ? Standing.DIFFERENT
                    : unknown.isPresent()
                        ? Standing.UNKNOWN
                        : differing > 0 ? Standing.REPAIRED : Standing.EQUAL;
    unknown.ifPresent(details::add);
    return new Compared(
        what,
        name,
        standing,
        position == Long.MAX_VALUE ? 0 : position,
        now,
        rows,
        differing,
        named,
        String.join("; ", details));
  }

  static String text(List<SqlValue> key) {
    StringBuilder text = new StringBuilder("(");
    for (SqlValue value : key) {
      text.append(text.length() > 1 ? ", " : "").append(plain(value));
    }
    return text.append(')').toString();
  }

  /** What stands between the brackets of a record's own text. */
  private static String plain(SqlValue value) {
    String shown = value.toString();
    int begin = shown.indexOf('=') + 1;
    String inner =
        value instanceof SqlValue.Native own
            ? own.text()
            : begin > 0 ? shown.substring(begin, shown.length() - 1) : shown;
    String cut = inner.length() <= LONGEST_KEY ? inner : inner.substring(0, LONGEST_KEY) + "…";
    return cut.replaceAll("\\p{Cntrl}", " ");
  }
}
