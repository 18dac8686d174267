package io.pollux.verify;

import io.pollux.core.Position;
import io.pollux.core.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is known of each table, and when it was last known. On the loop. */
public final class Findings {
  private final TreeMap<String, Compared> tables = new TreeMap<>();
  private Optional<Pass> last = Optional.empty();

  /** How a table stands. */
  public enum Standing {
    /** Every row was equal. */
    EQUAL,
    /** Rows differed and were made equal. */
    REPAIRED,
    /** A full copy from the active node is going to replace it. */
    COPY_DUE,
    /** It differs. */
    DIFFERENT,
    /** Rows differ again after each repair: somebody writes without Pollux. They are left alone. */
    ALARM,
    /** It could not be compared. */
    UNKNOWN
  }

  /**
   * A table, or all generators, as last compared.
   *
   * @param name of the table; empty if it is something else
   * @param position of the log at which the comparison began; each row was compared at it or later
   * @param rows on the backup
   * @param differing how many were found different
   * @param differs keys of the first of them
   * @param detail for people; empty if there is nothing to say
   */
  public record Compared(
      String table,
      Optional<TableName> name,
      Standing standing,
      long position,
      Instant at,
      long rows,
      long differing,
      List<String> differs,
      String detail) {
    public Compared {
      differs = List.copyOf(differs);
    }

    /** For people: what differs and what became of it. */
    public String describe() {
      StringBuilder text = new StringBuilder();
      if (standing != Standing.EQUAL) {
        text.append(standing.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
      if (!differs.isEmpty()) {
        text.append(": ").append(differing).append(" rows: ").append(String.join(" ", differs));
        text.append(differing > differs.size() ? " …" : "");
      }
      if (!detail.isEmpty()) {
        text.append(text.isEmpty() ? "" : "; ").append(detail);
      }
      return text.toString();
    }

    /** Whether nothing was found, and all was compared. */
    public boolean isEqual() {
      return standing == Standing.EQUAL;
    }

    /** Whether the nodes are not known to be equal now. */
    boolean isOpen() {
      return standing != Standing.EQUAL && standing != Standing.REPAIRED;
    }
  }

  /** A comparison of all tables. */
  public record Pass(Instant at, Position position, boolean equal, int tables, long rows) {}

  void note(Compared compared) {
    tables.put(compared.table(), compared);
  }

  /** A pass over exactly these tables has ended. */
  void ended(Set<String> names, Instant now) {
    tables.keySet().retainAll(names);
    last =
        Optional.of(
            new Pass(
                now,
                new Position(
                    tables.values().stream().mapToLong(Compared::position).max().orElse(0)),
                tables.values().stream().noneMatch(Compared::isOpen),
                tables.size(),
                tables.values().stream().mapToLong(Compared::rows).sum()));
  }

  /** The backup is another one, or has another copy: nothing is known of it. */
  void forget() {
    tables.clear();
    last = Optional.empty();
  }

  /** In the order of their names. */
  public List<Compared> tables() {
    return new ArrayList<>(tables.values());
  }

  /** The last pass that came to its end. */
  public Optional<Pass> last() {
    return last;
  }

  /** The first table that differs. */
  public Optional<Compared> open() {
    return tables.values().stream()
        .filter(table -> table.isOpen() && table.standing() != Standing.UNKNOWN)
        .findFirst();
  }
}
