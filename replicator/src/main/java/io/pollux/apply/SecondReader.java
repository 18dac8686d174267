package io.pollux.apply;

import io.pollux.core.TableName;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.TextBounds;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.TokenMgrException;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.alter.Alter;
import net.sf.jsqlparser.statement.alter.RenameTableStatement;
import net.sf.jsqlparser.statement.create.index.CreateIndex;
import net.sf.jsqlparser.statement.create.schema.CreateSchema;
import net.sf.jsqlparser.statement.create.sequence.CreateSequence;
import net.sf.jsqlparser.statement.create.synonym.CreateSynonym;
import net.sf.jsqlparser.statement.create.table.CreateTable;
import net.sf.jsqlparser.statement.create.view.CreateView;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.drop.Drop;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.truncate.Truncate;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.statement.upsert.Upsert;
import net.sf.jsqlparser.util.TablesNamesFinder;

/**
 * A parser of others as the second opinion on a text that the first reader let through: where it
 * can read the text at all, it must see the same. It knows only a part of each engine's language,
 * so that it can't read a text says nothing.
 *
 * <p>It has no time limit of its own. Its time grows with length and nesting, so longer or deeper
 * texts than these are left to the first reader, whose time is linear.
 */
final class SecondReader {
  private static final TextBounds BOUNDS = new TextBounds(10_000, 1_000, 16);

  /** What a text that begins so may be read as. */
  private static final Map<String, Set<Class<? extends Statement>>> STATEMENTS =
      Map.of(
          "INSERT", Set.of(Insert.class, Upsert.class),
          "UPDATE", Set.of(Update.class),
          "DELETE", Set.of(Delete.class));

  private static final Set<Class<? extends Statement>> DEFINITIONS =
      Set.of(
          CreateTable.class,
          CreateView.class,
          CreateIndex.class,
          CreateSequence.class,
          CreateSynonym.class,
          CreateSchema.class,
          Alter.class,
          RenameTableStatement.class,
          Drop.class,
          Truncate.class);

  private final SqlFacts facts;

  SecondReader(SqlFacts facts) {
    this.facts = facts;
  }

  /** Which tables and functions a statement names. */
  private static final class Names extends TablesNamesFinder<Void> {
    private final Set<String> functions = new TreeSet<>();

    @Override
    public <S> Void visit(Function function, S context) {
      functions.add(function.getName().toUpperCase(Locale.ROOT));
      return super.visit(function, context);
    }
  }

  /** A statement and its names; {@code parsed} is of one of the classes above or of another one. */
  private record Reading(Statement parsed, Set<String> tables, Set<String> functions) {}

  /** What the parser sees in a statement on {@code table} alone that the first reader doesn't. */
  Optional<String> contradiction(String sql, TableName table) {
    Optional<Reading> reading = read(sql);
    if (reading.isEmpty()) {
      return Optional.empty();
    }
    Reading seen = reading.orElseThrow();
    String verb = sql.substring(0, Math.min(6, sql.length())).toUpperCase(Locale.ROOT);
    if (!STATEMENTS.getOrDefault(verb, Set.of()).contains(seen.parsed().getClass())) {
      return Optional.of("a second parser reads " + kind(seen));
    }
    for (String name : seen.tables()) {
      if (!isName(name, table)) {
        return Optional.of("a second parser sees the table " + name);
      }
    }
    for (String function : seen.functions()) {
      if (!isDeterministic(function)) {
        return Optional.of("a second parser sees the function " + function);
      }
    }
    return Optional.empty();
  }

  /** What the parser sees in a definition that the first reader doesn't. */
  Optional<String> contradiction(String sql) {
    return read(sql)
        .filter(seen -> !DEFINITIONS.contains(seen.parsed().getClass()))
        .map(seen -> "a second parser reads " + kind(seen));
  }

  private static String kind(Reading seen) {
    return "a statement of kind " + seen.parsed().getClass().getSimpleName();
  }

  private boolean isDeterministic(String function) {
    return facts.expressions().functions().contains(function)
        || facts.expressions().words().contains(function);
  }

  private boolean isName(String written, TableName table) {
    List<String> parts = BOUNDS.names(written, facts);
    int last = parts.size() - 1;
    return last >= 0
        && last <= 1
        && parts.get(last).equals(table.name())
        && (last == 0 || parts.get(0).equals(table.schema()));
  }

  private Optional<Reading> read(String sql) {
    if (!BOUNDS.holds(sql, facts)) {
      return Optional.empty();
    }
    try {
      Statement parsed = new CCJSqlParser(sql).Statement();
      Names names = new Names();
      Set<String> tables =
          DEFINITIONS.contains(parsed.getClass()) ? Set.of() : names.getTables(parsed);
      return Optional.of(new Reading(parsed, tables, names.functions));
    } catch (ParseException | TokenMgrException e) {
      return Optional.empty(); // Not of its language; the first reader has decided.
    } catch (RuntimeException e) {
      return Optional.empty(); // It fails on what it doesn't know; that is no opinion either.
    }
  }
}
