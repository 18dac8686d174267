package io.pollux.sql;

import io.pollux.sql.SqlText.Range;
import io.pollux.sql.Token.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Replacements in the application's text. What no edit covers stays as it was written, its
 * parameters bound to the application's.
 */
final class Edits {
  /** Replaces the characters {@code from} up to but without {@code to}. */
  private record Edit(int from, int to, String text, List<Binding> bindings) {}

  private final SqlText sql;
  private final List<Edit> edits = new ArrayList<>();

  Edits(SqlText sql) {
    this.sql = sql;
  }

  boolean isEmpty() {
    return edits.isEmpty();
  }

  Edits addAll(Edits others) {
    edits.addAll(others.edits);
    return this;
  }

  Edits replace(Range range, String text, List<Binding> bindings) {
    edits.add(
        new Edit(sql.start(range.from()), sql.end(range.to() - 1), text, List.copyOf(bindings)));
    return this;
  }

  /** The text of a range with those edits that lie in it. */
  Bound apply(Range range) {
    if (range.isEmpty()) {
      return new Bound("", List.of());
    }
    Output output = new Output(range);
    for (Edit edit : edits.stream().sorted(Comparator.comparingInt(Edit::from)).toList()) {
      if (edit.from() >= output.at && edit.to() <= output.end) {
        output.keepUntil(edit.from());
        output.text.append(edit.text());
        output.bindings.addAll(edit.bindings());
        output.skipUntil(edit.to());
      }
    }
    output.keepUntil(output.end);
    return new Bound(output.text.toString(), output.bindings);
  }

  /** Walks the characters and the tokens of a range together. */
  private final class Output {
    private final StringBuilder text = new StringBuilder();
    private final List<Binding> bindings = new ArrayList<>();
    private final int end;
    private final int lastToken;
    private int at;
    private int token;

    Output(Range range) {
      this.at = sql.start(range.from());
      this.end = sql.end(range.to() - 1);
      this.token = range.from();
      this.lastToken = range.to();
    }

    void keepUntil(int offset) {
      text.append(sql.sql, at, offset);
      for (; token < lastToken && sql.start(token) < offset; token++) {
        if (sql.is(token, Kind.PARAMETER)) {
          bindings.add(new Binding.Parameter(sql.parameter(token)));
        }
      }
      at = offset;
    }

    void skipUntil(int offset) {
      while (token < lastToken && sql.start(token) < offset) {
        token++;
      }
      at = offset;
    }
  }
}
