package io.pollux.samples;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Compares two databases of one engine: columns, keys, indexes, checks, views, triggers, sequences,
 * and every row to the last bit. It reads with plain JDBC and shares no code with what it judges.
 * Run it while nobody writes.
 *
 * <p>Prints a line for each difference and last {@code equal: T tables, R rows} (exit 0) or {@code
 * DIFFERENT: N differences} (exit 1); exit 2 if it could not read. Positions of generators are not
 * compared: those of a backup may be ahead.
 */
@Command(
    name = "equality",
    mixinStandardHelpOptions = true,
    description = "Compares two databases row by row.")
public final class Equality implements Callable<Integer> {
  private static final int EXAMPLES = 5;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "URL_A", description = "JDBC URL of one database")
  private String urlA;

  @Parameters(index = "1", paramLabel = "URL_B", description = "JDBC URL of the other")
  private String urlB;

  @Option(names = "--user", description = "user of both databases")
  private String user;

  @Option(names = "--password", description = "password of that user")
  private String password;

  @Option(
      names = "--ignore",
      defaultValue = "pollux_.*",
      description = "tables to leave out, as a regular expression (default: ${DEFAULT-VALUE})")
  private String ignored;

  private final List<String> differences = new ArrayList<>();
  private long rows;

  public static void main(String[] arguments) {
    System.exit(Program.of(new Equality()).execute(arguments));
  }

  @Override
  public Integer call() throws SQLException {
    int tables;
    try (Connection a = DriverManager.getConnection(urlA, user, password);
        Connection b = DriverManager.getConnection(urlB, user, password)) {
      a.setAutoCommit(false);
      b.setAutoCommit(false);
      tables = compare(a, b);
      a.rollback();
      b.rollback();
    }
    PrintWriter out = spec.commandLine().getOut();
    differences.forEach(out::println);
    out.println(
        differences.isEmpty()
            ? "equal: " + tables + " tables, " + rows + " rows"
            : "DIFFERENT: " + differences.size() + " differences");
    out.flush();
    return differences.isEmpty() ? 0 : 1;
  }

  /** Returns the number of tables that both have. */
  private int compare(Connection a, Connection b) throws SQLException {
    Pattern ignore = Pattern.compile(ignored, Pattern.CASE_INSENSITIVE);
    Definitions left = Definitions.read(a, ignore);
    Definitions right = Definitions.read(b, ignore);
    compareLines("object", left.objects(), right.objects());
    compareLines("table", names(left.tables()), names(right.tables()));
    int tables = 0;
    for (String table : left.tables().keySet()) {
      if (right.tables().containsKey(table)) {
        tables++;
        compareLines(table, left.tables().get(table), right.tables().get(table));
        compareRows(table, a, b);
      }
    }
    return tables;
  }

  private static SortedMap<String, Integer> names(Map<String, ?> tables) {
    SortedMap<String, Integer> names = new TreeMap<>();
    tables.keySet().forEach(name -> names.put(name, 1));
    return names;
  }

  private void compareLines(
      String what, SortedMap<String, Integer> left, SortedMap<String, Integer> right) {
    SortedMap<String, Integer> surplus = new TreeMap<>(left);
    right.forEach((line, count) -> surplus.merge(line, -count, Integer::sum));
    surplus.forEach(
        (line, count) -> {
          if (count != 0) {
            differences.add(what + ": only in " + (count > 0 ? "A: " : "B: ") + line);
          }
        });
  }

  private void compareRows(String table, Connection a, Connection b) throws SQLException {
    RowBag bag = new RowBag(table);
    long inA = bag.add(a, 1);
    long inB = bag.add(b, -1);
    rows += inA;
    if (inA != inB) {
      differences.add(table + ": " + inA + " rows in A, " + inB + " in B");
    }
    bag.examples(a, 1, EXAMPLES).forEach(row -> differences.add(table + ": only in A: " + row));
    bag.examples(b, -1, EXAMPLES).forEach(row -> differences.add(table + ": only in B: " + row));
  }
}
